"""Asking for a URL that a stranger wrote. The name is resolved once, every address it has must be public, and the connection
goes to the very address that was looked at, so a name that answers differently the next time gains nothing.

A `Client` is made for one check: its seconds run from its first question on, over all its questions together."""

import http.client
import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from recognition.openbadges import addresses
from recognition.openbadges.addresses import Forbidden, Target

SECONDS, BYTES, REDIRECTS = 10.0, 2 * 1024 * 1024, 2
_HEAD_BYTES = 64 * 1024
_TRIES, _TRY_SECONDS = 4, 3.0
_KNOWN_CHARS = 200
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Answer:
    """`url` is where it came from in the end, `media_type` without parameters and in lower case. `version` and `modified`
    are its ETag and Last-Modified, where it has any."""

    url: str
    status: int
    media_type: str
    body: bytes
    version: str = ""
    modified: str = ""


Fetch = Callable[[str, str], Answer]
"""A URL and what to accept, such as "application/ld+json". Raises Forbidden and Unreachable."""


class Unreachable(Exception):
    """`reason` in one word: name, connection, certificate, slow, large, redirects, garbled. `was_asked`: the line stood, so
    that the other side may have read what was sent."""

    def __init__(self, reason: str, url: str = "", was_asked: bool = False) -> None:
        super().__init__(f"{reason}: {url!r}")
        self.reason, self.url, self.was_asked = reason, url, was_asked


class Client:
    """`allowed`: host and port pairs that may be asked although they are not public; for tests with servers of their own."""

    def __init__(self, *, allowed: Collection[tuple[str, int]] = (), seconds: float = SECONDS, most_bytes: int = BYTES) -> None:
        self._allowed, self._seconds, self._most_bytes = frozenset(allowed), seconds, most_bytes
        self._deadline: float | None = None

    def __call__(self, url: str, accept: str, known: Mapping[str, str] | None = None) -> Answer:
        """Raises Forbidden and Unreachable; whatever status the server gives is an answer. `known`: headers such as
        If-None-Match, which make an answer short where nothing is new."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._seconds
        there = addresses.target(url)
        for _ in range(1 + REDIRECTS):
            answer = self._ask(there, _lines(there, accept, known or {}), b"", self._deadline)
            if isinstance(answer, Answer):
                return answer
            there = addresses.moved(there, answer)
        raise Unreachable("redirects", there.url)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises Forbidden and Unreachable. Sent once: whoever moves away has to say so to whoever set the address."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._seconds
        there = addresses.target(url)
        answer = self._ask(there, _post_lines(there, headers, len(body)), body, self._deadline)
        if isinstance(answer, str):
            raise Unreachable("redirects", there.url)
        return answer

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Raises Forbidden and Unreachable. The headers may hold a secret: where the answer is elsewhere, only a GET goes
        there, and only to the same origin."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._seconds
        there = addresses.target(url)
        for _ in range(1 + REDIRECTS):
            lines = _lines_of(method, there, headers, len(body) if method != "GET" else None)
            answer = self._ask(there, lines, body, self._deadline)
            if isinstance(answer, Answer):
                return answer
            onward = addresses.moved(there, answer)
            if method != "GET" or onward.origin != there.origin:
                break
            there = onward
        raise Unreachable("redirects", there.url, was_asked=True)

    def _ask(self, there: Target, lines: Collection[str], sent: bytes, deadline: float) -> Answer | str:
        """The answer, or where it says the answer is."""
        connected: socket.socket | None = None
        try:
            connected = _connected(there, self._addresses(there, deadline), deadline)
            return _exchanged(connected, there, _head(lines) + sent, deadline, self._most_bytes)
        except Unreachable as fault:
            raise Unreachable(fault.reason, there.url, connected is not None) from fault
        except TimeoutError as fault:
            raise Unreachable("slow", there.url, connected is not None) from fault
        except ssl.SSLCertVerificationError as fault:
            raise Unreachable("certificate", there.url, connected is not None) from fault
        except (http.client.HTTPException, zlib.error, ValueError) as fault:
            raise Unreachable("garbled", there.url, connected is not None) from fault
        except OSError as fault:
            raise Unreachable("connection", there.url, connected is not None) from fault
        finally:
            if connected is not None:
                connected.close()

    def _addresses(self, there: Target, deadline: float) -> list[str]:
        if (there.host, there.port) in self._allowed:
            return _resolved(there, deadline)
        addresses.check_port(there)
        found = _resolved(there, deadline)
        if not all(map(addresses.is_public, found)):
            raise Forbidden("private", there.url)
        return found


def _resolved(there: Target, deadline: float) -> list[str]:
    """The system's resolver takes no time limit, so it runs in a thread that may be left behind."""
    found: list[str] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(there.host, there.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(_left(deadline))
    if thread.is_alive():
        raise TimeoutError
    if not found:
        raise Unreachable("name", there.url)
    return found


def _connected(there: Target, found: list[str], deadline: float) -> socket.socket:
    """To the first of its addresses that answers."""
    fault: OSError = OSError()
    for address in found[:_TRIES]:
        try:
            plain = socket.create_connection((address, there.port), min(_left(deadline), _TRY_SECONDS))
        except OSError as one:
            fault = one
            continue
        return _secured(plain, there, deadline) if there.scheme == "https" else plain
    raise fault


def _secured(plain: socket.socket, there: Target, deadline: float) -> ssl.SSLSocket:
    try:
        plain.settimeout(_left(deadline))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=there.host)
    except BaseException:
        plain.close()
        raise


def _lines(there: Target, accept: str, known: Mapping[str, str]) -> list[str]:
    """What a server once told us goes back to it only if it stays on its line."""
    host = there.origin.partition("://")[2]
    more = [f"{name}: {value}" for name, value in known.items() if value.isascii() and value.isprintable()]
    return [
        f"GET {there.path} HTTP/1.1", f"Host: {host}", f"Accept: {accept}", "Accept-Encoding: gzip",
        "User-Agent: recognition-verifier", *more, "Connection: close",
    ]  # fmt: skip


def _post_lines(there: Target, headers: Mapping[str, str], length: int) -> list[str]:
    """The values are our own."""
    host = there.origin.partition("://")[2]
    return [
        f"POST {there.path} HTTP/1.1", f"Host: {host}", "Accept: */*", "Accept-Encoding: identity",
        f"Content-Length: {length}", *(f"{name}: {value}" for name, value in headers.items()), "Connection: close",
    ]  # fmt: skip


def _lines_of(method: str, there: Target, headers: Mapping[str, str], length: int | None) -> list[str]:
    """What others wrote stays on its line."""
    host = there.origin.partition("://")[2]
    sized = [] if length is None else [f"Content-Length: {length}"]
    told = [f"{name}: {value}" for name, value in headers.items() if value.isascii() and value.isprintable()]
    return [
        f"{method} {there.path} HTTP/1.1", f"Host: {host}", "Accept: application/json", "Accept-Encoding: identity",
        "User-Agent: recognition", *sized, *told, "Connection: close",
    ]  # fmt: skip


def _head(lines: Collection[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _exchanged(connected: socket.socket, there: Target, request: bytes, deadline: float, most_bytes: int) -> Answer | str:
    connected.settimeout(_left(deadline))
    connected.sendall(request)
    timed = _Timed(connected, deadline, most_bytes + _HEAD_BYTES)
    with http.client.HTTPResponse(timed, method="GET") as response:  # type: ignore[arg-type]
        response.begin()
        location = response.getheader("Location")
        if response.status in _MOVED and location:
            return location
        body = _body(response, most_bytes, there)
        version, modified = (response.getheader(name, "")[:_KNOWN_CHARS] for name in ("ETag", "Last-Modified"))
        return Answer(there.url, response.status, response.headers.get_content_type(), body, version, modified)


def _body(response: http.client.HTTPResponse, most_bytes: int, there: Target) -> bytes:
    """Unpacked, and never more than `most_bytes` of it: a small answer can unpack to a thousand times its size."""
    if (response.length or 0) > most_bytes:
        raise Unreachable("large", there.url)
    packing = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if packing not in ("gzip", "x-gzip", "identity"):
        raise Unreachable("garbled", there.url)
    unpack = None if packing == "identity" else zlib.decompressobj(16 + zlib.MAX_WBITS)
    parts, size = [], 0
    while piece := response.read(65536):
        part = piece if unpack is None else unpack.decompress(piece, most_bytes + 1 - size)
        size += len(part)
        if size > most_bytes:
            raise Unreachable("large", there.url)
        parts.append(part)
    if response.length or (unpack is not None and not unpack.eof):
        raise Unreachable("garbled", there.url)
    return b"".join(parts)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed:
    """All that `HTTPResponse` asks of a socket."""

    def __init__(self, connected: socket.socket, deadline: float, most_bytes: int) -> None:
        self._reader = _Reader(connected, deadline, most_bytes)

    def makefile(self, *_args: object, **_kwargs: object) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


class _Reader(io.RawIOBase):
    """Gives every single read what is left of the time: a byte now and then does not win another full term. Counts all that
    comes in, since heads without end are no body."""

    def __init__(self, connected: socket.socket, deadline: float, most_bytes: int) -> None:
        self._connected, self._deadline, self._left_bytes = connected, deadline, most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._connected.settimeout(_left(self._deadline))
        count = self._connected.recv_into(buffer)
        self._left_bytes -= count
        if self._left_bytes < 0:
            raise Unreachable("large")
        return count
