"""Where a check gets its answers: what stands at an address of ours from the program itself, all else from the web."""

import re
from urllib.parse import urljoin, urlsplit

from flask import current_app, has_request_context, request
from werkzeug.test import Client as Caller

from recognition.badges.portable import identifiers
from recognition.openbadges import addresses
from recognition.openbadges.fetching import Answer, Client, Fetch

MOST_REDIRECTS = 2
_MOVED = {301, 302, 303, 307, 308}
_AWARD_PAGE = re.compile(r"/awards/([\w-]{1,64})/?", re.ASCII)


def fetcher(from_outside: bool = False) -> Fetch:
    """For one check: its seconds run from its first question on. `from_outside`: our own address is asked over the network
    too, also where it is no public one, so that whoever answers there is checked and not this program."""
    base: str = current_app.extensions["settings"].base_url
    outside = Client(allowed=_where(base) if from_outside else ())

    def fetch(url: str, accept: str) -> Answer:
        url = _by_our_name(base, url)
        if not _is_ours(base, url):
            return outside(url, accept)
        url = _of_the_badge(base, url)
        return outside(url, accept) if from_outside else _from_ourselves(base, url, accept)

    return fetch


def _where(base: str) -> set[tuple[str, int]]:
    there = addresses.target(base)
    return {(there.host, there.port)}


def _by_our_name(base: str, url: str) -> str:
    """A did:web always means https, and a house on this machine speaks http alone."""
    host = base.partition("://")[2]
    return base + url.removeprefix(f"https://{host}") if _is_ours(f"https://{host}", url) else url


def _is_ours(base: str, url: str) -> bool:
    return url == base or url.startswith((f"{base}/", f"{base}?", f"{base}#"))


def _of_the_badge(base: str, url: str) -> str:
    """What people have at hand is the page of an award; what can be checked is its credential."""
    page = _AWARD_PAGE.fullmatch(urlsplit(url).path)
    return identifiers.credential(base, page[1]) if page else url


def _from_ourselves(base: str, url: str, accept: str) -> Answer:
    """As a stranger without a cookie gets it, who is not the reader that asks for the check: hence a context of its own, or the
    one that is signed in would be taken over. Not over the network: a server with one process would wait for itself, and one
    on loopback or behind a proxy does not reach itself by its own name."""
    caller = Caller(current_app.wsgi_app)
    # Whoever asks for the check is who it is counted for where the address is asked for only so often.
    whose = {"REMOTE_ADDR": (request.remote_addr if has_request_context() else None) or ""}
    for _turn in range(MOST_REDIRECTS + 1):
        with current_app.app_context():
            response = caller.get(
                url.partition("#")[0].removeprefix(base) or "/", base_url=base, headers={"Accept": accept}, environ_base=whose
            )
            body = response.get_data()
        there = urljoin(url, response.headers.get("Location", "")) if response.status_code in _MOVED else ""
        if not there or not _is_ours(base, there):
            break
        url = there
    return Answer(url, response.status_code, response.mimetype or "", body)
