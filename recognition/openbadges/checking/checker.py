"""The one way in."""

from datetime import datetime

from recognition.openbadges.checking.report import Report
from recognition.openbadges.fetching import Fetch


def check(content: bytes | str, fetch: Fetch, now: datetime, address: str | None = None) -> Report:
    """`content`: JSON, a JWS, a picture, or a URL where one of these is. `address`: the e-mail of who is said to hold it,
    where that is to be checked. `fetch` is asked for at most twelve URLs. Never raises."""
    raise NotImplementedError
