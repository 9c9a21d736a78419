"""A campaign on its way in: what is here already and the same stays; what differs is changed or gets a new name, whichever was
asked for; what is new comes as drafts that go out together with the campaign."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recognition.activities.criteria.values import BadCriteria
from recognition.badges import catalog as badge_files
from recognition.badges.models import Badge
from recognition.badges.rules import BadBadge, BadgeSpec, check_spec
from recognition.badges.services.states import save_badge
from recognition.campaigns import catalog as campaign_files
from recognition.campaigns import services as campaigns
from recognition.campaigns.models import Campaign
from recognition.campaigns.queries import campaign_by_slug
from recognition.campaigns.rules import BadCampaign
from recognition.catalog import kinds
from recognition.catalog.bundles import pictures, quests_in, words
from recognition.catalog.bundles.comparing import clashing, known_quests
from recognition.catalog.bundles.naming import renamed
from recognition.catalog.bundles.parcel import Parcel
from recognition.catalog.sheets import BadSheet as BadKinds
from recognition.contests import catalog as contest_files
from recognition.contests.models.contest import Contest
from recognition.contests.rules import JURY, BadContest, WrongPhase
from recognition.contests.services import making
from recognition.database import among
from recognition.extensions import db
from recognition.identity.models import Grant, Group, Member
from recognition.media.services import Prepared
from recognition.parcels import BadParcel, Data
from recognition.quests.models import Quest
from recognition.quests.sheet_values import BadSheet

CHANGE, RENAME = "change", "rename"
JURORS_MAX = 20


class Clash(Exception):
    """Things of the same name are here and differ: `titles` says which."""

    def __init__(self, titles: list[str]) -> None:
        self.titles = titles
        super().__init__(", ".join(titles))


@dataclass
class Came:
    """The campaign, whether it was not here before, and what could not come along: (sort, name)."""

    campaign: Campaign
    is_new: bool
    left_out: list[tuple[str, str]] = field(default_factory=list)


def take_in(
    parcel: Parcel, same: str, now: datetime, actor_id: int | None, prepared: Mapping[str, Prepared] | None = None
) -> Came:
    """In the caller's transaction: all of it or nothing. `same`: CHANGE or RENAME where something of the same name differs;
    anything else asks. `prepared`: its pictures, as `pictures.opened` gives them. Raises Clash and BadParcel."""
    if actor_id is not None:
        # Held, so that two presses of one button take turns.
        db.session.execute(sa.select(Member.id).where(Member.id == actor_id).with_for_update())
    try:
        left_out = _fit(parcel)
        _settle_names(parcel, same)
        return _store(parcel, now, actor_id, left_out, prepared or {})
    except (BadSheet, BadKinds, BadBadge, BadCriteria, campaign_files.BadFile) as fault:
        raise BadParcel(str(fault)) from fault
    except (BadCampaign, BadContest) as fault:
        raise BadParcel(" ".join(fault.errors.values())) from fault
    except (sa.exc.OperationalError, sa.exc.InterfaceError):
        raise  # the database is away, which is no fault of the file
    except sa.exc.IntegrityError as fault:
        raise BadParcel("something of the same name came into being at this moment; please send it once more") from fault
    except (sa.exc.StatementError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as fault:
        raise BadParcel("a value in it is none that we can keep") from fault
    except (WrongPhase, ValueError) as fault:
        raise fault if isinstance(fault, BadParcel) else BadParcel(str(fault)) from fault


def _fit(parcel: Parcel) -> list[tuple[str, str]]:
    """What only the other house has stays behind: groups by name, and jurors whom nobody knows here, in whose place the
    council of this house sits."""
    groups = set(parcel.campaign.get("groups", ())) | {badge["issuer"] for badge in parcel.badges.values() if badge.get("issuer")}
    known = set(db.session.scalars(sa.select(Group.slug).where(among(Group.slug, sorted(groups))))) if groups else set()
    left = [("group", slug) for slug in sorted(groups - known)]
    if "groups" in parcel.campaign:
        parcel.campaign["groups"] = [slug for slug in parcel.campaign["groups"] if slug in known]
    for badge in parcel.badges.values():
        if badge.get("issuer") and badge["issuer"] not in known:
            del badge["issuer"]
    for contest in parcel.contests.values():
        left += _seat(contest)
    return left


def _seat(contest: Data) -> list[tuple[str, str]]:
    left = []
    for one in contest.get("rounds", ()):
        if one.get("judges") != JURY:
            continue
        named = [*one.get("jurors", ()), *one.get("deputies", ())]
        here = set(db.session.scalars(sa.select(Member.handle).where(among(Member.handle, named)))) if named else set()
        left += [("juror", handle) for handle in named if handle not in here]
        for part in ("jurors", "deputies"):
            if part in one:
                one[part] = [handle for handle in one[part] if handle in here]
        if not one.get("jurors"):
            one["jurors"] = council_handles()
            if "quorum" in one:
                one["quorum"] = min(int(one["quorum"]), len(one["jurors"]))
    return left


def council_handles() -> list[str]:
    wanted = sa.select(Member.handle).join(Grant, Grant.member_id == Member.id)
    seated = wanted.where(Grant.role == "council", Member.state == "active").order_by(Member.id).limit(JURORS_MAX)
    return list(db.session.scalars(seated))


def _settle_names(parcel: Parcel, same: str) -> None:
    """Until nothing clashes: a new name in one rule can make two badges differ that were the same before."""
    for _round in range(50):
        differing = clashing(parcel)
        if not differing or same == CHANGE:
            return
        if same != RENAME:
            raise Clash([title for _sort, _slug, title in differing])
        names: dict[tuple[str, str], str] = {}
        for sort, slug, _title in differing:
            names[sort, slug] = _free(sort, slug, parcel.slugs(sort) | set(names.values()))
        _rename(parcel, lambda sort, slug, names=names: names.get((sort, slug), slug))  # type: ignore[misc]
    raise BadParcel("too many things of these names are here already")


def _free(sort: str, slug: str, others: set[str]) -> str:
    """`others`: names in the file itself, of which none may be lost to another."""
    model: Any = {"campaign": Campaign, "quest": Quest, "badge": Badge, "contest": Contest}[sort]
    stem = slug[:46].rstrip("-")
    taken = set(db.session.scalars(sa.select(model.slug).where(model.slug.startswith(stem, autoescape=True)))) | others
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}-{number}") not in taken)


def _rename(parcel: Parcel, new: Callable[[str, str], str]) -> None:
    campaign = parcel.campaign
    campaign["slug"] = new("campaign", campaign["slug"])
    for name, sort in (("quests", "quest"), ("badges", "badge")):
        if name in campaign:
            campaign[name] = [new(sort, slug) for slug in campaign[name]]
    if "criteria" in campaign.get("goal", {}):
        campaign["goal"]["criteria"] = renamed(campaign["goal"]["criteria"], new)
    for quest in parcel.quests.values():
        _rename_quest(quest, new)
    for badge in parcel.badges.values():
        badge.update({"criteria": renamed(badge["criteria"], new)} if "criteria" in badge else {})
    for contest in parcel.contests.values():
        contest.update({name: renamed(contest[name], new) for name in ("may_enter", "may_vote") if name in contest})
        contest.update({"campaign": new("campaign", contest["campaign"])} if "campaign" in contest else {})
        contest.update({"prizes": [new("badge", slug) for slug in contest["prizes"]]} if "prizes" in contest else {})
    parcel.texts = {new("quest", slug): texts for slug, texts in parcel.texts.items()}
    parcel.quest_words = {new("quest", slug): told for slug, told in parcel.quest_words.items()}
    for sort, those in (("quest", "quests"), ("badge", "badges"), ("contest", "contests")):
        moved = {new(sort, slug): data | {"slug": new(sort, slug)} for slug, data in getattr(parcel, those).items()}
        setattr(parcel, those, moved)


def _rename_quest(quest: Data, new: Callable[[str, str], str]) -> None:
    if "campaign" in quest:
        quest["campaign"] = new("campaign", quest["campaign"])
    if "requires" in quest:
        quest["requires"] = renamed(quest["requires"], new)
    for step in quest.get("steps", ()):
        step.update({"proof": renamed(step["proof"], new)} if "proof" in step else {})


def _store(
    parcel: Parcel, now: datetime, actor_id: int | None, left_out: list[tuple[str, str]], prepared: Mapping[str, Prepared]
) -> Came:
    kinds.add_missing(parcel.kinds)
    specs = {slug: check_spec(data) for slug, data in parcel.badges.items()}
    calls = pictures.addresses(parcel, prepared)
    quests = quests_in.store(parcel, known_quests(parcel), calls, now, actor_id)
    parcel.quest_words = words.with_pictures(parcel.quest_words, calls)
    _store_badges(specs, now, actor_id)
    spec = campaign_files.spec_of(parcel.campaign, "campaign.toml")
    quests_in.check_items("quests", Quest, spec.quests)
    quests_in.check_items("badges", Badge, spec.badges)
    is_new = campaign_by_slug(spec.slug, drafts=True) is None
    campaign = campaigns.save(spec, now, actor_id)
    db.session.flush()
    words.take_in(parcel, campaign, quests, now, actor_id)
    for slug, data in parcel.contests.items():
        contest = contest_files.spec_of(data)
        if contest.campaign != campaign.slug:
            raise BadParcel(f"contests/{slug}.toml: campaign: needs to be {campaign.slug}")
        making.save(contest, now, actor_id)
    db.session.flush()
    return Came(campaign, is_new, left_out)


def _store_badges(specs: dict[str, BadgeSpec], now: datetime, actor_id: int | None) -> None:
    for spec in badge_files.in_order(specs):
        try:
            save_badge(spec, now, actor_id)
        except BadBadge as fault:
            raise BadParcel(f"badges/{spec.slug}.toml: {fault}") from fault
