"""A list of people to give a badge to: pasted handles, or a file with columns."""

import csv
import io
import re
from dataclasses import dataclass

from flask_babel import gettext as _

LINES_MAX = 2000
FILE_MAX_BYTES = 1_000_000
REASON_MAX = 500


class BadList(ValueError):
    """Its text says what to mend."""


@dataclass(frozen=True)
class Line:
    """`number`: where it stands in the list, from 1. `reason` is empty where the list says none."""

    number: int
    handle: str
    reason: str = ""


def read_file(content: bytes) -> str:
    """The file as text. Raises BadList."""
    if len(content) > FILE_MAX_BYTES:
        raise BadList(_("That file is larger than a list of people needs to be."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadList(_("We could not read that file. Save it as CSV with UTF-8 letters.")) from None


def read_lines(text: str) -> list[Line]:
    """Handles with commas, spaces or line breaks between them; or, if the first line names a column `handle`, a table
    with that column and perhaps one called `reason`. Raises BadList."""
    head = text.lstrip().partition("\n")[0]
    names = [name.strip().strip('"').lower() for name in re.split(r"[,;\t]", head)]
    lines = _table(text.lstrip(), head) if "handle" in names else _words(text)
    if not lines:
        raise BadList(_("Whom is it for? One handle a line, as it stands after the @ on their page."))
    if len(lines) > LINES_MAX:
        raise BadList(_("At most %(most)s lines at once. Give it in several goes; nobody gets it twice.", most=LINES_MAX))
    return lines


def _words(text: str) -> list[Line]:
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    return [Line(number, _handle(word)) for number, word in enumerate(words, 1)]


def _table(text: str, head: str) -> list[Line]:
    between = next((mark for mark in ("\t", ";") if mark in head), ",")
    rows = csv.reader(io.StringIO(text), delimiter=between)
    try:
        names = [name.strip().lower() for name in next(rows)]
        who, why = names.index("handle"), names.index("reason") if "reason" in names else None
        found: list[Line] = []
        for row in rows:
            if len(row) > who and row[who].strip():
                reason = row[why] if why is not None and len(row) > why else ""
                found.append(Line(len(found) + 1, _handle(row[who]), _reason(reason, len(found) + 1)))
    except BadList:
        raise
    except (csv.Error, ValueError):
        raise BadList(_("We could not read that table. It needs a first line with the column handle.")) from None
    return found


def _reason(text: str, number: int) -> str:
    reason = " ".join(text.split())
    if len(reason) > REASON_MAX:
        raise BadList(_("The reason in line %(number)s is longer than %(most)s characters.", number=number, most=REASON_MAX))
    return reason


def _handle(word: str) -> str:
    """As in @ada, or the address of a page."""
    return word.strip().rstrip("/").rpartition("/")[2].removeprefix("@").lower()[:60]
