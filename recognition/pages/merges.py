"""Two rows of one person: those that look like it, joining them, and taking them apart again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from recognition import clock
from recognition.database import among
from recognition.extensions import db
from recognition.identity import policy
from recognition.identity.access import role_required, signed_in
from recognition.identity.models import Account, Member, MemberMerge
from recognition.identity.queries import member_by_handle, profiles
from recognition.identity.rules import NotAllowed, ProfileView, Refused
from recognition.identity.services import merge_suggestions
from recognition.identity.services.merging import REASON_MAX_CHARS, merge
from recognition.identity.services.unmerging import unmerge
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited
from recognition.web.pagination import decode, page

blueprint = Blueprint("merges", __name__, url_prefix="/council/merges")
council_only = role_required("council", "admin")
JOINED_A_PAGE = 10
BIG = 2**53


@dataclass(frozen=True)
class Side:
    person: ProfileView
    joined_at: datetime
    has_login: bool


@dataclass(frozen=True)
class Question:
    """Two rows that look like one person. `decides`: whether the reader may say so."""

    sides: tuple[Side, Side]
    reasons: list[str]
    decides: bool

    @property
    def key(self) -> str:
        return f"{self.sides[0].person.handle}/{self.sides[1].person.handle}"


@dataclass(frozen=True)
class Joined:
    merge: MemberMerge
    gone: str
    kept: ProfileView
    can_part: bool


@blueprint.get("/")
@council_only
def index() -> Any:
    return _page({}, {})


@blueprint.post("/join")
@council_only
@limited("merge", times=120)
def join() -> Any:
    values = {name: request.form.get(name, "").strip().removeprefix("@") for name in ("gone", "kept", "reason")}
    found = {name: member_by_handle(values[name]) for name in ("gone", "kept")}
    errors = {name: _("Nobody here has this handle.") for name, member in found.items() if member is None}
    source, target = found["gone"], found["kept"]
    if source is None or target is None:
        return respond(_page(values, errors), 422)
    actor, now = signed_in(), clock.utcnow()
    try:
        merge(source, target, actor, values["reason"], now)
        merge_suggestions.joined((source.id, target.id), actor, now)
    except (NotAllowed, Refused) as refused:
        db.session.rollback()
        return respond(_page(values, {"reason": str(refused)}), 403 if isinstance(refused, NotAllowed) else 422)
    db.session.commit()
    flash(_("They are one now. What both did counts for %(person)s in a moment.", person=f"@{target.handle}"), "good")
    return goto(url_for(".index"))


@blueprint.post("/two/<one>/<other>")
@council_only
def two(one: str, other: str) -> Any:
    """They only look alike."""
    found = [member_by_handle(handle) or abort(404) for handle in (one, other)]
    ids = sorted(member.id for member in found)
    try:
        merge_suggestions.drop((ids[0], ids[1]), signed_in(), clock.utcnow())
    except NotAllowed as refused:
        abort(403, str(refused))
    db.session.commit()
    flash(_("Two people, then. Nobody will be asked about them again."), "good")
    return goto(url_for(".index"))


@blueprint.post(f"/<int(max={BIG}):merge_id>/part")
@council_only
@limited("merge", times=120)
def part(merge_id: int) -> Any:
    done = db.session.get(MemberMerge, merge_id) or abort(404)
    reason = request.form.get("reason", "").strip()
    try:
        left = unmerge(done.id, signed_in(), reason, clock.utcnow())
    except (NotAllowed, Refused) as refused:
        db.session.rollback()
        return respond(_page({}, {}, merge_id, str(refused), reason), 403 if isinstance(refused, NotAllowed) else 422)
    db.session.commit()
    said = _("Two people again, each with what was theirs. What came since stays where it came.")
    more = ngettext(
        "%(num)d thing was changed by somebody since and stays.",
        "%(num)d things were changed by somebody since and stay.",
        len(left),
    )
    flash(f"{said} {more}" if left else said, "good")
    return goto(url_for(".index"))


def _page(values: dict[str, str], errors: dict[str, str], parted: int = 0, refusal: str = "", reason: str = "") -> str:
    """`parted`: the merge that could not be taken apart, why, and what was typed there."""
    pairs = merge_suggestions.waiting(request.args.get("after"))
    merges = _merges(decode(request.args.get("before"), (int,)))
    ids = {member_id for pair in pairs.items for member_id in (pair.one_id, pair.other_id)}
    ids |= {member_id for done in merges.items for member_id in (done.from_id, done.into_id)}
    people = profiles(sorted(ids), signed_in())
    return render_template(
        "council/merges.html", questions=_questions(pairs.items, people), joined=_joined(merges.items, people), values=values,
        errors=errors, parted=parted, refusal=refusal, reason=reason, reason_max=REASON_MAX_CHARS, reason_words=_reasons(),
        more_pairs=url_for(".index", after=pairs.next_cursor) if pairs.next_cursor else "",
        older=url_for(".index", before=merges.next_cursor) if merges.next_cursor else "",
    )  # fmt: skip


def _reasons() -> dict[str, str]:
    return {
        merge_suggestions.MAIL: _("The same e-mail address was verified for both."),
        merge_suggestions.NAME: _("They show the same name."),
        merge_suggestions.HANDLE: _("An eye takes their handles for one another."),
    }


def _merges(before: Sequence[int] | None) -> Any:
    wanted = sa.select(MemberMerge).order_by(MemberMerge.id.desc()).limit(JOINED_A_PAGE + 1)
    if before:
        wanted = wanted.where(MemberMerge.id < before[0])
    return page(db.session.scalars(wanted).all(), JOINED_A_PAGE, lambda row: (row.id,))


def _questions(pairs: Sequence[Any], people: dict[int, ProfileView]) -> list[Question]:
    ids = {member_id for pair in pairs for member_id in (pair.one_id, pair.other_id)}
    logins = set(db.session.scalars(sa.select(Account.member_id).where(among(Account.member_id, ids)))) if ids else set()
    since = dict(db.session.execute(sa.select(Member.id, Member.joined_at).where(among(Member.id, ids))).all()) if ids else {}
    actor = signed_in()

    def side(member_id: int) -> Side:
        return Side(people[member_id], since[member_id], member_id in logins)

    return [
        Question((side(one), side(other)), pair.reasons, policy.can_merge(actor, (one, other), moves_roles=False))
        for pair in pairs
        for one, other in [(pair.one_id, pair.other_id)]
    ]


def _joined(merges: Sequence[MemberMerge], people: dict[int, ProfileView]) -> list[Joined]:
    """The row that is empty shows its handle and nothing else."""
    ids = [done.from_id for done in merges]
    still = (
        dict(db.session.execute(sa.select(Member.id, Member.merged_into_id).where(among(Member.id, ids))).all()) if ids else {}
    )
    actor = signed_in()
    return [
        Joined(done, people[done.from_id].handle, people[done.into_id],
               done.undone_at is None and still[done.from_id] == done.into_id
               and policy.can_merge(actor, (done.from_id, done.into_id), done.moves_roles))
        for done in merges
    ]  # fmt: skip
