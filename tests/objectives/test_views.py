"""Pages of objectives: the form, its rows, who may do what, and the timeline."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.objectives import services
from recognition.objectives.models import Milestone, MilestoneHelp, Objective
from recognition.objectives.rules import MilestoneSpec, ObjectiveSpec, ResultSpec
from recognition.objectives.timeline import timeline
from recognition.questions.models import Question
from tests.factories.campaigns import make_campaign
from tests.factories.contests import make_contest
from tests.factories.events import make_event
from tests.factories.identity import make_member
from tests.factories.news import make_out
from tests.factories.objectives import BEGAN, make_milestone, make_objective, make_result
from tests.factories.surveys import make_survey
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

FORM = {
    "title": "Everybody knows", "why": "Because.", "starts_on": "2026-09-01", "ends_on": "2026-12-31", "owner": "@Olu",
    "quiet_days": "21", "covered_by": "the monthly call", "results-0-title": "Say so", "results-0-source": "campaign:spring",
    "results-0-unit": "percent", "results-0-target": "80,5", "milestones-0-title": "Blog post",
    "milestones-0-due_on": "2026-10-01",
    "milestones-1-title": "Posters", "milestones-1-help": "1", "milestones-1-owner": "bob",
    "tasks": "- [x] Ask around\n- [ ] Call\nnothing", "then": "save",
}  # fmt: skip


@pytest.fixture
def people(db: Any) -> dict[str, Any]:
    made = {name: make_member(name, name=name.title()) for name in ("bob", "olu")}
    made["cleo"] = make_member("cleo", name="Cleo", roles=("council",))
    make_campaign("spring", title="Spring")
    db.session.commit()
    return made


def test_an_objective_is_written_in_one_form(db, people, as_):  # noqa: F811
    cleo = as_(people["cleo"])
    assert 'value="campaign:spring"' in cleo.get("/council/objectives/new").text
    answer = cleo.post("/council/objectives/new", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/objectives/everybody-knows")
    one = db.session.scalars(sa.select(Objective)).one()
    assert (one.state, one.quiet_days, one.owner_id) == ("draft", 21, people["olu"].id)
    assert [(row.source, row.target) for row in one.results] == [("campaign:spring", 80.5)]
    rows = [(row.title, str(row.due_on), row.owner_id, row.wants_help, row.done_at is not None) for row in one.milestones]
    assert rows == [("Blog post", "2026-10-01", None, False, False), ("Posters", "None", people["bob"].id, True, False),
                    ("Ask around", "None", None, False, True), ("Call", "None", None, False, False)]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "What do we want to reach? One sentence, please."),
        ({"ends_on": "2026-08-31"}, "The last day cannot come before the first."),
        ({"starts_on": "soon"}, "Please give a day, such as 2026-12-01."),
        ({"quiet_days": "0"}, "A number of days from 1 to 365, please."),
        ({"quiet_days": "000309"}, "A number of days from 1 to 365, please."),
        ({"quiet_days": "9" * 30}, "A number of days from 1 to 365, please."),
        ({"owner": "nobody"}, "Nobody here is called @nobody."),
        ({"results-0-target": "120"}, "A number above 0, please; at most 100 where it is a share."),
        ({"results-0-target": "many"}, "A number, please, such as 80."),
        ({"results-0-source": "", "results-0-value": "101"}, "At most 100, since it is a share."),
        ({"results-0-source": "campaign:gone"}, "This is not there any more."),
        ({"milestones-0-closes": "event:gone"}, "This is not there any more."),
        ({"milestones-0-due_on": "2026-13-01"}, "Please give a day, such as 2026-12-01."),
        ({"tasks": "- [ ] One\n" * 60}, "At most 40 milestones, please; more is a plan for two."),
    ],
)  # fmt: skip
def test_what_does_not_fit_comes_back_with_all_that_was_typed(db, people, as_, changes, said):  # noqa: F811
    answer = as_(people["cleo"]).post("/council/objectives/new", FORM | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert all(text in answer.text for text in ("Because.", "the monthly call", "Posters"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Objective)) == 0


@pytest.mark.parametrize(("then", "field"), [("more-results", "results-1-title"), ("more-milestones", "milestones-2-title")])
def test_a_row_is_added_without_saving(db, people, as_, then, field):  # noqa: F811
    answer = as_(people["cleo"]).post("/council/objectives/new", FORM | {"then": then})
    assert answer.status_code == 200
    assert f'name="{field}"' in answer.text
    assert "Because." in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Objective)) == 0


def test_large_numbers_are_written_out_and_stay_as_they_were_typed(db, people, as_):  # noqa: F811
    cleo = as_(people["cleo"])
    typed = {"results-0-source": "", "results-0-unit": "count", "results-0-target": "2000000", "results-0-value": "1234567"}
    cleo.post("/council/objectives/new", FORM | typed)
    assert "1,234,567 now; wanted: 2,000,000" in cleo.get("/objectives/everybody-knows").text
    page = cleo.get("/council/objectives/everybody-knows/edit").text
    assert 'value="1234567"' in page
    assert 'value="2000000"' in page


def test_calls_of_one_name_are_told_apart_by_their_day(db, people, as_):  # noqa: F811
    for number in (5, 12):
        make_event(f"call-{number}", title="Open call", starts_at=datetime(2026, 11, number, 18, tzinfo=UTC))
    db.session.commit()
    page = as_(people["cleo"]).get("/council/objectives/new").text
    assert "Event: Open call · 12 Nov 2026" in page
    assert "Event: Open call · 5 Nov 2026" in page


def test_what_is_stored_comes_back_in_the_form_and_stays(db, people, as_):  # noqa: F811
    cleo = as_(people["cleo"])
    cleo.post("/council/objectives/new", FORM)
    rows = db.session.execute(sa.select(Milestone.id, Milestone.title).order_by(Milestone.position)).all()
    page = cleo.get("/council/objectives/everybody-knows/edit").text
    assert 'value="olu"' in page
    assert 'value="80.5"' in page
    again = FORM | {"then": "save", "tasks": ""}
    for place, row in enumerate(rows):
        again |= {f"milestones-{place}-id": str(row.id), f"milestones-{place}-title": row.title}
    assert cleo.post("/council/objectives/everybody-knows/edit", again).status_code == 303
    db.session.expire_all()
    kept = db.session.execute(sa.select(Milestone.id, Milestone.title).order_by(Milestone.position)).all()
    assert kept == rows


def test_two_who_change_it_at_once_lose_nothing_unasked(db, people, as_):  # noqa: F811
    cleo = as_(people["cleo"])
    cleo.post("/council/objectives/new", FORM | {"slug": "../ not an address"})
    path = "/council/objectives/everybody-knows/edit"
    seen = re.search(r'name="seen" value="(\w+)"', cleo.get(path).text)[1]
    rows = dict(db.session.execute(sa.select(Milestone.title, Milestone.id)).all())
    kept = {"milestones-0-id": str(rows["Blog post"]), "milestones-1-id": str(rows["Posters"]), "then": "save", "tasks": ""}
    theirs = FORM | kept | {"seen": seen, "milestones-2-title": "A second call"}
    assert cleo.post(path, theirs).status_code == 303
    late = cleo.post(path, FORM | kept | {"seen": seen, "title": "All know"})
    assert (late.status_code, "Somebody changed it since you opened this page." in late.text, "All know" in late.text) == (
        409, True, True,
    )  # fmt: skip
    assert db.session.scalar(sa.select(Milestone.id).where(Milestone.title == "A second call")) is not None
    again = re.search(r'name="seen" value="(\w+)"', late.text)[1]
    assert cleo.post(path, FORM | kept | {"seen": again, "title": "All know"}).status_code == 303


def test_drafts_are_for_the_council(db, people, as_, client):  # noqa: F811
    make_objective("secret", title="A secret plan", state="draft")
    db.session.commit()
    assert "A secret plan" in as_(people["cleo"]).get("/objectives/").text
    for reader in (client, as_(people["bob"])):
        assert "A secret plan" not in reader.get("/objectives/").text
        assert reader.get("/objectives/secret").status_code == 404
    assert as_(people["bob"]).get("/council/objectives/secret/edit").status_code == 403


def test_the_page_says_how_far_it_is_and_that_it_is_quiet(db, people, client):
    one = make_objective(owner_id=people["olu"].id, news_at=clock.utcnow() - timedelta(days=38), quiet_days=30)
    make_result(one, "campaign:spring", value=25.0)
    make_result(one, title="Talks", unit="count", target=12)
    make_milestone(one, "Blog post", done_at=BEGAN, done_by="system", closes="announcement:why")
    make_milestone(one, "Posters", due_on=BEGAN.date())
    make_milestone(one, "Letter", closes="announcement:letter", reopened_at=BEGAN)
    db.session.commit()
    page = plain(client.get("/objectives/know-mdm").text)
    assert "closes by itself" not in page
    for words in ("25 % now; wanted: 80 %", "opened again", "no number yet; wanted: 12", "done, as the system saw",
                  "its day has passed", "It has gone quiet", "Olu"):  # fmt: skip
        assert words in page
    one.news_at = clock.utcnow() - timedelta(days=36)
    db.session.commit()
    assert "It has gone quiet" not in plain(client.get("/objectives/know-mdm").text)


def test_owner_and_council_tell_and_tick_others_help(db, people, as_):  # noqa: F811
    one = make_objective(owner_id=people["olu"].id)
    row = make_milestone(one, "Posters", wants_help=True)
    closed = make_milestone(one, "Old", wants_help=True, done_at=BEGAN)
    db.session.commit()
    path = f"/objectives/know-mdm/milestones/{row.id}"
    olu, bob = as_(people["olu"]), as_(people["bob"])
    assert bob.post("/objectives/know-mdm/news", {"words": "Well"}).status_code == 403
    assert bob.post(f"{path}/done", {"done": "yes"}).status_code == 403
    assert bob.post("/objectives/know-mdm/state", {"to": "ended", "reason": "x"}).status_code == 403
    assert bob.post(f"{path}/help", {"wants": "yes", "words": "I draw"}).status_code == 303
    assert bob.post(f"/objectives/know-mdm/milestones/{closed.id}/help", {"wants": "yes"}).status_code == 409
    assert db.session.execute(sa.select(MilestoneHelp.member_id, MilestoneHelp.words)).all() == [(people["bob"].id, "I draw")]
    assert "Offers to help: Bob" in plain(olu.get("/objectives/know-mdm").text)
    assert olu.post("/objectives/know-mdm/news", {"words": " "}).status_code == 422
    assert olu.post("/objectives/know-mdm/news", {"words": "We **met**."}).status_code == 303
    assert olu.post(f"{path}/done", {"done": "yes"}).status_code == 303
    cleo = as_(people["cleo"])
    assert cleo.post("/objectives/know-mdm/state", {"to": "paused", "reason": ""}).status_code == 422
    assert cleo.post("/objectives/know-mdm/state", {"to": "paused", "reason": "Holidays."}).status_code == 303
    assert cleo.post("/objectives/know-mdm/state", {"to": "draft"}).status_code == 409
    page = bob.get("/objectives/know-mdm").text
    assert all(words in page for words in ("We <strong>met</strong>.", "Done: Posters", "Holidays."))
    other = make_milestone(make_objective("other"), "Elsewhere", wants_help=True)
    db.session.commit()
    assert bob.post(f"/objectives/know-mdm/milestones/{other.id}/help").status_code == 404


def test_names_of_helpers_are_for_members(db, people, client):
    row = make_milestone(make_objective(), wants_help=True)
    services.offer_help(row.id, people["bob"].id, "", BEGAN)
    db.session.commit()
    assert "Bob" not in client.get("/objectives/know-mdm").text


def test_the_timeline_joins_what_happened_and_goes_on(db, people):
    one = make_objective()
    make_result(one, "campaign:spring")
    for day in range(1, 31):
        services.tell_news(one.id, f"Day {day}", people["olu"].id, BEGAN + timedelta(days=day))
    db.session.commit()
    later = BEGAN + timedelta(days=400)
    first = timeline(one, None, later, size=12)
    rest = timeline(one, None, later, first.next_cursor, size=50)
    assert [one.words for one in first.items if one.sort == "news"][:2] == ["Day 30", "Day 29"]
    found = [*first.items, *rest.items]
    assert [one.words for one in found if one.sort == "news"] == [f"Day {day}" for day in range(30, 0, -1)]
    assert [(one.title, one.path) for one in found if one.sort == "campaign"] == [("Spring", "/campaigns/spring")]
    assert [(one.title, one.path) for one in found if one.sort == "over"] == [("Spring", "/campaigns/spring")]
    assert (len(found), rest.next_cursor) == (32, None)
    assert [one.sort for one in timeline(one, None, BEGAN + timedelta(days=2)).items] == ["news"]


def test_one_page_from_the_first_idea_to_the_result(db, people):
    """What measures or closes a part of it, what belongs to its campaign, and what was told of any of these; nothing else."""
    day = iter(BEGAN + timedelta(days=number) for number in range(20))
    idea = Question(sort="idea", title="Let us ask", author_id=people["bob"].id, asked_at=next(day), state="answered",
                    campaign="autumn")  # fmt: skip
    other = Question(sort="idea", title="Not this", asked_at=BEGAN, state="answered", campaign="spring")
    db.session.add_all([idea, other])
    make_campaign("autumn", title="Autumn", starts_at=next(day), ends_at=BEGAN + timedelta(days=15))
    make_event("call", title="Call", starts_at=next(day), campaign="autumn")
    make_event("off", campaign="autumn", starts_at=BEGAN, state="called_off")
    make_event("elsewhere", starts_at=BEGAN, campaign="spring")
    make_contest("draw", title="Draw", campaign="autumn", entries_from=next(day), published_at=BEGAN)
    for slug, ref in (("of-it", "campaign:autumn"), ("of-call", "event:call"), ("of-spring", "campaign:spring")):
        make_out(slug, next(day), about_ref=ref)
    make_survey("asked", title="Asked", campaign="autumn").result_at = BEGAN + timedelta(days=18)
    one = make_objective()
    make_result(one, "campaign:autumn")
    db.session.commit()
    for viewer, named in ((None, "Bob"), (people["cleo"], "Bob")):
        found = timeline(one, viewer, BEGAN + timedelta(days=30)).items
        assert [(each.sort, each.title) for each in reversed(found)] == [
            ("idea", "Let us ask"), ("campaign", "Autumn"), ("event", "Call"), ("contest", "Draw"), ("announcement", "of-it"),
            ("announcement", "of-call"), ("over", "Autumn"), ("survey", "Asked"),
        ]  # fmt: skip
        assert [(each.path, each.who.called) for each in found if each.sort == "idea"] == [(f"/questions/{idea.id}", named)]
    assert [each.title for each in timeline(one, None, BEGAN + timedelta(days=2), size=1).items] == ["Autumn"]


def test_an_edit_is_told_in_words_with_old_and_new(db, people, as_, client):  # noqa: F811
    one = make_objective(owner_id=people["olu"].id)
    call = make_milestone(one, "Call", closes="event:call", owner_id=people["bob"].id)
    typed = make_result(one, "", unit="count", value=3, title="Talks", target=12)
    spec = ObjectiveSpec(
        one.slug, "All of us know", "", one.starts_on, one.ends_on, 45, "the letter", people["cleo"].id,
        (ResultSpec(typed.id, "Talks", "", "count", 12, 7),),
        (MilestoneSpec(call.id, "Call", date(2026, 10, 1), None, "", True),),
    )  # fmt: skip
    services.change(one.id, spec, people["cleo"].id, BEGAN)
    db.session.commit()
    expected = {
        ("the title", "Everybody knows what MDM is", "All of us know"),
        ("how often there is news", "every 30 days", "every 45 days"),
        ("where it is told of", "the monthly call", "the letter"),
        ("who looks after it", "Olu", "Cleo"),
        ("Talks", "now: 3", "now: 7"),
        ("Call", "no day yet, Bob, closes with the event call, needs no help",
         "by 1 Oct 2026, nobody, ticked by hand, help is welcome"),
    }  # fmt: skip
    changed = [each for each in timeline(one, None, clock.utcnow()).items if each.sort == "changed"]
    assert {(each.name, each.before, each.after) for each in changed[0].changes} == expected
    page = plain(client.get("/objectives/know-mdm").text)
    assert "who looks after it Olu became Cleo" in page
    audit = plain(as_(people["cleo"]).get("/council/audit?action=objective").text)
    assert "looked after by Olu became Cleo" in audit
    row = audit.split("Call (")[1].split(")")[0]
    assert set(row.split(", ")) == {"looked after by Bob", "closes with event:call"}
    people["olu"].state = "suspended"
    db.session.commit()
    again = [each for each in timeline(one, None, clock.utcnow()).items if each.sort == "changed"]
    assert ("who looks after it", "somebody", "Cleo") in {(e.name, e.before, e.after) for e in again[0].changes}


def test_what_was_changed_in_a_draft_is_the_councils_own(db, people):
    cleo_id = people["cleo"].id
    spec = ObjectiveSpec("plan", "A first thought", "", date(2026, 9, 1), date(2026, 12, 31), 30, "the letter", None)
    one = services.create(spec, cleo_id, BEGAN)
    services.change(one.id, replace(spec, title="A better one"), cleo_id, BEGAN)
    services.move(one.id, "running", "It cannot wait.", cleo_id, BEGAN)
    db.session.commit()
    sorts = [[each.sort for each in timeline(one, who, clock.utcnow()).items] for who in (None, people["bob"], people["cleo"])]
    assert sorts == [["state"], ["state"], ["state", "changed"]]


def test_it_runs_only_where_it_is_told_of_somewhere(db, people, as_):  # noqa: F811
    cleo, said = as_(people["cleo"]), "Where will people hear how it goes?"
    assert cleo.post("/council/objectives/new", FORM | {"covered_by": " "}).status_code == 303
    late = cleo.post("/objectives/everybody-knows/state", {"to": "running", "reason": "It cannot wait."})
    assert (late.status_code, said in late.text) == (422, True)
    assert db.session.scalars(sa.select(Objective.state)).all() == ["draft"]


def test_how_far_an_article_reached_is_told_to_the_council_in_fives(db, people, as_, client):  # noqa: F811
    one = make_objective()
    for slug, told, mailed in (("wide", 122, 41), ("small", 4, 2)):
        out = make_out(slug, BEGAN, sort="article", channels=("members",))
        out.told_count, out.mailed_count = told, mailed
        make_milestone(one, slug, closes=f"announcement:{slug}")
    db.session.commit()
    said = "Members told: about 120. By mail: about 40."
    small = "Members told: fewer than five, perhaps nobody. By mail: fewer than five, perhaps nobody."
    for path, words in (("/objectives/know-mdm", [said, small]), ("/news/wide", [said]), ("/news/small", [small])):
        assert all(each in plain(as_(people["cleo"]).get(path).text) for each in words)
        assert all("Members told" not in plain(who.get(path).text) for who in (client, as_(people["bob"])))


def test_what_only_some_were_told_has_no_title_in_the_timeline(db, people):
    one = make_objective()
    for slug, is_public in (("for-all", True), ("for-some", False)):
        make_out(slug.title(), BEGAN, is_public=is_public)
        make_milestone(one, slug, closes=f"announcement:{slug}")
    db.session.commit()
    found = timeline(one, None, BEGAN + timedelta(days=1)).items
    assert [(each.title, each.path) for each in found if each.sort == "announcement"] == [("For-All", "/news/for-all")]


def test_a_page_asks_the_same_of_the_database_for_one_and_for_many(db, people, as_, count_queries):  # noqa: F811
    reader, sizes = as_(people["cleo"]), {}
    one = make_objective(owner_id=people["olu"].id)
    make_milestone(one, closes="campaign:spring", owner_id=people["bob"].id)
    services.offer_help(one.milestones[0].id, people["bob"].id, "", BEGAN)
    services.tell_news(one.id, "The first", people["olu"].id, BEGAN)
    db.session.commit()
    for size in (1, 12):
        for number in range(size - 1):
            make_milestone(one, f"Number {number}", closes="campaign:spring", owner_id=people["olu"].id)
            services.tell_news(one.id, f"News {number}", people["olu"].id, BEGAN + timedelta(days=number))
        db.session.commit()
        with count_queries() as seen:
            assert reader.get("/objectives/know-mdm").status_code == 200
        sizes[size] = len(seen)
    assert sizes[1] == sizes[12] <= 12
