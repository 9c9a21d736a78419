"""A contest is made by the council: saved, published, changed as far as that is fair, or called off."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from itertools import chain, count
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from recognition.announcements.services import Message, tell
from recognition.audit import services as audit
from recognition.badges.queries import published_badges
from recognition.campaigns.queries import campaign_by_slug
from recognition.contests import changing, checking, jury
from recognition.contests.models.contest import Contest, Prize, Round
from recognition.contests.models.entry import IN, Author, Entry
from recognition.contests.order import seed_hash
from recognition.contests.queries import contest_by_slug, stand_of
from recognition.contests.rules import (
    CALLED_OFF,
    CLOSED,
    DRAFT,
    OVER,
    PUBLISHED,
    REASON_MAX,
    BadContest,
    ContestSpec,
    RoundSpec,
    WrongPhase,
)
from recognition.contests.services import juries, moving
from recognition.contests.services.forgetting import forget_voters
from recognition.contests.services.locks import hold_contest, hold_round
from recognition.contests.services.pins import make_pins
from recognition.extensions import db
from recognition.refs import Ref

PLAIN = ("title", "brief", "rules", "takes", "family", "campaign", "may_enter", "may_vote", "entries_each", "shows_at_once",
         "entries_from", "entries_until", "tie_rule")  # fmt: skip
OF_ROUND = ("title", "judges", "method", "starts_at", "ends_at", "most_choices", "advance_count", "weight", "quorum", "missing",
            "extend_days", "deputies_at")  # fmt: skip


def create(spec: ContestSpec, now: datetime, actor_id: int | None, may_rename: bool = False) -> Contest:
    """A new draft. Raises BadContest where the slug is taken; with `may_rename` it gets a number instead, unless the other
    one says just the same: then the form was sent twice, and one contest comes of it."""
    known = contest_by_slug(spec.slug, drafts=True)
    if known is not None and not may_rename:
        raise _taken()
    if known is not None:
        if known.state == DRAFT and known.owner_id == actor_id and _says(known) == _says(spec):
            return known
        spec = replace(spec, slug=_free_slug(spec.slug))
    return save(spec, now, actor_id)


def save(spec: ContestSpec, now: datetime, actor_id: int | None) -> Contest:
    """A new contest, as a draft, or the changed one of the same slug. Raises BadContest, also for what may not change any
    more of one that is out."""
    checking.check(spec)
    known = contest_by_slug(spec.slug, drafts=True)
    contest = hold_contest(known.id) if known is not None else None
    _check_named(spec, contest)
    if contest is None:
        contest = _new(Contest(slug=spec.slug, state=DRAFT, seed="", owner_id=actor_id, created_at=now, **_plain(spec)))
        before: dict[str, Any] = {}
    else:
        errors = changing.refused(contest, spec, now)
        if errors:
            raise BadContest(errors)
        before = _told(contest)
        for name, value in _plain(spec).items():
            setattr(contest, name, value)
    _set_rounds(contest, spec, now)
    _set_prizes(contest, spec.prizes)
    db.session.flush()
    _audit(contest, before, actor_id)
    if contest.state == PUBLISHED:
        moving.remind_of_dates(contest)
    return contest


def _plain(spec: ContestSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in PLAIN} | {"licences": list(spec.licences)}


def _says(one: Contest | ContestSpec) -> list[Any]:
    rounds = [[getattr(part, name) for name in OF_ROUND] for part in one.rounds]
    return [*(getattr(one, name) for name in PLAIN), list(one.licences), rounds]


def _new(contest: Contest) -> Contest:
    try:
        with db.session.begin_nested():
            db.session.add(contest)
    except IntegrityError as taken:
        raise _taken() from taken
    return contest


def _taken() -> BadContest:
    return BadContest({"title": _("There is a contest of this name already; please give this one another.")})


def _free_slug(wanted: str) -> str:
    like = sa.select(Contest.slug).where(Contest.slug.startswith(wanted, autoescape=True))
    taken = set(db.session.scalars(like))
    numbered = (f"{wanted[: checking.SLUG_MAX - 4].rstrip('-')}-{number}" for number in count(2))
    return next(slug for slug in chain([wanted], numbered) if slug not in taken)


def _check_named(spec: ContestSpec, contest: Contest | None) -> None:
    """What it names is there: a campaign, badges, people. Of a contest that is out only what is new: who is on its jury may
    have gone away meanwhile, and its words can still be changed."""
    errors: dict[str, str] = {}
    kept = contest if contest is not None and contest.state == PUBLISHED else None
    if spec.campaign is not None and campaign_by_slug(spec.campaign, drafts=True) is None:
        errors["campaign"] = _("There is no campaign at this address.")
    prizes = set(spec.prizes) - {prize.badge for prize in kept.prizes} if kept is not None else set(spec.prizes)
    missing = prizes - {badge.slug for badge in published_badges(sorted(prizes))} if prizes else set()
    if missing:
        errors["prizes"] = _("There is no published badge %(badge)s.", badge=min(missing))
    people = juries.find(spec.rounds)
    seated = {one.position: {*chain(*juries.named(one))} for one in kept.rounds} if kept is not None else {}
    for number, one in enumerate(spec.rounds, start=1):
        for part in ("jurors", "deputies"):
            new = [handle for handle in getattr(one, part) if handle not in seated.get(number, ())]
            sentence = juries.conflict(people, new, contest.id if contest is not None else None)
            if sentence:
                errors.setdefault(checking.place_of(number, part), sentence)
    if errors:
        raise BadContest(errors)


def _set_rounds(contest: Contest, spec: ContestSpec, now: datetime) -> None:
    """In place by position, since ballots and jurors hang on a round's row."""
    for one in contest.rounds[len(spec.rounds) :]:
        contest.rounds.remove(one)
    people = juries.find(spec.rounds)
    for position, wanted in enumerate(spec.rounds, start=1):
        if position > len(contest.rounds):
            contest.rounds.append(Round(position=position))
        one = contest.rounds[position - 1]
        for name in OF_ROUND:
            setattr(one, name, getattr(wanted, name))
        db.session.flush()
        _set_jury(contest, one, wanted, people, now)


def _set_jury(contest: Contest, one: Round, wanted: RoundSpec, people: juries.People, now: datetime) -> None:
    if juries.may_name(one, now) or contest.state == DRAFT:
        juries.name_jury(one, wanted, people, contest, now)
    elif juries.named(one) != (list(wanted.jurors), list(wanted.deputies)):
        place = checking.place_of(one.position, "jurors")
        raise BadContest({place: _("This round has begun: jurors excuse themselves now, and deputies come in.")})


def _set_prizes(contest: Contest, prizes: Collection[str]) -> None:
    held = {prize.badge: prize for prize in contest.prizes}
    contest.prizes = [held.get(badge) or Prize(badge=badge) for badge in dict.fromkeys(prizes)]
    for position, prize in enumerate(contest.prizes):
        prize.position = position


def _told(contest: Contest) -> dict[str, Any]:
    """What the audit keeps; juries by their handles."""
    told = {name: _as_text(getattr(contest, name)) for name in (*PLAIN, "licences")}
    told["prizes"] = [prize.badge for prize in contest.prizes]
    juries_now = jury.handles([one.id for one in contest.rounds])
    for one in contest.rounds:
        told |= {f"round {one.position}: {name}": _as_text(getattr(one, name)) for name in OF_ROUND}
        told[f"round {one.position}: jury"] = juries_now.get(one.id)
    return told


def _as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _audit(contest: Contest, before: dict[str, Any], actor_id: int | None) -> None:
    after = _told(contest)
    if not before:
        audit.record("contest.created", Ref("contest", contest.slug), actor_id, after={"title": contest.title})
        return
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not names:
        return
    audit.record("contest.changed", Ref("contest", contest.slug), actor_id, {name: before.get(name) for name in names},
                 {name: after.get(name) for name in names})  # fmt: skip


def publish(
    contest_id: int, now: datetime, actor_id: int | None, pins: Collection[str] = (), is_past_fine: bool = False
) -> Contest:
    """From now on everybody sees it. Its seed is drawn here, before anybody can have entered; `pins`: which of
    `pins.PINS` are made for it. Published twice, it is published once. Raises BadContest, WrongPhase."""
    contest = hold_contest(contest_id)
    assert contest is not None  # noqa: S101 - the door has just read it
    if contest.state == PUBLISHED:
        return contest
    if contest.state != DRAFT:
        raise WrongPhase(_("This contest was called off. Make a new one from a template instead."))
    if contest.entries_until <= now and not is_past_fine:
        raise BadContest({"entries_until": _("The entries would be over already; give people some time.")})
    contest.state, contest.published_at, contest.seed = PUBLISHED, now, secrets.token_hex(32)
    made = make_pins(contest, pins, now, actor_id)
    _set_prizes(contest, [*(prize.badge for prize in contest.prizes), *made])
    db.session.flush()
    for one in contest.rounds:
        juries.ask(contest, one, now)
    moving.remind_of_dates(contest)
    after = {"state": PUBLISHED, "seed_sha256": seed_hash(contest.seed)}
    audit.record("contest.published", Ref("contest", contest.slug), actor_id, {"state": DRAFT}, after)
    return contest


def call_off(contest_id: int, reason: str, now: datetime, actor_id: int | None) -> Contest:
    """It ends without a result. What was handed in stays, votes that were cast are never counted or shown, and whoever
    handed something in is told why. Raises BadContest, WrongPhase."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_MAX:
        why = _("Please say why, in at most %(number)s characters. Everybody can read it.", number=REASON_MAX)
        raise BadContest({"reason": why})
    contest = hold_contest(contest_id)
    assert contest is not None  # noqa: S101 - the door has just read it
    if contest.state == CALLED_OFF:
        return contest
    if contest.state == DRAFT:
        raise WrongPhase(_("It is a draft: nobody has seen it."))
    if stand_of(contest, now).phase == OVER:
        raise WrongPhase(_("It is over, and its result stands. A result can be corrected, with a reason."))
    for one in contest.rounds:
        _end(one, now)
    contest.state, contest.called_off_reason = CALLED_OFF, reason
    audit.record("contest.called_off", Ref("contest", contest.slug), actor_id, {"state": PUBLISHED},
                 {"state": CALLED_OFF, "reason": reason})  # fmt: skip
    _tell_authors(contest, now)
    db.session.flush()
    return contest


def _end(one: Round, now: datetime) -> None:
    """No more votes, and nothing ties the ones that were cast to anybody."""
    if one.state != CLOSED:
        hold_round(one.id)
        forget_voters(one.id)
        one.state, one.salt, one.closed_at = CLOSED, "", now


def _tell_authors(contest: Contest, now: datetime) -> None:
    wanted = sa.select(Author.member_id).distinct().join(Entry, Entry.id == Author.entry_id)
    ids = db.session.scalars(wanted.where(Entry.contest_id == contest.id, Entry.state == IN, Author.state == IN))
    data = {"contest": contest.title, "words": contest.called_off_reason}
    tell([Message(member_id, "contest.called_off", f"contest.called_off:{contest.id}:{member_id}", f"/contests/{contest.slug}",
                  data) for member_id in sorted(ids)], now)  # fmt: skip
