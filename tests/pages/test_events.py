"""Pages of events: the form, who may do what, calendars, and the agenda that fills itself."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.models import Activity
from recognition.events.models import Coming, Event
from recognition.identity.models import Membership
from tests.factories.campaigns import make_campaign
from tests.factories.events import make_coming, make_event
from tests.factories.identity import make_group, make_member
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

FORM = {
    "title": "Monthly call", "kind": "call", "starts": "2030-03-28T18:00", "ends": "2030-03-28T19:00", "zone": "Europe/Berlin",
    "repeats": "month", "times": "3", "form": "online", "url": "https://meet.example/room", "topic": "#MDM", "campaign": "spring",
    "agenda": "News", "about": "For all", "then": "publish",
}  # fmt: skip


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("ada", "bob", "curt")}
    made["cleo"] = make_member("cleo", name="Cleo", roles=("council",))
    made["group"] = make_group("nairobi")
    db.session.add(Membership(group_id=made["group"].id, member_id=made["curt"].id, is_curator=True, since=clock.utcnow()))
    make_campaign("spring", title="Spring", ends_at=clock.utcnow() + timedelta(days=90))
    db.session.commit()
    return made


def soon(days: float = 3) -> Any:
    return clock.utcnow().replace(microsecond=0) + timedelta(days=days)


def test_a_series_is_made_in_one_form_in_its_own_zone(db, people, as_):  # noqa: F811
    answer = as_(people["cleo"]).post("/events/new", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/events/monthly-call-2030-03-28")
    found = db.session.scalars(sa.select(Event).order_by(Event.starts_at)).all()
    # The fourth Thursday, at 18:00 there: clocks in Berlin change on the 31st of March.
    assert [f"{event.starts_at:%Y-%m-%d %H:%M}" for event in found] == [
        "2030-03-28 17:00",
        "2030-04-25 16:00",
        "2030-05-23 16:00",
    ]
    assert {(event.topic, event.campaign, event.state) for event in found} == {("mdm", "spring", "planned")}
    page = plain(as_(people["ada"]).get("/events/monthly-call-2030-03-28").text)
    assert "Thu 28 Mar 2030, 18:00" in page
    assert "Europe/Berlin" in page


def test_the_second_of_two_editors_loses_nothing_and_overwrites_nothing(db, people, as_):  # noqa: F811
    cleo = as_(people["cleo"])
    cleo.post("/events/new", FORM | {"repeats": "once", "times": "1"})
    path = "/events/monthly-call-2030-03-28"
    once = FORM | {"repeats": "once", "times": "1", "seen": _seen(cleo.get(f"{path}/edit").text)}
    assert cleo.post(f"{path}/edit", once | {"about": "Mine"}).status_code == 303
    late = cleo.post(f"{path}/edit", once | {"about": "Yours"})
    assert late.status_code == 409
    assert all(words in late.text for words in ("Somebody changed it since you opened this page.", "Yours</textarea>"))
    assert db.session.scalar(sa.select(Event.about), execution_options={"populate_existing": True}) == "Mine"
    assert cleo.post(f"{path}/edit", once | {"about": "Both", "seen": _seen(late.text)}).status_code == 303


def _seen(text: str) -> str:
    return text.partition('name="seen" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "What is it called?"),
        ({"starts": "soon"}, "Please give a day and an hour, such as 2026-12-01 18:00."),
        ({"ends": "2030-03-28T17:00"}, "It ends after it begins, and within a month."),
        ({"ends": "2030-06-28T17:00"}, "It ends after it begins, and within a month."),
        ({"zone": "Mars/Base"}, "We do not know this time zone. Such as Europe/Berlin, please, or UTC."),
        ({"url": ""}, "Where do people come in? Give a link here, or say above, as its place, how to get one."),
        ({"url": "javascript:alert(1)"}, "Please give a whole address that begins with https:// or http://."),
        ({"form": "site"}, "Where is it? A town is enough."),
        ({"times": "99"}, "From 1 to 52 times, please."),
        ({"times": "000199"}, "From 1 to 52 times, please."),
        ({"campaign": "gone"}, "This is not there any more."),
        ({"group": "gone"}, "This is not there any more."),
        ({"kind": "party"}, "Please choose one of these."),
    ],
)  # fmt: skip
def test_what_does_not_fit_comes_back_with_all_that_was_typed(db, people, as_, changes, said):  # noqa: F811
    answer = as_(people["cleo"]).post("/events/new", FORM | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert "For all" in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0


def test_who_may_make_and_change(db, people, as_):  # noqa: F811
    assert as_(people["ada"]).get("/events/new").status_code == 403
    curt = as_(people["curt"])
    assert curt.post("/events/new", FORM).status_code == 422  # for which of your groups?
    once = FORM | {"group": "nairobi", "times": "1", "repeats": "once"}
    assert curt.post("/events/new", once | {"then": "keep"}).status_code == 303
    event = db.session.scalars(sa.select(Event)).one()
    path = f"/events/{event.slug}"
    assert (event.state, event.group_id) == ("draft", people["group"].id)
    seen = {name: as_(people[name]).get(path).status_code for name in ("ada", "curt", "cleo")}
    assert seen == {"ada": 404, "curt": 200, "cleo": 200}
    assert as_(people["ada"]).get(f"{path}.ics").status_code == 404
    assert curt.post(f"{path}/publish").status_code == 303
    assert as_(people["ada"]).get(path).status_code == 200
    for action in ("edit", "off", "results", "publish", "there"):
        assert as_(people["ada"]).post(f"{path}/{action}", {"reason": "x", "results": "x"}).status_code == 403
    assert curt.post(f"{path}/edit", once | {"group": ""}).status_code == 422
    again = as_(people["cleo"]).get(f"{path}/edit").text
    assert 'value="2030-03-28T18:00"' in again
    changed = once | {"title": "The call"}
    assert as_(people["cleo"]).post(f"{path}/edit", changed).status_code == 303
    db.session.expire_all()
    assert (event.title, event.group_id, event.revision) == ("The call", people["group"].id, 1)


def test_answering_and_who_sees_it(db, people, as_, client):  # noqa: F811
    make_event("call", starts_at=soon())
    db.session.commit()
    ada, bob = as_(people["ada"]), as_(people["bob"])
    assert ada.post("/events/call/answer", {"answer": "yes"}).status_code == 303
    assert bob.post("/events/call/answer", {"answer": "yes", "shows": "no"}).status_code == 303
    assert bob.post("/events/call/answer", {"answer": "perhaps"}).status_code == 400
    page = plain(as_(people["cleo"]).get("/events/call").text)
    assert "2 come so far." in page
    assert "Ada" in page
    assert "Bob" not in page
    guest = plain(client.get("/events/call").text)
    assert "Ada" not in guest
    assert "You said that you come." in plain(bob.get("/events/call").text)
    bob.post("/events/call/answer", {"answer": "no"})
    rows = dict(db.session.execute(sa.select(Coming.member_id, Coming.answer)).all())
    assert rows == {people["ada"].id: "yes", people["bob"].id: "no"}


def test_who_was_there_gets_a_deed_and_the_page_says_how_many(db, people, as_):  # noqa: F811
    event = make_event("call", title="The call", starts_at=soon(-2), campaign="spring")
    make_coming(event, people["ada"].id)
    make_coming(event, people["cleo"].id, "no")
    db.session.commit()
    cleo = as_(people["cleo"])
    form = cleo.get("/events/call/there").text
    assert 'value="ada"' in form
    assert 'value="cleo"' not in form
    assert "asked not to be shown" not in plain(form)
    assert cleo.post("/events/call/there", {"people": "bob\nnobody"}).status_code == 422
    assert cleo.post("/events/call/there", {"people": ""}).status_code == 422
    for _time in range(2):
        assert cleo.post("/events/call/there", {"people": "@bob", "who": "ada"}).status_code == 303
    rows = db.session.execute(
        sa.select(Activity.member_id, Activity.kind, Activity.object, Activity.campaign, Activity.text)
    ).all()
    wanted = [(people[name].id, "event.attended", "event:call", "spring", "The call") for name in ("ada", "bob")]
    assert sorted(tuple(row) for row in rows) == sorted(wanted)
    assert "2 people have it on their record that they were there." in plain(cleo.get("/events/call").text)
    assert "2 were there" in plain(cleo.get("/events/?when=over").text)


def test_the_host_learns_how_many_and_not_who_asked_not_to_be_shown(db, people, as_):  # noqa: F811
    event = make_event("call", starts_at=soon(-2))
    make_coming(event, people["ada"].id)
    for name, answer in (("bob", "yes"), ("curt", "maybe")):
        make_coming(event, people[name].id, answer, shows=False)
    db.session.commit()
    cleo = as_(people["cleo"])
    form = cleo.get("/events/call/there").text
    assert [f'value="{name}"' in form for name in ("ada", "bob", "curt")] == [True, False, False]
    assert "2 more meant to come and asked not to be shown." in plain(form)
    assert cleo.post("/events/call/there", {"who": "bob"}).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 0


def test_results_and_calling_off_by_the_pages(db, people, as_):  # noqa: F811
    make_event("held", starts_at=soon(-2))
    make_event("next", starts_at=soon(2))
    db.session.commit()
    cleo = as_(people["cleo"])
    assert cleo.post("/events/held/results", {"results": "We **met**."}).status_code == 303
    assert "We <strong>met</strong>." in cleo.get("/events/held").text
    assert cleo.post("/events/held/off", {"reason": "x"}).status_code == 409
    assert cleo.post("/events/next/off", {"reason": ""}).status_code == 422
    assert cleo.post("/events/next/off", {"reason": "Snow."}).status_code == 303
    assert "Snow." in as_(people["ada"]).get("/events/next").text
    assert as_(people["ada"]).post("/events/next/answer", {"answer": "yes"}).status_code == 409


def test_calendars_are_valid_and_follow_changes(db, people, client):
    make_event("call", title="Call, with; signs", about="Line\nLine", starts_at=soon(), topic="mdm")
    make_event("site", starts_at=soon(4), form="site", place="Nairobi", url="")
    make_event("off", starts_at=soon(5), state="called_off", revision=2)
    make_event("secret", starts_at=soon(6), state="draft")
    db.session.commit()
    answer = client.get("/feeds/events.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = {str(one["UID"]).split("@")[0]: one for one in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")}
    told = [(str(one["SUMMARY"]), str(one["STATUS"]), int(one["SEQUENCE"])) for one in events.values()]
    assert told == [("Call, with; signs", "CONFIRMED", 0), ("Site", "CONFIRMED", 0), ("Off", "CANCELLED", 2)]
    assert client.get("/feeds/events.ics", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert len(icalendar.Calendar.from_ical(client.get("/feeds/events.ics?form=site").data).walk("VEVENT")) == 1
    own = client.get("/events/call.ics")
    assert 'filename="call.ics"' in own.headers["Content-Disposition"]


def test_the_list_is_filtered_and_goes_on(db, people, client, count_queries):
    for number in range(30):
        make_event(f"e-{number:02d}", title=f"Event {number:02d}", starts_at=soon(number + 1), topic="mdm" if number % 2 else "",
                   form="both" if number % 3 else "site")  # fmt: skip
    db.session.commit()
    first = client.get("/events/")
    assert ["Event 00" in first.text, "Event 23" in first.text, "Event 24" in first.text] == [True, True, False]
    following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Event 24" in client.get(following).text
    narrow = client.get("/events/?topic=%23MDM&form=online").text
    assert ["Event 01" in narrow, "Event 02" in narrow, "Event 03" in narrow] == [True, False, False]
    with count_queries() as seen:
        client.get("/events/")
    assert len(seen) <= 3


def test_the_agenda_tells_what_changed_since_the_last_call(db, people, client):
    make_event("before", series="call", starts_at=soon(-30))
    make_event("this", series="call", starts_at=soon(2))
    make_campaign("fresh", title="Fresh one", starts_at=soon(-5), ends_at=soon(20))
    make_campaign("older", title="Older one", starts_at=soon(-50), ends_at=soon(20))
    db.session.commit()
    page = plain(client.get("/events/this").text)
    assert "Campaign began – Fresh one" in page
    assert "Older one" not in page
    assert "What changed since" not in plain(client.get("/events/before").text)


def test_a_draft_that_is_called_off_stays_unseen(db, people, as_, client):  # noqa: F811
    make_event("plan", title="A secret plan", state="draft", starts_at=soon(), series="plans", host_id=people["curt"].id)
    make_event("open", series="plans", starts_at=soon(9))
    db.session.commit()
    curt = as_(people["curt"])
    assert curt.post("/events/plan/off", {"reason": "Not now."}).status_code == 303
    assert "Not now." in curt.get("/events/plan").text
    for reader in (client, as_(people["ada"])):
        assert [reader.get(path).status_code for path in ("/events/plan", "/events/plan.ics")] == [404, 404]
        assert [path for path in ("/events/", "/feeds/events.ics", "/events/open") if "secret" in reader.get(path).text] == []


def test_the_draft_of_a_campaign_is_named_to_nobody(db, people, as_, client):  # noqa: F811
    make_campaign("plan", title="A secret plan", state="draft", ends_at=clock.utcnow() + timedelta(days=90))
    make_event("call", starts_at=soon(), campaign="plan")
    db.session.commit()
    assert "secret" not in client.get("/events/call").text
    assert ["A secret plan" in as_(people[name]).get("/events/new").text for name in ("curt", "cleo")] == [False, True]
