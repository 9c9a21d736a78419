"""Asking members about a plan: its days, what they say, and the themes that the council makes of it. The words stay their
authors', and a small number is no secret here, since all members read all comments."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.rules import ProfileView
from recognition.objectives.models import Objective, PlanComment, PlanTheme
from recognition.objectives.queries import people_of
from recognition.objectives.rules import (
    ASKING,
    ASKING_MAX_DAYS,
    COMMENTS_EACH,
    DRAFT,
    THEMES_MAX,
    BadObjective,
    WrongState,
    is_asking,
)
from recognition.refs import Ref
from recognition.web.pagination import Page, decode, encode, page
from recognition.web.templating import day

PAGE_COMMENTS = 30
DOWN_MAX_CHARS = 300


@dataclass(frozen=True)
class Theme:
    """`count`: comments that everybody can read. `seen`: changes with its title and words."""

    id: int
    title: str
    words: str
    count: int
    seen: str

    @property
    def option(self) -> tuple[str, str]:
        return str(self.id), self.title


@dataclass(frozen=True)
class Said:
    id: int
    who: ProfileView
    words: str
    at: datetime
    theme_id: int | None
    hidden_reason: str


def ask(objective_id: int, until: date, actor_id: int, now: datetime, least_days: int = 1) -> None:
    """Shows a draft to members until that day; asked again, the day may be a later one. `least_days`: so many there are to
    answer at least. Raises BadObjective, WrongState."""
    one = _held(objective_id)
    if one.state not in (DRAFT, ASKING):
        raise WrongState(_("It is decided already."))
    if one.state == ASKING and one.comments_until == until:
        return
    if not now.date() < until <= now.date() + timedelta(days=ASKING_MAX_DAYS):
        raise BadObjective({"until": _("A day from tomorrow on, within a year, please.")})
    first = now.date() + timedelta(days=least_days)
    if one.state == DRAFT and until < first:
        raise BadObjective({"until": _("People need some time: %(day)s or later, please.", day=day(str(first)))})
    if one.comments_until is not None and until < one.comments_until:
        raise BadObjective({"until": _("A later day, please: people count on the one that was told.")})
    before = {"state": one.state, "until": str(one.comments_until or "")}
    audit.record("objective.asking", Ref("objective", one.slug), actor_id, before, {"state": ASKING, "until": str(until)})
    if one.state == DRAFT:
        one.state, one.state_at, one.news_at = ASKING, now, now
    one.comments_until = until


def comment(objective_id: int, member_id: int, words: str, now: datetime) -> PlanComment:
    """The same words twice are one comment. Raises WrongState."""
    one = _held(objective_id)
    if not is_asking(one.state, one.comments_until, now.date()):
        raise WrongState(_("Its days for comments are over. Questions to the council are always welcome."))
    mine = sa.select(PlanComment).where(PlanComment.objective_id == one.id, PlanComment.member_id == member_id)
    known = db.session.scalars(mine.order_by(PlanComment.id)).all()
    same = next((row for row in known if row.words == words), None)
    if same is not None:
        return same
    if len(known) >= COMMENTS_EACH:
        raise WrongState(_("You have said a lot already, thank you. Take one back to say another."))
    row = PlanComment(objective_id=one.id, member_id=member_id, words=words, at=now)
    db.session.add(row)
    db.session.flush()
    return row


def take_back(objective_id: int, comment_id: int, member_id: int) -> bool:
    """By its author, at any time."""
    mine = (PlanComment.id == comment_id, PlanComment.objective_id == objective_id, PlanComment.member_id == member_id)
    return db.session.execute(sa.delete(PlanComment).where(*mine).returning(PlanComment.id)).first() is not None


def take_down(objective_id: int, comment_id: int, reason: str, actor_id: int, now: datetime) -> bool:
    """Whoever said it hears why. Nobody decides on their own. Raises BadObjective."""
    row = _comment(objective_id, comment_id)
    if row is None or row.member_id == actor_id or row.hidden_reason:
        return False
    if not reason.strip():
        raise BadObjective({"reason": _("Why? Whoever said it reads it.")})
    if len(reason.strip()) > DOWN_MAX_CHARS:
        raise BadObjective({"reason": _("At most %(max)s characters, please.", max=DOWN_MAX_CHARS)})
    one = db.session.get_one(Objective, objective_id)
    audit.record("plan.comment_hidden", Ref("objective", one.slug), actor_id, after={"reason": reason.strip()})
    row.hidden_reason, row.theme_id = reason.strip(), None
    key, path = f"plan.comment_hidden:{row.id}", path_of(one.slug, row.id)
    tell([Message(row.member_id, "content.taken_down", key, path, {"words": row.hidden_reason})], now)
    return True


def path_of(slug: str, comment_id: int) -> str:
    """The page of the list that begins with it."""
    return f"/objectives/{slug}/comments?after={encode([comment_id + 1])}#said-{comment_id}"


def write_theme(objective_id: int, theme_id: int, title: str, words: str, actor_id: int, seen: str = "") -> None:
    """`theme_id` 0: a new one; the same form sent twice makes one. `seen`: its mark as the author had it before them. Raises
    BadObjective."""
    one = _held(objective_id)
    known = {row.id: row for row in db.session.scalars(sa.select(PlanTheme).where(PlanTheme.objective_id == one.id))}
    row = known.get(theme_id)
    if row is None and any((other.title, other.words) == (title, words) for other in known.values()):
        return
    if not title or any(other.title == title and other is not row for other in known.values()):
        raise BadObjective({"title": _("A name that no other theme has, please.")})
    if row is None and len(known) >= THEMES_MAX:
        raise BadObjective({"title": _("At most %(max)s themes, please; more is no summary.", max=THEMES_MAX)})
    if row is not None and seen and seen != _mark(row):
        raise BadObjective({"title": _("Somebody changed it since you opened this page. Look at theirs, then save again.")})
    before = {"title": row.title, "words": row.words} if row else {}
    if before == {"title": title, "words": words}:
        return
    if row is None:
        row = PlanTheme(objective_id=one.id)
        db.session.add(row)
    row.title, row.words = title, words
    audit.record("plan.theme", Ref("objective", one.slug), actor_id, before, {"title": title, "words": words})
    db.session.flush()


def _mark(row: PlanTheme) -> str:
    return hashlib.sha256(repr((row.title, row.words)).encode()).hexdigest()[:16]


def sort(objective_id: int, places: Mapping[int, int], actor_id: int) -> int:
    """`places`: a theme for each comment, 0 for none. How many went elsewhere than before; what is not of this plan stays."""
    one = _held(objective_id)
    themes = set(db.session.scalars(sa.select(PlanTheme.id).where(PlanTheme.objective_id == one.id)))
    mine = sa.select(PlanComment).where(PlanComment.objective_id == one.id, PlanComment.id.in_(list(places)))
    moved = 0
    # Held, since whoever said one may take it back at this moment.
    held = mine.where(PlanComment.hidden_reason == "").order_by(PlanComment.id).with_for_update()
    for row in db.session.scalars(held, execution_options={"populate_existing": True}) if places else ():
        wanted = places[row.id] or None
        if row.theme_id != wanted and (wanted is None or wanted in themes):
            row.theme_id, moved = wanted, moved + 1
    if moved:
        audit.record("plan.sorted", Ref("objective", one.slug), actor_id, after={"comments": moved})
    return moved


def themes(one: Objective) -> tuple[list[Theme], int]:
    """The one with most comments first; and how many comments there are in all."""
    if one.comments_until is None:
        return [], 0
    counted = (
        sa.select(PlanComment.theme_id, sa.func.count()).join(Member, Member.id == PlanComment.member_id).where(*_shown(one))
    )
    numbers: dict[int | None, int] = {row[0]: row[1] for row in db.session.execute(counted.group_by(PlanComment.theme_id))}
    rows = db.session.scalars(sa.select(PlanTheme).where(PlanTheme.objective_id == one.id)).all()
    found = [Theme(row.id, row.title, row.words, numbers.get(row.id, 0), _mark(row)) for row in rows]
    return sorted(found, key=lambda theme: (-theme.count, theme.id)), sum(numbers.values())


def comments(one: Objective, viewer: Member, cursor: str | None, theme_id: int | None = None) -> Page[Said]:
    """The newest first; of one theme, or of all. What was taken down is there for its author."""
    own = sa.and_(PlanComment.objective_id == one.id, PlanComment.member_id == viewer.id)
    wanted = sa.select(PlanComment).join(Member, Member.id == PlanComment.member_id).where(sa.or_(sa.and_(*_shown(one)), own))
    if theme_id is not None:
        wanted = wanted.where(PlanComment.theme_id == theme_id)
    last = decode(cursor, (int,))
    if last:
        wanted = wanted.where(PlanComment.id < last[0])
    rows = db.session.scalars(wanted.order_by(PlanComment.id.desc()).limit(PAGE_COMMENTS + 1)).all()
    found = page(rows, PAGE_COMMENTS, lambda row: (row.id,))
    people = people_of([row.member_id for row in found.items], viewer)
    said = [Said(row.id, people[row.member_id], row.words, row.at, row.theme_id, row.hidden_reason)
            for row in found.items if row.member_id in people]  # fmt: skip
    return Page(said, found.next_cursor)


def _shown(one: Objective) -> tuple[Any, ...]:
    return PlanComment.objective_id == one.id, PlanComment.hidden_reason == "", Member.state != "suspended"


def _comment(objective_id: int, comment_id: int) -> PlanComment | None:
    row = db.session.get(PlanComment, comment_id, with_for_update=True)
    return row if row is not None and row.objective_id == objective_id else None


def _held(objective_id: int) -> Objective:
    return db.session.get_one(Objective, objective_id, with_for_update=True, populate_existing=True)
