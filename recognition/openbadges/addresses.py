"""Which URLs and which network addresses may be asked at all. People hand in URLs, and a badge names more of them: none of
them may make this machine speak to itself, to its neighbours or to its cloud's metadata."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

LONGEST_URL = 2048
_PORTS = {"http": 80, "https": 443}
_NOT_WEB = {
    1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5672, 5900, 5984, 6000, 6379, 6443, 6667, 9042, 9092, 9200, 9300,
    10250, 11211, 27017,
}  # fmt: skip
"""Ports from 1024 on where databases, queues and machines' own controls listen: a GET there is never for a badge."""
_PATH = "/%:@!$&'()*+,;=~-._"
_QUERY = _PATH + "?"
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,252})?", re.ASCII)
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]|[\ud800-\udfff]")

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_CLOSED: tuple[_Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocols' own; at .192 a cloud tells its machines their secrets
        "192.88.99.0/24",  # the former 6to4 relays
        "168.63.129.16/32",  # a cloud's own server for its machines, at an address that looks public
        "2001::/23",  # Teredo and other protocols' own: IPv4 addresses hide inside
        "2002::/16",  # 6to4, the same
        "2001:db8::/32",
        "3fff::/20",
    )
)


class Forbidden(Exception):
    """`reason` in one word: address, scheme, credentials, port, private, downgrade."""

    def __init__(self, reason: str, url: str) -> None:
        super().__init__(f"{reason}: {url[:LONGEST_URL]!r}")
        self.reason, self.url = reason, url


@dataclass(frozen=True)
class Target:
    """A URL, taken apart for asking: `path` with its query, all of it ASCII."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{shown}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    @property
    def url(self) -> str:
        return self.origin + self.path


def target(url: str) -> Target:
    """Raises Forbidden with the reason, such as "scheme". What stands behind a # is dropped."""
    if len(url) > LONGEST_URL or _UNSEEN.search(url):
        raise Forbidden("address", url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise Forbidden("address", url) from fault
    if parts.scheme not in _PORTS:
        raise Forbidden("scheme", url)
    if parts.username is not None or parts.password is not None:
        raise Forbidden("credentials", url)
    port = _PORTS[parts.scheme] if port is None else port
    path = quote(parts.path or "/", safe=_PATH) + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")
    return Target(parts.scheme, _host(parts.hostname or "", url), port, path)


def moved(found: Target, location: str) -> Target:
    """Where a redirect leads. Raises Forbidden: also where it leads away from TLS."""
    there = target(urljoin(found.url, location))
    if found.scheme == "https" and there.scheme == "http":
        raise Forbidden("downgrade", there.url)
    return there


def check_port(found: Target) -> None:
    """Raises Forbidden."""
    if found.port not in _PORTS.values() and (found.port < 1024 or found.port in _NOT_WEB):
        raise Forbidden("port", found.url)


def is_public(text: str) -> bool:
    """Whether an IP address, as a resolver gives it, is one of the public internet; an IPv4 address inside an IPv6 one is
    judged as itself."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return _is_public(_inner(address))


def is_private_at_sight(found: Target) -> bool:
    """Whether the host itself says that it is not of the public internet, with nobody asked: an address, or a name of this
    machine. Where any other name leads is looked at when it is asked."""
    if found.host == "localhost" or found.host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(found.host)
    except ValueError:
        return False
    return not is_public(found.host)


def _inner(address: _Address) -> _Address:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: _Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address not in _GLOBAL_UNICAST or address.scope_id is not None):
        return False
    refused = address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    closed = any(address.version == network.version and address in network for network in _CLOSED)
    return address.is_global and not refused and not closed


def _host(given: str, url: str) -> str:
    if ":" in given and "%" not in given:
        try:
            return str(ipaddress.IPv6Address(given))
        except ValueError as fault:
            raise Forbidden("address", url) from fault
    try:
        host = given if given.isascii() else given.encode("idna").decode()
    except UnicodeError as fault:
        raise Forbidden("address", url) from fault
    if not _HOST.fullmatch(host):
        raise Forbidden("address", url)
    return host
