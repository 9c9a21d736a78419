"""A voter's paper as its pages show it: entries without names, in this voter's order, with what is said of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload, lazyload

from recognition.contests import queries
from recognition.contests.cards import Card, card
from recognition.contests.marks import ASIDE, Marks, counted, ladder
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.entry import Entry
from recognition.contests.models.vote import Candidate
from recognition.contests.rules import APPROVAL, ENTRIES_MAX, JURY, RANKED, SCORE, BadBallot
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.media.queries import Picture

RANKING = "ranking"


@dataclass(frozen=True)
class Line:
    """One entry. `card` None: it is not shown just now. `said`: the mark as it stands in its field. `shares`: others have
    the same place."""

    id: int
    key: str
    card: Card | None
    story: str
    text: str
    url: str
    said: str
    is_aside: bool
    shares: bool = False


def style_of(one: Round) -> str:
    return RANKING if one.method in RANKED else one.method


def how_words(one: Round) -> str:
    """What to do with a ballot, in a sentence."""
    if one.method == APPROVAL and one.most_choices:
        return ngettext("Choose the one that you like best.", "Choose at most %(num)s that you like.", one.most_choices)
    if one.method == APPROVAL:
        return _("Say yes to each that should go on.") if one.judges == JURY else _("Choose as many as you like.")
    if one.method == SCORE:
        return _("Say of each how much you like it, from 0 to 5. What you leave open counts neither for nor against it.")
    return _("Give each its place in your order: 1 is best, several may share a place, and you may leave some out.")


def score_words(one: Round) -> list[tuple[int, str]]:
    if one.judges == JURY:
        words = (_("No star"), _("One star"), _("Two stars"), _("Three stars"), _("Four stars"), _("Five stars"))
    else:
        words = (_("Not for me"), _("A little"), _("Fair"), _("Good"), _("Very good"), _("Wonderful"))
    return list(enumerate(words))


def lines(
    contest: Contest, ids: Sequence[int], marks: Marks, viewer: Member, typed: Mapping[str, str] | None = None
) -> list[Line]:
    """In the order of `ids`. `typed`: by key, what stands in the fields instead of the marks."""
    wanted = sa.select(Entry, queries.public_entries().label("shown")).where(among(Entry.id, ids))
    rows = db.session.execute(wanted.options(lazyload(Entry.authors), joinedload(Entry.nominee))).all()
    found = {row.Entry.id: row for row in rows}
    pictures = queries.pictures(row.Entry for row in rows if row.shown)
    said = typed or {}
    shared = {entry_id for step in ladder(marks) if len(step) > 1 for entry_id in step}
    return [
        _line(contest, found[entry_id], marks.get(entry_id), pictures, viewer, said, entry_id in shared)
        for entry_id in ids
        if entry_id in found
    ]


def _line(
    contest: Contest, row: Any, mark: int | None, pictures: Mapping[int, Picture], viewer: Member, said: Mapping[str, str],
    shares: bool,
) -> Line:  # fmt: skip
    entry: Entry = row.Entry
    is_aside = mark == ASIDE
    field = said.get(entry.key, "" if mark is None or is_aside else str(mark))
    if not row.shown:
        return Line(entry.id, entry.key, None, "", "", "", field, is_aside, shares)
    shown = card(contest.takes, entry, pictures, viewer, with_names=False)
    return Line(entry.id, entry.key, shown, entry.story, entry.text, entry.url, field, is_aside, shares)


def listed(method: str, marks: Marks, order: Sequence[int]) -> list[int]:
    """What a look over the ballot lists: best first where there is a best, then what the voter stands aside on."""
    place = {entry_id: number for number, entry_id in enumerate(order)}
    votes = counted(marks)
    sign = -1 if method == SCORE else 0 if method == APPROVAL else 1
    ranked = sorted(votes, key=lambda one: (sign * votes[one], place.get(one, len(place)), one))
    return ranked + sorted(set(marks) - set(votes), key=lambda one: place.get(one, 0))


def ids_of(round_id: int, keys: Sequence[str]) -> dict[str, int]:
    """Of the round's entries by their keys. Raises BadBallot where one is not among them."""
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > ENTRIES_MAX:
        raise BadBallot(_("There is more on this ballot than the contest has entries. Please open it again."))
    known = sa.select(Entry.key, Entry.id).join(Candidate, Candidate.entry_id == Entry.id).where(Candidate.round_id == round_id)
    found = {row.key: row.id for row in db.session.execute(known.where(among(Entry.key, wanted)))} if wanted else {}
    if len(found) < len(wanted):
        raise BadBallot(_("An entry on this ballot is not part of this vote. Nothing was stored; please open the ballot again."))
    return found


def said_in(form: Mapping[str, str], ids: Mapping[str, int]) -> dict[int, int | None]:
    """What a form says of the entries that it shows; nothing where a field is empty. Raises BadBallot."""
    said: dict[int, int | None] = {}
    for key, entry_id in ids.items():
        text = form.get(f"mark-{key}", "").strip()
        if not text:
            said[entry_id] = None
        elif text.removeprefix("-").isdecimal() and text.isascii() and len(text) <= 4:
            said[entry_id] = int(text)
        else:
            raise BadBallot(_("Whole numbers only, please, or nothing for no opinion."))
    return said
