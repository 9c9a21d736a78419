"""All questions of one check: each URL is asked once, and only so many of them."""

from typing import Any
from urllib.parse import urlsplit

from recognition.openbadges.addresses import Forbidden
from recognition.openbadges.checking import json_text, members
from recognition.openbadges.checking.report import Fault
from recognition.openbadges.fetching import Answer, Fetch, Unreachable

MOST_QUESTIONS = 12
_THIS_MACHINE = {"localhost", "127.0.0.1"}
"""On the way to itself nobody changes an answer."""
DOCUMENT = "application/ld+json, application/json;q=0.9"
CREDENTIAL = (
    "application/vc+ld+json, application/vc, application/ld+json, application/json;q=0.9, application/vc+jwt;q=0.8, "
    "text/plain;q=0.5"
)
ANYTHING = f"{CREDENTIAL}, image/png;q=0.4, image/svg+xml;q=0.4, */*;q=0.1"


class Asker:
    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[tuple[str, str], Answer | Fault] = {}

    @property
    def plain(self) -> list[str]:
        """Hosts that answered without TLS."""
        return list(dict.fromkeys(host(url) for url, _accept in self._known if self.came_plain(url)))

    def came_plain(self, url: str) -> bool:
        """Whether the answer for a URL that was asked came without TLS."""
        answers = (known for (asked, _accept), known in self._known.items() if asked == url.partition("#")[0])
        return any(isinstance(answer, Answer) and _is_plain(answer.url) for answer in answers)

    def answer(self, url: str, accept: str) -> Answer:
        """Of any status. Raises Fault, with the reason in its code."""
        url = url.partition("#")[0]
        known = self._known.get((url, accept))
        if known is None:
            if len(self._known) >= MOST_QUESTIONS:
                raise Fault("fetch_budget", members.detail(url))
            known = self._known[url, accept] = self._asked(url, accept)
        if isinstance(known, Fault):
            raise Fault(known.finding.code, known.finding.detail)
        return known

    def document(self, url: str, accept: str = DOCUMENT) -> dict[str, Any]:
        """The JSON object that is there, from the host that was asked. Raises Fault."""
        return json_of(self.found(url, accept))

    def found(self, url: str, accept: str) -> Answer:
        """Of status 200 and from the host that was asked: elsewhere it is somebody else's word, even if a redirect leads
        there, for many hosts redirect wherever one asks them to."""
        answer = self.answer(url, accept)
        if answer.status != 200:
            raise Fault("fetch_status", members.detail(f"{answer.status} {url}"))
        if host(answer.url) != host(url):
            raise Fault("moved_elsewhere", members.detail(answer.url))
        return answer

    def _asked(self, url: str, accept: str) -> Answer | Fault:
        try:
            return self._fetch(url, accept)
        except (Forbidden, Unreachable) as fault:
            return Fault(f"fetch_{fault.reason}", members.detail(fault.url or url))


def json_of(answer: Answer) -> dict[str, Any]:
    """What a server answers and is no clean JSON object says nothing about the badge: it could not be read."""
    try:
        return json_text.parsed_object(json_text.decoded(answer.body))
    except Fault as fault:
        raise Fault("fetch_content", members.detail(f"{fault.finding.code} {answer.url}")) from fault


def _is_plain(url: str) -> bool:
    return url.startswith("http://") and host(url).partition(":")[0] not in _THIS_MACHINE


def host(url: str) -> str:
    """Host and port; the usual ports of both schemes count as one, so that a site may move to TLS."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    name = (parts.hostname or "").lower()
    return name if port in (None, 80, 443) else f"{name}:{port}"
