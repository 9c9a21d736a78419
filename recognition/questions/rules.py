"""What may be asked, and what a reply may say."""

from dataclasses import dataclass

from recognition.activities.rules import BadReport, clean_text

QUESTION, IDEA = "question", "idea"
OPEN, ANSWERED, DECLINED, WITHDRAWN, HIDDEN = "open", "answered", "declined", "withdrawn", "hidden"
SHOWN = (OPEN, ANSWERED, DECLINED)
"""States that everybody sees."""
TITLE_MAX_CHARS, BODY_MAX_CHARS, REPLY_MAX_CHARS = 200, 4000, 8000
A_DAY = 10
"""So many questions and ideas of one member on one day."""


class NotAsked(Exception):
    """`errors`: a sentence for each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors.values()))


class TooLate(Exception):
    """It is not in a state in which this can be done. Its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Asked:
    sort: str
    title: str
    body: str
    is_anonymous: bool


def cleaned(value: str, limit: int) -> str | None:
    """None: it does not fit, or holds what cannot be shown."""
    try:
        return clean_text(value.replace("\r\n", "\n").replace("\r", "\n"), "text", limit)
    except BadReport:
        return None
