"""A small client for Recognition, with nothing but Python 3.11.

    export HALL_URL=https://recognition.example  HALL_KEY=recognition_...
    python3 python_client.py tell "Translated the welcome page #l10n" --key note-17
    python3 python_client.py send deeds.ndjson        one JSON object a line, any number of them
    python3 python_client.py read --tag l10n          what you may see, one JSON object a line
    python3 python_client.py member amina

A key comes from the settings page. Sending the same again changes nothing, so after a lost connection just run it again.
"""

import argparse
import hashlib
import itertools
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

AT_ONCE = 500
ATTEMPTS = 5
TIMEOUT_SECONDS = 60
WAIT_MAX_SECONDS = 120


class Problem(Exception):
    """What the house said. `status`, and `errors` as [{"field": ..., "reason": ...}] where fields were wrong."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(f"{status}: {detail}")
        self.status, self.detail, self.errors = status, detail, errors or []


class _StayHere(HTTPRedirectHandler):
    """A key is for one house: nobody sends it on to another."""

    def redirect_request(self, *_redirect: Any) -> None:
        return None


class Recognition:
    def __init__(self, base_url: str, key: str = "") -> None:
        """Raises ValueError for an address that is none of the web."""
        if not base_url.startswith(("https://", "http://")):
            raise ValueError(f"{base_url} is no web address.")
        self.base_url, self.key = base_url.rstrip("/"), key
        self._http = build_opener(_StayHere)

    def tell(self, deed: dict[str, Any]) -> dict[str, Any]:
        """One deed: at least `occurred_at` and `source_key`. The answer has its `id` and `outcome`."""
        answer: dict[str, Any] = self.ask("POST", "/api/v1/activities", deed)
        return answer

    def send(self, deeds: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Any number of deeds; one outcome for each, in the same order. Those refused say why and hold nobody else up."""
        remaining = iter(deeds)
        while batch := list(itertools.islice(remaining, AT_ONCE)):
            try:
                yield from self.ask("POST", "/api/v1/activities", batch)["items"]
            except Problem as problem:
                if problem.status not in (403, 422) or not problem.errors:
                    raise
                yield from problem.errors  # All of them were refused.

    def deeds(self, **filters: str) -> Iterator[dict[str, Any]]:
        """`member`, `kind`, `tag`, `group`: all that you may see, page after page."""
        return self._pages("/api/v1/activities", filters)

    def members(self, words: str = "") -> Iterator[dict[str, Any]]:
        return self._pages("/api/v1/members", {"q": words} if words else {})

    def member(self, handle: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask("GET", f"/api/v1/members/{quote(handle, safe='')}")
        return answer

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        following = f"{path}?{urlencode(query)}" if query else path
        while following:
            page = self.ask("GET", following)
            yield from page["items"]
            following = page["next"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Waits as long as it is asked to where there was too much or the house is away. Raises Problem."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        if data is not None:
            # The same body is the same wish: its answer is given again, and nothing is stored twice.
            headers |= {"Content-Type": "application/json", "Idempotency-Key": hashlib.sha256(data).hexdigest()}
        for attempt in range(1, ATTEMPTS + 1):
            request = Request(self.base_url + path, data, headers, method=method)  # noqa: S310  looked at above
            try:
                with self._http.open(request, timeout=TIMEOUT_SECONDS) as answer:
                    return json.load(answer)
            except HTTPError as fault:
                if fault.code not in (429, 503) or attempt == ATTEMPTS:
                    raise _problem(fault) from None
                wait = min(int(fault.headers.get("Retry-After", "1")), WAIT_MAX_SECONDS)
            except URLError:
                if attempt == ATTEMPTS:
                    raise
                wait = 2**attempt
            time.sleep(wait)
        raise AssertionError("unreachable")


def _problem(fault: HTTPError) -> Problem:
    try:
        said = json.load(fault)
    except ValueError:
        said = {}
    errors = said.get("items") or said.get("errors")
    return Problem(fault.code, said.get("detail", fault.reason), errors)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default=os.environ.get("HALL_URL", "http://127.0.0.1:8000"))
    commands = parser.add_subparsers(dest="command", required=True)
    tell = commands.add_parser("tell", help="one deed of yours")
    tell.add_argument("text")
    tell.add_argument("--key", required=True, help="its name with you, so that a second try is no second deed")
    tell.add_argument("--day", default=datetime.now(UTC).date().isoformat())
    commands.add_parser("send", help="a file with one JSON object a line").add_argument("file", type=argparse.FileType("rb"))
    read = commands.add_parser("read", help="deeds that you may see")
    for name in ("member", "kind", "tag", "group"):
        read.add_argument(f"--{name}")
    commands.add_parser("member", help="one profile").add_argument("handle")
    asked = parser.parse_args()
    try:
        house = Recognition(asked.url, os.environ.get("HALL_KEY", ""))
        for line in _answers(house, asked):
            print(json.dumps(line, ensure_ascii=False))
    except (Problem, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 1
    except URLError as fault:
        print(f"Nobody answers at {asked.url}: {fault.reason}", file=sys.stderr)
        return 1
    return 0


def _answers(house: Recognition, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    if asked.command == "tell":
        yield house.tell({"occurred_at": asked.day, "text": asked.text, "source_key": asked.key})
    elif asked.command == "send":
        yield from house.send(json.loads(line) for line in asked.file if line.strip())
    elif asked.command == "read":
        filters = {name: getattr(asked, name) for name in ("member", "kind", "tag", "group")}
        yield from house.deeds(**{name: value for name, value in filters.items() if value})
    else:
        yield house.member(asked.handle)


if __name__ == "__main__":
    sys.exit(main())
