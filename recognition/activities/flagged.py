"""What members report to the council: the thing itself as one reader may see it, the queue and its history."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from recognition.activities import commenting
from recognition.activities.models import Activity, Comment, ContentReport
from recognition.activities.queries import deeds_by_id
from recognition.activities.rules import INTERNAL_KINDS
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import profile, profiles
from recognition.identity.rules import ProfileView
from recognition.refs import Ref
from recognition.web.pagination import PAGE_SIZE, Page, decode, page

ACTIVITY, COMMENT, MEMBER = "activity", "comment", "member"
REPORTS_SHOWN = 10
NAME_MAX_DIGITS = 16


@dataclass(frozen=True)
class Subject:
    """What a report is about, as one reader may see it. `path`: the page on which it stands."""

    ref: Ref
    owner: ProfileView
    words: str
    path: str


@dataclass(frozen=True)
class Reportable:
    """A sort of thing in a package above, by functions of its ids: those that a member can see as they stand, whose they are
    whoever may see them, and taking one down (id, who, why, when). Listed in wiring.hooks.REPORTABLE."""

    subjects: Callable[[Collection[int], Member], dict[int, Subject]]
    owners: Callable[[Collection[int]], dict[int, int]]
    take_down: Callable[[int, Member, str, datetime], None]


@dataclass(frozen=True)
class Voice:
    """One report. `who` None: somebody who is suspended or gone, or whose name is not for this reader."""

    who: ProfileView | None
    reason: str
    at: datetime


@dataclass(frozen=True)
class Question:
    """`subject` None: it is not here any more, or not for this reader. `is_own`: it is this reader's, who does not learn who
    asked. `more`: reports beyond those in `voices`."""

    ref: Ref
    subject: Subject | None
    voices: Sequence[Voice]
    reporter_ids: frozenset[int]
    is_own: bool

    @property
    def more(self) -> int:
        return len(self.reporter_ids) - len(self.voices)


@dataclass(frozen=True)
class Decided:
    ref: Ref
    subject: Subject | None
    reason: str
    outcome: str
    words: str
    at: datetime
    who: ProfileView | None


@dataclass(frozen=True)
class Asked:
    """Empty asks nothing. `text`: in the reason or in the decision's words."""

    text: str = ""
    outcome: str = ""
    kind: str = ""


def subject_of(kind: str, name: str, viewer: Member | None) -> Subject | None:
    """None where there is no such thing, or this reader may not see it. `name`: a number, or a member's handle."""
    if kind == MEMBER:
        person = profile(name, viewer)
        found = Ref(MEMBER, person.id) if person else None
    else:
        found = Ref(kind, int(name)) if name.isascii() and name.isdecimal() and len(name) < NAME_MAX_DIGITS else None
    return subjects([found], viewer).get(found) if found else None


def subjects(refs: Iterable[Ref], viewer: Member | None) -> dict[Ref, Subject]:
    """Those of them that this reader may see; a handful of questions, however many there are."""
    ids = _by_kind(refs)
    comments = _comments(ids[COMMENT], viewer)
    deeds = deeds_by_id([*ids[ACTIVITY], *(said.activity_id for said in comments)], viewer)
    people = _people([*ids[MEMBER], *(said.member_id for said in comments)], viewer)
    found: dict[Ref, Subject] = {}
    for kind, sort in reportable().items():
        seen = sort.subjects(ids[kind], viewer) if ids[kind] and viewer is not None else {}
        found |= {Ref(kind, id_): one for id_, one in seen.items()}
    for id_ in ids[ACTIVITY]:
        if id_ in deeds:
            words = deeds[id_].text or deeds[id_].kind_label
            found[Ref(ACTIVITY, id_)] = Subject(Ref(ACTIVITY, id_), deeds[id_].person, words, f"/activities/{id_}")
    for said in comments:
        if said.activity_id in deeds:
            path = f"/activities/{said.activity_id}#comment-{said.id}"
            found[Ref(COMMENT, said.id)] = Subject(Ref(COMMENT, said.id), people[said.member_id], said.text, path)
    for id_ in set(ids[MEMBER]) & set(people):
        person = people[id_]
        found[Ref(MEMBER, id_)] = Subject(Ref(MEMBER, id_), person, person.bio or person.called, person.url)
    return found


def reportable() -> dict[str, Reportable]:
    """Beside deeds, comments on them and profiles; by the word in a Ref."""
    found: dict[str, Reportable] = current_app.extensions["reportable"]
    return found


def _by_kind(refs: Iterable[Ref]) -> dict[str, list[int]]:
    ids: dict[str, list[int]] = {kind: [] for kind in (ACTIVITY, COMMENT, MEMBER, *reportable())}
    for ref in refs:
        ids[ref.kind].append(int(ref.id))
    return ids


def _comments(ids: list[int], viewer: Member | None) -> Sequence[Comment]:
    if viewer is None or not ids:
        return []
    wanted = sa.select(Comment).join(Member, Member.id == Comment.member_id).where(among(Comment.id, ids))
    return db.session.scalars(wanted.where(Comment.hidden_at.is_(None), *commenting.shown(viewer.id))).all()


def owner_of(ref: Ref) -> int | None:
    """Whose it is, whoever may see it."""
    return owners([ref]).get(ref)


def owners(refs: Iterable[Ref]) -> dict[Ref, int]:
    """Whose they are, whoever may see them."""
    ids = _by_kind(refs)
    above: dict[Ref, int] = {}
    for kind, sort in reportable().items():
        whose = sort.owners(ids[kind]) if ids[kind] else {}
        above |= {Ref(kind, id_): owner_id for id_, owner_id in whose.items()}
    deeds = _owned(ACTIVITY, Activity.id, Activity.member_id, ids).where(Activity.kind.not_in(INTERNAL_KINDS))
    comments, people = _owned(COMMENT, Comment.id, Comment.member_id, ids), _owned(MEMBER, Member.id, Member.id, ids)
    return above | {Ref(row[0], row[1]): row[2] for row in db.session.execute(sa.union_all(deeds, comments, people))}


def _owned(kind: str, id_: Any, owner: Any, ids: dict[str, list[int]]) -> sa.Select[Any]:
    return sa.select(sa.literal(kind, sa.Text), id_, owner).where(among(id_, ids[kind]))


def ref_of(subject: str) -> Ref:
    kind, _colon, number = subject.partition(":")
    return Ref(kind, int(number))


def open_reports(ref: Ref) -> Sequence[ContentReport]:
    """Held until the commit, so that one person decides."""
    wanted = sa.select(ContentReport).where(ContentReport.subject == str(ref), ContentReport.outcome.is_(None))
    return db.session.scalars(wanted.order_by(ContentReport.id).with_for_update()).all()


def carry(from_id: int, to_id: int) -> None:
    """What is asked about a deed is asked about it as it was corrected; what was decided was about the old words."""
    there = (ContentReport.subject == str(Ref(ACTIVITY, from_id)), ContentReport.outcome.is_(None))
    change = sa.update(ContentReport).where(*there).values(subject=str(Ref(ACTIVITY, to_id)))
    db.session.execute(change, execution_options={"synchronize_session": "fetch"})


def waiting(viewer: Member, cursor: str | None, size: int = PAGE_SIZE) -> Page[Question]:
    """The longest wait first."""
    first = sa.func.min(ContentReport.id).label("first")
    wanted = sa.select(ContentReport.subject, first).where(ContentReport.outcome.is_(None)).group_by(ContentReport.subject)
    after = decode(cursor, (int,))
    if after:
        wanted = wanted.having(first > after[0])
    found = page(db.session.execute(wanted.order_by(first).limit(size + 1)).all(), size, lambda row: (row.first,))
    return Page(_questions([row.subject for row in found.items], viewer), found.next_cursor)


def _questions(names: list[str], viewer: Member) -> list[Question]:
    reports: dict[str, list[ContentReport]] = {}
    wanted = sa.select(ContentReport).where(ContentReport.outcome.is_(None), among(ContentReport.subject, names))
    for report in db.session.scalars(wanted.order_by(ContentReport.id)) if names else ():
        reports.setdefault(report.subject, []).append(report)
    people = _people((one.reporter_id for some in reports.values() for one in some[:REPORTS_SHOWN]), viewer)
    refs = [ref_of(name) for name in names]
    found, whose = subjects(refs, viewer), owners(refs)
    return [_question(ref, found.get(ref), reports[str(ref)], people, whose.get(ref) == viewer.id) for ref in refs]


def _question(
    ref: Ref, subject: Subject | None, reports: Sequence[ContentReport], people: dict[int, ProfileView], is_own: bool
) -> Question:
    shown = reports[:REPORTS_SHOWN]
    voices = [Voice(None if is_own else people.get(one.reporter_id), one.reason, one.reported_at) for one in shown]
    return Question(ref, subject, voices, frozenset(one.reporter_id for one in reports), is_own)


def decided(asked: Asked, viewer: Member, cursor: str | None, size: int = PAGE_SIZE) -> Page[Decided]:
    """Newest reports first, each with what was decided about it."""
    wanted = sa.select(ContentReport).where(ContentReport.outcome.is_not(None)).order_by(ContentReport.id.desc())
    if asked.text:
        fits = [column.icontains(asked.text, autoescape=True) for column in (ContentReport.reason, ContentReport.words)]
        wanted = wanted.where(sa.or_(*fits))
    if asked.outcome:
        wanted = wanted.where(ContentReport.outcome == asked.outcome)
    if asked.kind:
        wanted = wanted.where(ContentReport.subject.startswith(f"{asked.kind}:", autoescape=True))
    after = decode(cursor, (int,))
    if after:
        wanted = wanted.where(ContentReport.id < after[0])
    found = page(db.session.scalars(wanted.limit(size + 1)).all(), size, lambda row: (row.id,))
    people = _people((row.decided_by_id for row in found.items if row.decided_by_id), viewer)
    still = subjects([ref_of(row.subject) for row in found.items], viewer)
    return Page([_decided(row, people, still) for row in found.items], found.next_cursor)


def _decided(row: ContentReport, people: dict[int, ProfileView], still: dict[Ref, Subject]) -> Decided:
    ref = ref_of(row.subject)
    return Decided(ref, still.get(ref), row.reason, row.outcome or "", row.words, row.decided_at or row.reported_at,
                   people.get(row.decided_by_id or 0))  # fmt: skip


def _people(ids: Iterable[Any], viewer: Member | None) -> dict[int, ProfileView]:
    found = profiles(list(ids), viewer)
    return {id_: person for id_, person in found.items() if person.state != "suspended"}
