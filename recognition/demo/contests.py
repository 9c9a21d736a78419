"""Contests of the invented community, each at another point of its way: one takes entries, three are being voted on in the
three ways there are, and one is decided. All through the same services as everybody's, with the clock put back."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from recognition import clock
from recognition.activities.drain import drain
from recognition.contests import jobs
from recognition.contests.entries import Draft
from recognition.contests.models.contest import Contest
from recognition.contests.queries import Reader, contest_by_slug, entries_page
from recognition.contests.rules import APPROVAL, CLOSED, LICENCES, PERSON, SCORE, ContestSpec, RoundSpec
from recognition.contests.services import agreeing, entering, flags, making, moving, sheets, talking, voting
from recognition.contests.services.authors import answer_co_author
from recognition.demo.community import read
from recognition.demo.pictures.drawer import drawn
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.media.services import Prepared, prepare_drawing

EVENING = timedelta(hours=18)
SEED = "what the hall likes"
Data = Mapping[str, Any]
Ids = Mapping[str, int]
At = Callable[[float], datetime]


def hold(ids: Ids, now: datetime, owner_id: int | None) -> int:
    """Those that are not there yet; each is committed by itself. Returns how many were added."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)

    def at(day: float) -> datetime:
        return midnight + EVENING + timedelta(days=day)

    wanted = [data for data in read("contests")["contests"] if contest_by_slug(data["slug"], drafts=True) is None]
    db.session.commit()
    pictures = _pictures(wanted)
    for data in wanted:
        _hold(data, ids, at, pictures, owner_id)
    with clock.as_of(now):
        drain()
    return len(wanted)


def _pictures(wanted: Sequence[Data]) -> dict[str, Prepared]:
    """Drawn, and lying in the store. No transaction is open."""
    scenes = [work["scene"] for data in wanted for work in data["work"] if "scene" in work]
    return {scene: prepare_drawing(drawn(scene)) for scene in scenes}


def _hold(data: Data, ids: Ids, at: At, pictures: Mapping[str, Prepared], owner_id: int | None) -> None:
    begin = data["entries"][0]
    with clock.as_of(at(begin - 1)):
        made = making.save(_spec(data, ids, at), clock.utcnow(), owner_id)
        contest = making.publish(made.id, clock.utcnow(), owner_id, data.get("pins", ()))
    for number, work in enumerate(data["work"]):
        with clock.as_of(at(begin + work["day"] - 0.5)):
            _enter(contest, work, number, ids, pictures)
    last = max(data["rounds"][0]["days"])
    if data["rounds"][0]["days"][0] < 0:
        _vote(contest, data, ids, at)
    db.session.commit()
    if last < 0:
        with clock.as_of(at(last) + timedelta(minutes=1)):
            moving.move_round(contest.rounds[0].id, clock.utcnow())
            db.session.commit()
            jobs.tell_results(contest.id)
            db.session.commit()
            drain()
        _talk(contest, data, ids, at)


def _spec(data: Data, ids: Ids, at: At) -> ContestSpec:
    plain = ("slug", "title", "brief", "rules", "takes", "family", "campaign", "entries_each")
    return ContestSpec(
        **{name: data[name] for name in plain if name in data}, entries_from=at(data["entries"][0]),
        entries_until=at(data["entries"][1]), rounds=tuple(_round(one, ids, at) for one in data["rounds"]),
    )  # fmt: skip


def _round(data: Data, ids: Ids, at: At) -> RoundSpec:
    values: dict[str, Any] = {
        name: value for name, value in data.items() if name not in ("days", "deputies_day", "jurors", "deputies")
    }
    people: dict[str, Any] = {
        part: tuple(handle for handle in data.get(part, ()) if handle in ids) for part in ("jurors", "deputies")
    }
    deputies_at = at(data["deputies_day"]) if "deputies_day" in data else None
    return RoundSpec(at(data["days"][0]), at(data["days"][1]), deputies_at=deputies_at, **values, **people)


def _enter(contest: Contest, work: Data, number: int, ids: Ids, pictures: Mapping[str, Prepared]) -> None:
    """Whoever is missing is passed by."""
    if work["by"] not in ids or work.get("nominee", work["by"]) not in ids:
        return
    maker = db.session.get_one(Member, ids[work["by"]])
    beside = tuple(handle for handle in work.get("with", ()) if handle in ids)
    words = {name: work.get(name, "") for name in ("title", "story", "alt", "text", "nominee")}
    licence = "" if contest.takes == PERSON else LICENCES[number % len(LICENCES)]
    draft = Draft(**words, licence=licence, co_authors=beside)
    entry = entering.save_entry(contest, maker, f"demo-{number}", draft, pictures.get(work.get("scene", "")))
    entering.hand_in(entry, maker)
    for handle in beside:
        answer_co_author(entry.id, ids[handle], True)
    if entry.nominee_id is not None:
        agreeing.answer(contest, entry, entry.nominee_id, True)


def _vote(contest: Contest, data: Data, ids: Ids, at: At) -> None:
    one = contest.rounds[0]
    with clock.as_of(at(data["rounds"][0]["days"][0]) + timedelta(minutes=1)):
        moving.move_round(one.id, clock.utcnow())
        for handle in data.get("voters", ()):
            if handle in ids and one.state != CLOSED:
                _cast(one.id, one.method, one.most_choices, ids[handle], random.Random(f"{SEED}:{contest.slug}:{handle}"))


def _talk(contest: Contest, data: Data, ids: Ids, at: At) -> None:
    """What people said once it was decided, and what one of them thinks the council should look at."""
    by_title = {entry.title: entry for entry in entries_page(contest, Reader(), clock.utcnow()).items}
    for number, said in enumerate(data.get("said", ())):
        entry = by_title.get(said["about"])
        if entry is None or said["by"] not in ids:
            continue
        with clock.as_of(at(said["day"]) + timedelta(minutes=number)):
            if "flag" in said:
                flags.report(entry, None, ids[said["by"]], said["flag"], clock.utcnow())
            else:
                talking.say(contest, entry, ids[said["by"]], said["words"], f"demo-{number}", clock.utcnow())
    db.session.commit()


def _cast(round_id: int, method: str, most: int | None, member_id: int, chance: random.Random) -> None:
    """Of all that this voter is shown, page by page. What came first to the contest is liked a little more."""
    shown: list[int] = []
    while page := sheets.next_page(round_id, member_id, len(shown)):
        shown += page
    shown.sort()  # each sheet is shuffled anew, while the demo's winner is always the same
    best = sorted(shown, key=lambda entry_id: chance.random() * 2 + shown.index(entry_id) / len(shown))
    if method == APPROVAL:
        marks = dict.fromkeys(best[: min(most or 4, 2 + chance.randrange(4))], 1)
    elif method == SCORE:
        marks = {entry_id: max(0, 5 - place - chance.randrange(2)) for place, entry_id in enumerate(best)}
    else:
        marks = {entry_id: place for place, entry_id in enumerate(best[: 2 + chance.randrange(len(best))], start=1)}
    voting.cast(round_id, member_id, marks)
