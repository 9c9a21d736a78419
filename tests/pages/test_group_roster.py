"""The roster of a group: those who allow it, whom no news reached for 30 days first; nobody's silence is told by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.announcements import bounces
from recognition.announcements.models import SENT, Delivery, Notice
from recognition.announcements.services import Message, tell
from recognition.identity.models import Membership
from recognition.identity.services.groups import leave
from recognition.news import jobs, reaching
from recognition.news.services import moving
from recognition.news.services.telling import take_back_slice
from tests.announcements.test_mailing import reader
from tests.factories.identity import make_group, make_member
from tests.factories.news import make_channel, make_out
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=300)
FAR, NEAR = "Nothing reached them for 30 days", "News reach them"


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def garden(db: Any) -> Iterator[dict[str, Any]]:
    """Gita looks after it; Ada, Ben and Cara are in it and get mails. The council looks on."""
    with clock.as_of(NOW):
        made: dict[str, Any] = {name: reader(db, name) for name in ("ada", "ben", "cara")}
        made |= {"gita": make_member("gita"), "cleo": make_member("cleo", roles=("council",)), "group": make_group("garden")}
        for name in ("ada", "ben", "cara", "gita"):
            db.session.add(Membership(group_id=made["group"].id, member_id=made[name].id, state="in", since=LONG_AGO,
                                      is_curator=name == "gita"))  # fmt: skip
        made["news"] = make_out(now=ago(200))
        db.session.commit()
        yield made


def told(db: Any, member: Any, made: dict[str, Any], kind: str = "news", **done: datetime) -> Notice:
    """A notice that was read, or mailed."""
    key = f"{kind}:{member.id}:{len(db.session.scalars(sa.select(Notice)).all())}"
    tell([Message(member.id, kind, key, "/news/x", {"id": made["news"].id, "title": "News", "survey": "S"})], ago(200))
    one = db.session.scalars(sa.select(Notice).where(Notice.key == key)).one()
    for name, at in done.items():
        setattr(one, name, at)
    if "mailed_at" in done:
        db.session.add(Delivery(notice_id=one.id, member_id=member.id, mail=f"mail-{one.id}", state=SENT, attempts=1,
                                due_at=done["mailed_at"]))  # fmt: skip
    db.session.commit()
    return one


def allow(db: Any, made: dict[str, Any], *names: str, is_on: bool = True) -> None:
    for name in names:
        reaching.allow(made["group"], made[name], is_on, NOW)
    db.session.commit()


def shown(made: dict[str, Any]) -> list[tuple[str, int | None, bool]]:
    found = reaching.roster(made["group"], made["gita"], NOW, None).items
    return [(one.person.handle, one.weeks, one.is_unreached) for one in found]


def test_unreached_for_30_days_is_listed_and_for_29_not(db: Any, garden: dict[str, Any], as_: Any) -> None:  # noqa: F811
    told(db, garden["ada"], garden, mailed_at=ago(30))
    told(db, garden["ben"], garden, read_at=ago(29))
    told(db, garden["ben"], garden, mailed_at=ago(90))
    allow(db, garden, "ada", "ben", "cara")
    assert shown(garden) == [("cara", None, True), ("ada", 4, True), ("ben", 4, False)]
    page = plain(as_(garden["gita"]).get("/groups/garden/roster").text)
    far, near = page.partition(FAR)[2].split(NEAR)
    assert [name in far for name in ("Cara", "Ada", "Ben")] == [True, True, False]
    assert [name in near for name in ("Cara", "Ada", "Ben")] == [False, False, True]
    assert "Call them, or hand them a paper" in far


def test_a_mail_that_came_back_reached_nobody(db: Any, garden: dict[str, Any]) -> None:
    for name in ("ada", "ben"):
        told(db, garden[name], garden, mailed_at=ago(60))
    for name, for_ever in (("ada", False), ("ben", True)):
        late = told(db, garden[name], garden, mailed_at=ago(2))
        bounces.count(f"{name}@mail.example", f"mail-{late.id}", for_ever, "no such reader", ago(1))
    told(db, garden["ben"], garden, mailed_at=ago(3))  # It may be on its way back, and so may what left after that.
    told(db, garden["ben"], garden, mailed_at=ago(0))
    allow(db, garden, "ada", "ben")
    assert shown(garden) == [("ada", 8, True), ("ben", 8, True)]


def test_nothing_but_news_counts(db: Any, garden: dict[str, Any], as_: Any) -> None:  # noqa: F811
    """Whoever answers a survey, a vote or a quiet question looks like whoever does not."""
    allow(db, garden, "ada", "ben", "cara")
    roster = plain(as_(garden["gita"]).get("/groups/garden/roster").text)
    for kind in ("survey.opened", "survey.reminder", "contest.reminder", "quiet.question", "quiet.thanks", "mentor.chosen"):
        told(db, garden["ada"], garden, kind, read_at=NOW)
        told(db, garden["ben"], garden, kind, mailed_at=NOW)
    jobs.count_reached()
    assert shown(garden) == [("ada", None, True), ("ben", None, True), ("cara", None, True)]
    assert plain(as_(garden["gita"]).get("/groups/garden/roster").text) == roster


def test_news_that_were_withdrawn_unseen_reached_nobody(db: Any, garden: dict[str, Any]) -> None:
    told(db, garden["ada"], garden, read_at=ago(3))
    allow(db, garden, "ada")
    assert shown(garden) == [("ada", 0, False)]
    moving.withdraw(garden["news"].slug, "A mistake", NOW, None)
    db.session.commit()
    take_back_slice(garden["news"].id, 0, NOW)
    jobs.count_reached()
    assert shown(garden) == [("ada", None, True)]


def test_who_takes_it_back_is_gone_at_once(db: Any, garden: dict[str, Any], as_: Any) -> None:  # noqa: F811
    told(db, garden["ada"], garden, mailed_at=ago(3))
    ada, gita = as_(garden["ada"]), as_(garden["gita"])
    assert "Ada" not in plain(gita.get("/groups/garden/roster").text)
    for _twice in range(2):
        ada.post("/groups/garden/roster", {"answer": "on"})
    assert shown(garden) == [("ada", 0, False)]
    for _twice in range(2):
        ada.post("/groups/garden/roster", {"answer": "off"})
    assert shown(garden) == []
    assert "Ada" not in plain(gita.get("/groups/garden/roster").text)
    jobs.count_reached()
    kept = sa.select(Membership.reached_on, Membership.told_on, Membership.on_roster)
    assert set(db.session.execute(kept).all()) == {(None, None, False)}
    gita.post("/groups/garden/roster/ada")
    assert shown(garden) == []
    allow(db, garden, "ada", "ben")
    leave(garden["group"], garden["ada"], NOW)
    db.session.commit()
    assert [row[0] for row in shown(garden)] == ["ben"]
    assert set(db.session.execute(kept).all()) == {(None, None, False), (None, None, True)}


def test_only_who_looks_after_the_group_sees_it(db: Any, garden: dict[str, Any], as_: Any) -> None:  # noqa: F811
    allow(db, garden, "ada")
    for name in ("ada", "cleo"):
        assert as_(garden[name]).client.get("/groups/garden/roster").status_code == 403
        as_(garden[name]).post("/groups/garden/roster/ada")
    as_(garden["cleo"]).post("/groups/garden/roster", {"answer": "on"})
    assert shown(garden) == [("ada", None, True)]
    facts = plain(as_(garden["gita"]).get("/groups/garden/roster").text).partition("in weeks.")[2]
    assert facts.startswith(" News last went out on 6 May 2026. Fewer than five others are in the group")
    make_channel("river-radio", group_id=garden["group"].id)
    assert "also go to River-Radio;" in plain(as_(garden["gita"]).get("/groups/garden/roster").text)


def test_a_word_in_person_counts_and_a_slip_is_taken_back(db: Any, garden: dict[str, Any], as_: Any) -> None:  # noqa: F811
    told(db, garden["ada"], garden, mailed_at=ago(40))
    allow(db, garden, "ada")
    gita = as_(garden["gita"])
    for answer, expected in (("", ("ada", 0, False)), ("", ("ada", 0, False)), ("back", ("ada", 5, True))):
        gita.post("/groups/garden/roster/ada", {"answer": answer})
        jobs.count_reached()
        assert shown(garden) == [expected]


def test_a_slip_takes_nothing_of_what_somebody_told_before(db: Any, garden: dict[str, Any]) -> None:
    allow(db, garden, "ada")
    ada, group = garden["ada"].id, garden["group"]
    for at, is_told in ((ago(10), True), (NOW, True), (NOW, True), (NOW, False), (NOW, False)):
        assert reaching.tell_in_person(group, ada, is_told, at) is True
    assert shown(garden) == [("ada", 1, False)]
    jobs.count_reached()
    assert shown(garden) == [("ada", 1, False)]
    reaching.tell_in_person(group, ada, True, NOW)
    allow(db, garden, "ada", is_on=False)
    assert db.session.scalar(sa.select(Membership.told_before).where(Membership.member_id == ada)) is None


def test_ways_and_a_list_that_does_not_grow(db: Any, garden: dict[str, Any], as_: Any, count_queries: Any) -> None:  # noqa: F811
    allow(db, garden, "ada", "ben")
    garden["ben"].takes_mail = False
    db.session.commit()
    rows = reaching.roster(garden["group"], garden["gita"], NOW, None).items
    assert [(one.person.handle, one.by_mail, one.here) for one in rows] == [("ada", True, True), ("ben", False, True)]
    gita = as_(garden["gita"])
    gita.get("/groups/garden/roster")
    with count_queries() as few:
        gita.get("/groups/garden/roster")
    for number in range(30):
        reached_on = ago(number).date() if number % 2 else None
        db.session.add(Membership(group_id=garden["group"].id, member_id=make_member(f"m{number}").id, since=ago(number * 2),
                                  on_roster=True, reached_on=reached_on))  # fmt: skip
    db.session.commit()
    with count_queries() as many:
        first = gita.get("/groups/garden/roster")
    assert len(many) == len(few) < 22
    assert first.text.count('class="c-member') >= 24
    page = reaching.roster(garden["group"], garden["gita"], NOW, None)
    rest = reaching.roster(garden["group"], garden["gita"], NOW, page.next_cursor)
    found = [*page.items, *rest.items]
    assert rest.next_cursor is None
    assert len({one.person.handle for one in found}) == len(found) == 32
    assert sorted(not one.is_unreached for one in found) == [not one.is_unreached for one in found]
    assert sum(one.is_unreached for one in found) == 2 + sum(n * 2 >= 30 for n in range(0, 30, 2))
