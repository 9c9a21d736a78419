"""What the demo's council plans and is asked: events, questions and ideas, and one objective that ties it together."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recognition import clock
from recognition.demo.community import read
from recognition.events import services as events
from recognition.events.models import Event
from recognition.events.rules import ONCE, EventSpec
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.news.models import Announcement, AnnouncementText
from recognition.objectives import asking, looking
from recognition.objectives import services as objectives
from recognition.objectives.models import Objective
from recognition.objectives.rules import MilestoneSpec, ObjectiveSpec, ResultSpec
from recognition.questions import services as questions
from recognition.questions.models import Question
from recognition.questions.rules import ANSWERED, DECLINED, Asked
from recognition.surveys.models import Survey

Data = Mapping[str, Any]
Ids = Mapping[str, int]


def leave(ids: Ids, now: datetime) -> None:
    """Safe to repeat: what is there by its title stays as it is."""
    if "amina" not in ids:
        return  # her handle is a real member's here
    told = read("plans")
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for one in told["events"]:
        _meet(one, ids, today)
    for one in told["questions"]:
        _ask(one, ids, today)
    _aim(told["objective"], ids, today)
    _propose(told["plan"], ids, today)
    looking.look(now)


def _meet(one: Data, ids: Ids, today: datetime) -> None:
    starts = today + timedelta(days=one["day"], hours=one["hour"])
    spec = EventSpec(
        one["title"], one["about"], one["kind"], one["form"], starts, starts + timedelta(minutes=one["minutes"]), one["zone"],
        one.get("place", ""), one["url"], one["topic"], one.get("campaign"), None, one.get("agenda", ""),
        one.get("repeats", ONCE), one.get("times", 1),
    )  # fmt: skip
    known = db.session.scalar(sa.select(Event.id).where(Event.title == one["title"]).limit(1))
    if known is not None or one["host"] not in ids:
        return
    made = min(starts, today) - timedelta(days=20)
    with clock.as_of(made):
        first = events.create(spec, ids[one["host"]], True, made)
    series = db.session.scalars(sa.select(Event).where(sa.or_(Event.id == first.id, Event.series == (first.series or "-")))).all()
    for event in series:
        _come(event, one, ids, today)


def _come(event: Event, one: Data, ids: Ids, today: datetime) -> None:
    before = min(event.starts_at, today) - timedelta(days=1)
    for said in ("yes", "maybe"):
        for handle in one.get(said, ()):
            if handle in ids:
                events.answer(event.id, ids[handle], said, True, before)
    if event.ends_at <= today and one.get("results") and event.starts_at > today - timedelta(days=60):
        events.tell_results(event.id, one["results"], ids[one["host"]], event.ends_at)


def _ask(one: Data, ids: Ids, today: datetime) -> None:
    if db.session.scalar(sa.select(Question.id).where(Question.title == one["title"]).limit(1)) is not None:
        return
    at = today + timedelta(days=one["day"], hours=10)
    who = db.session.get_one(Member, ids.get(one.get("by", ""), ids["amina"]))
    made = questions.ask(Asked(one["sort"], one["title"], one.get("body", ""), "by" not in one), who, at)
    for handle in one["votes"]:
        if handle in ids and ids[handle] != made.author_id:
            questions.vote(made.id, ids[handle], True)
    if "replied" not in one:
        return
    then, council = today + timedelta(days=one["replied"], hours=16), ids[one["by_council"]]
    if "campaign" in one:
        questions.take_up(made.id, one["campaign"], council, then)
    else:
        questions.reply(made.id, council, DECLINED if one.get("declined") else ANSWERED, one["reply"], then)


def _aim(one: Data, ids: Ids, today: datetime) -> None:
    if db.session.scalar(sa.select(Objective.id).where(Objective.slug == one["slug"])) is not None:
        return
    began = today + timedelta(days=one["starts"], hours=9)
    results = [ResultSpec(0, row["title"], _tied(row.get("source", "")), row["unit"], row["target"], row.get("value"))
               for row in one["results"]]  # fmt: skip
    milestones = [
        MilestoneSpec(0, row["title"], (today + timedelta(days=row["due"])).date(), ids.get(row.get("owner", "")),
                      _tied(row.get("closes", "")), row.get("help", False))
        for row in one["milestones"]
    ]  # fmt: skip
    spec = ObjectiveSpec(
        one["slug"], one["title"], one["why"], began.date(), (today + timedelta(days=one["ends"])).date(), one["quiet_days"],
        one["covered_by"], ids[one["owner"]], tuple(results), tuple(milestones),
    )  # fmt: skip
    asked, owner = began - timedelta(days=one["asked_before"]), ids[one["owner"]]
    with clock.as_of(asked):
        made = objectives.create(spec, owner, asked)
        asking.ask(made.id, began.date() - timedelta(days=1), owner, asked)
    with clock.as_of(began):
        objectives.move(made.id, "running", one["decided"], owner, began)
    for row in one["news"]:
        at = today + timedelta(days=row["day"], hours=11)
        objectives.tell_news(made.id, row["words"], ids[row["by"]], at)
    _help(made, one["milestones"], ids, today)


def _help(made: Objective, rows: Sequence[Data], ids: Ids, today: datetime) -> None:
    for milestone, row in zip(made.milestones, rows, strict=True):
        for handle in row.get("helpers", ()):
            if handle in ids:
                objectives.offer_help(milestone.id, ids[handle], "", today)


def _propose(one: Data, ids: Ids, today: datetime) -> None:
    """A plan that members are asked about."""
    if db.session.scalar(sa.select(Objective.id).where(Objective.slug == one["slug"])) is not None:
        return
    first, last, until = ((today + timedelta(days=one[name])).date() for name in ("starts", "ends", "until"))
    milestones = tuple(MilestoneSpec(0, title, None, None, "", False) for title in one["milestones"])
    spec = ObjectiveSpec(one["slug"], one["title"], one["why"], first, last, one["quiet_days"], one["covered_by"],
                         ids[one["owner"]], (), milestones)  # fmt: skip
    asked, council = today + timedelta(days=one["asked"], hours=9), ids[one["owner"]]
    with clock.as_of(asked):
        made = objectives.create(spec, council, asked)
        asking.ask(made.id, until, council, asked)
        for theme in one["themes"]:
            asking.write_theme(made.id, 0, theme["title"], theme["words"], council)
        themes = {theme.title: theme.id for theme in asking.themes(made)[0]}
        rows = [row for row in one["comments"] if row["by"] in ids]
        said = [
            asking.comment(made.id, ids[row["by"]], row["words"], today + timedelta(days=row["day"], hours=17)) for row in rows
        ]
        asking.sort(
            made.id, {comment.id: themes.get(row.get("theme", ""), 0) for comment, row in zip(said, rows, strict=True)}, council
        )


def _tied(name: str) -> str:
    """A title in place of an address that is known only here; empty where there is no such thing."""
    kind, _colon, title = name.partition(":")
    if kind == "news":
        same = sa.select(Announcement.slug).join(AnnouncementText, AnnouncementText.announcement_id == Announcement.id)
        slug = db.session.scalar(same.where(AnnouncementText.title == title).limit(1))
        return f"announcement:{slug}" if slug else ""
    if kind == "event":
        first = sa.select(Event.slug).where(Event.title == title).order_by(Event.starts_at).limit(1)
        slug = db.session.scalar(first)
        return f"event:{slug}" if slug else ""
    if kind == "survey":
        slug = db.session.scalar(sa.select(Survey.slug).order_by(Survey.id.desc()).limit(1))
        return f"survey:{slug}" if slug else ""
    return name
