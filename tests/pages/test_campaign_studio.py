"""The campaign studio: begun in four ways, made with all that belongs to it, seen before it is out, thrown away on purpose."""

import html
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.announcements.models import Notice
from recognition.announcements.words import sentence
from recognition.audit.models import AuditEntry
from recognition.badges.models import Badge
from recognition.campaigns import moving
from recognition.campaigns.models import Campaign, CampaignItem
from recognition.contests.models.contest import Contest
from recognition.database import moment
from recognition.events.models import Event
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.questions.models import Question
from recognition.quests.drafts import blank
from recognition.quests.models import Quest
from recognition.quests.services import drafting
from tests.factories.badges import make_badge
from tests.factories.campaigns import make_campaign
from tests.factories.contests import make_contest
from tests.factories.identity import make_group, make_member
from tests.factories.quests import make_quest

NEW = "/council/campaigns/new"


def day(days: int) -> str:
    return str((moment() + timedelta(days=days)).date())


def form(**changes: Any) -> dict[str, Any]:
    return {"title": "Draw it", "family": "making", "starts_on": day(20), "ends_on": day(47), "goal_kind": "deeds",
            "goal_tag": "mdm", "goal_times": "3", "target_kind": "count", "target": "40"} | changes  # fmt: skip


@pytest.fixture(autouse=True)
def no_tokens(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def council(client, make_member, sign_in):
    member = make_member("cora", roles=("council",))
    sign_in(client, member)
    return client


def one(model: Any, slug: str) -> Any:
    return database.session.scalar(sa.select(model).where(model.slug == slug), execution_options={"populate_existing": True})


def text(answer: Any) -> str:
    body = re.sub(r"(?s)<(script|style|datalist).*?</\1>", "", answer.get_data(as_text=True))
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body)).split())


def faults(answer: Any) -> dict[str, str]:
    found = re.findall(r'(?s)class="c-field__error" id="([^"]+)-error">.*?<span>(.*?)</span>', answer.get_data(as_text=True))
    return {name.removeprefix("field-"): html.unescape(sentence) for name, sentence in found}


def test_all_of_it_goes_out_at_once(council):
    for slug in ("first", "second"):
        make_quest(slug)
    make_badge("carer", state="draft")
    make_group("knitters")
    database.session.commit()
    sent = form(quests=["first", "second"], badges=["carer"], groups=["knitters"], along_contest="jury", along_badge="1",
                along_band="DREW", then="publish")  # fmt: skip
    assert council.post(NEW, data=sent).headers["Location"] == "/campaigns/draw-it"
    campaign = one(Campaign, "draw-it")
    assert [(item.kind, item.slug) for item in campaign.items] == [
        ("quest", "first"), ("quest", "second"), ("badge", "carer"), ("group", "knitters"), ("badge", "draw-it-there"),
    ]  # fmt: skip
    contest, badge = one(Contest, "draw-it-the-contest"), one(Badge, "draw-it-there")
    assert (campaign.state, contest.state, badge.state, one(Badge, "carer").state) == ("published",) * 4
    assert (contest.campaign, contest.entries_from) == ("draw-it", campaign.starts_at)
    assert contest.rounds[-1].ends_at == campaign.ends_at
    assert (badge.criteria, badge.band) == (campaign.goal_criteria, "DREW")
    page = text(council.get("/campaigns/draw-it"))
    for words in ("Knitters", "Draw it: the contest", "Draw it: there"):
        assert words in page


def test_kept_as_a_draft_all_of_it_stays_one(council):
    council.post(NEW, data=form(along_contest="picture", along_badge="1"))
    assert [
        row.state for row in (one(Campaign, "draw-it"), one(Contest, "draw-it-the-contest"), one(Badge, "draw-it-there"))
    ] == ["draft"] * 3
    edited = form(badges=["draw-it-there"], contests=["draw-it-the-contest"], goal_times="5")
    assert council.post("/council/campaigns/draw-it/edit", data=edited).status_code == 303
    assert one(Badge, "draw-it-there").criteria == {"count": {"tags_any": ["mdm"]}, "at_least": 5}
    asked = text(council.get("/council/campaigns/draw-it/publish"))
    assert "Draw it: the contest" in asked
    assert "Draw it: there" in asked
    assert "Short notice" not in asked


def test_what_it_had_keeps_its_place(council):
    """Boxes are ticked in the order of their names, and the pins on its page stay where they were."""
    for slug in ("alder", "birch", "cedar"):
        make_badge(slug)
    database.session.commit()
    council.post(NEW, data=form(badges=["cedar", "birch"]))
    council.post("/council/campaigns/draw-it/edit", data=form(badges=["alder", "birch", "cedar"]))
    assert [item.slug for item in one(Campaign, "draw-it").items] == ["cedar", "birch", "alder"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"along_badge": "1", "goal_kind": "none"}, "along_badge"), ({"along_badge": "1", "along_band": "X" * 13}, "along_band"),
     ({"along_contest": "dance"}, "along_contest"), ({"owner": "nobody"}, "owner"), ({"publish_at": "soon"}, "publish_at"),
     ({"publish_at": "2020-01-01T10:00"}, "publish_at"), ({"publish_at": "2190-01-01T10:00"}, "publish_at")],
)  # fmt: skip
def test_nothing_is_stored_where_a_part_does_not_fit(council, changes, field):
    answer = council.post(NEW, data=form(along_contest="picture") | changes)
    assert (answer.status_code, list(faults(answer))) == (422, [field])
    assert 'value="Draw it"' in answer.get_data(as_text=True)
    for model in (Campaign, Contest, Badge):
        assert database.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


def test_a_draft_with_an_unfinished_quest_waits(council):
    make_quest("half", state="draft")
    database.session.commit()
    answer = council.post(NEW, data=form(quests=["half"], then="publish"))
    assert answer.status_code == 422
    assert "is a draft that still lacks something" in text(answer)
    assert database.session.scalar(sa.select(Campaign.id)) is None


def test_short_notice_is_told_before_and_after(council):
    late = form(starts_on=day(5), then="publish")
    page = council.post("/council/campaigns/preview", data=late).get_data(as_text=True)
    assert "c-campaign-poster__late" in page
    assert "People would hear of it" in page
    kind = (moment() + timedelta(days=15)).strftime("%-d %b %Y")
    assert f"From {kind} on it would not." in page
    council.post(NEW, data=late)
    council.post(NEW, data=form(title="In time", then="publish"))
    wall = council.get("/campaigns/").get_data(as_text=True)
    assert wall.count("short notice") == 1
    assert "short notice" in council.get("/campaigns/draw-it").get_data(as_text=True)
    assert "short notice" not in council.get("/campaigns/in-time").get_data(as_text=True)


def test_how_many_are_there_today_is_counted(council, make_member):
    asked = form(goal_kind="rule", **{"rule-sort": "member_for", "rule-days": "1"})
    few = "Today fewer than five people are there, perhaps nobody yet."
    for days in ("1", "3000"):
        assert few in text(council.post("/council/campaigns/preview", data=asked | {"rule-days": days}))
    for number in range(5):
        make_member(f"m{number}")
    database.session.commit()
    assert "Today nearly all of us are there." in text(council.post("/council/campaigns/preview", data=asked))
    make_member("new", joined_at=moment())
    database.session.commit()
    assert "Today nearly all of us are there." in text(council.post("/council/campaigns/preview", data=asked))


def test_a_button_of_the_rule_keeps_what_was_written(council):
    sent = form(goal_kind="rule", **{"rule-sort": "count", "rule-at_least": "2", "rule-move": "rule:wrap"})
    page = council.post(NEW, data=sent).get_data(as_text=True)
    assert 'value="Draw it"' in page
    assert 'name="rule-1-sort"' in page
    part = council.post("/council/campaigns/rule", data=sent, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert 'name="rule-1-sort"' in part
    assert 'hx-swap-oob="outerHTML"' in part


def test_it_goes_out_by_itself(council):
    at = moment() + timedelta(days=2)
    answer = council.post(NEW, data=form(publish_at=at.strftime("%Y-%m-%dT%H:%M")), follow_redirects=True)
    assert "It goes out by itself on" in text(answer)
    assert one(Campaign, "draw-it").publish_at == at.replace(second=0, microsecond=0)
    council.post("/council/campaigns/draw-it/edit", data=form(publish_at=""))
    assert one(Campaign, "draw-it").publish_at is None


def lay_by(slug: str, **front: Any) -> None:
    step = {"slug": "look", "title": "Look", "kind": "read", "minutes": 2, "file": "look.md", "body": "Look."}
    sheet = {**blank(slug, slug.title()), "summary": "S.", "thanks": "T.", "after": "A.", "steps": [step], **front}
    drafting.begin(sheet, database.session.scalar(sa.select(Member.id)), moment())
    database.session.commit()


def finished(slug: str) -> dict[str, Any]:
    return {"count": {"kind": "quest.finished", "object": f"quest:{slug}"}, "at_least": 1}


def test_quests_that_wait_for_each_other_do_not_go_out_together(council):
    lay_by("up", requires=finished("down"))
    lay_by("down")
    both = form(quests=["up", "down"])
    council.post(NEW, data=both)
    quest = one(Quest, "down")
    drafting.keep(quest, {**drafting.draft_of(quest), "requires": finished("up")}, quest.draft_number, 1)
    database.session.commit()
    for answer in (council.post("/council/campaigns/draw-it/publish"),
                   council.post("/council/campaigns/draw-it/edit", data=both | {"then": "publish"})):  # fmt: skip
        assert (answer.status_code, "These quests wait for each other" in text(answer)) == (422, True)
    assert (one(Quest, "up").state, one(Quest, "down").state) == ("draft", "draft")
    quest = one(Quest, "down")
    drafting.keep(quest, {**drafting.draft_of(quest), "requires": finished("nowhere")}, quest.draft_number, 1)
    database.session.commit()
    assert "There is no quest “nowhere”" in text(council.post("/council/campaigns/draw-it/publish"))


def test_a_quest_does_not_go_out_without_the_draft_it_waits_for(council):
    lay_by("up", requires=finished("down"))
    lay_by("down")
    council.post(NEW, data=form(quests=["up"]))
    answer = council.post("/council/campaigns/draw-it/publish")
    assert (answer.status_code, "It waits for “Down”, which nobody can begin yet." in text(answer)) == (422, True)
    assert one(Quest, "up").state == "draft"
    seen = re.search(r'name="seen" value="(\w+)"', council.get("/council/campaigns/draw-it/edit").get_data(as_text=True))
    council.post("/council/campaigns/draw-it/edit", data=form(quests=["up", "down"], seen=seen[1]))
    assert council.post("/council/campaigns/draw-it/publish").status_code == 303
    assert (one(Quest, "up").state, one(Quest, "down").state) == ("published", "published")
    quest = one(Quest, "down")
    drafting.keep(quest, {name: value for name, value in drafting.draft_of(quest).items() if name != "requires"},
                  quest.draft_number, 1)  # fmt: skip
    database.session.commit()
    assert council.post("/council/campaigns/draw-it/publish").status_code == 303
    assert (one(Quest, "up").state, one(Quest, "down").state) == ("published", "published")


def test_planning_looks_at_once_and_again_at_the_time(council):
    lay_by("half", steps=[])
    at = (moment() + timedelta(days=2)).replace(second=0, microsecond=0)
    planned = form(publish_at=at.strftime("%Y-%m-%dT%H:%M"), quests=["half"])
    answer = council.post(NEW, data=planned)
    assert (answer.status_code, "is a draft that still lacks something" in text(answer)) == (422, True)
    assert council.post(NEW, data=planned | {"quests": []}).status_code == 303
    campaign = one(Campaign, "draw-it")
    campaign.items.append(CampaignItem(kind="quest", slug="half", position=0))
    database.session.commit()
    for _time in range(2):
        assert moving.publish_due(campaign.id, at) is False
        database.session.commit()
    campaign = one(Campaign, "draw-it")
    assert (campaign.state, campaign.publish_at, one(Quest, "half").state) == ("draft", None, "draft")
    notices = database.session.scalars(sa.select(Notice)).all()
    assert [(each.member_id, each.kind, each.path) for each in notices] == [
        (campaign.owner_id, "campaign.held", "/council/campaigns/draw-it/publish")
    ]
    said = "“Draw it” was to go out by itself and is a draft still: The quest “Half” is a draft that still lacks something"
    assert sentence(notices[0].kind, notices[0].data, {}).startswith(said)


def test_who_gave_a_campaign_its_time_hears_what_hinders_it_also_where_somebody_else_looks_after_it(council, app, sign_in):
    planner = database.session.scalar(sa.select(Member.id))
    owner = make_member("hana").id
    lay_by("half", steps=[])
    at = (moment() + timedelta(days=2)).replace(second=0, microsecond=0)
    council.post(NEW, data=form(publish_at=at.strftime("%Y-%m-%dT%H:%M"), owner="hana"))
    campaign = one(Campaign, "draw-it")
    campaign.items.append(CampaignItem(kind="quest", slug="half", position=0))
    database.session.commit()
    assert moving.publish_due(campaign.id, at) is False
    database.session.commit()
    held = dict(database.session.execute(sa.select(Notice.member_id, Notice.path).where(Notice.kind == "campaign.held")).all())
    assert held == {planner: "/council/campaigns/draw-it/publish", owner: "/campaigns/draw-it"}
    # Each can open what they are sent to, and a draft is nobody else's.
    hana, noor = app.test_client(), app.test_client()
    sign_in(hana, database.session.get(Member, owner))
    sign_in(noor, make_member("noor"))
    assert council.get(held[planner]).status_code == 200
    assert [who.get(held[owner]).status_code for who in (hana, noor, app.test_client())] == [200, 404, 404]
    assert "/council/" not in hana.get(held[owner]).text


def test_the_whole_page_before_it_is_out(council, client, app):
    make_badge("carer", name="Carer", state="draft")
    database.session.commit()
    council.post(NEW, data=form(badges=["carer"], along_contest="picture", why_now="Because of spring."))
    for address, words in (("preview", "has not joined yet"), ("preview?as=joined", "You are on the way with us")):
        page = text(council.get(f"/council/campaigns/draw-it/{address}"))
        for wanted in (words, "Because of spring.", "Carer", "Draw it: the contest", "nobody but the council sees this page"):
            assert wanted in page
    assert app.test_client().get("/council/campaigns/draw-it/preview").status_code == 302
    assert one(Campaign, "draw-it").joined_count == 0


def test_a_draft_is_deleted_with_two_confirmations(council):
    council.post(NEW, data=form(along_contest="picture"))
    for half in ({"sure": "1"}, {"address": "draw-it"}, {"sure": "1", "address": "Draw it"}):
        assert council.post("/council/campaigns/draw-it/delete", data=half).status_code == 422
    assert council.post("/council/campaigns/draw-it/delete", data={"sure": "1", "address": "draw-it"}).status_code == 303
    assert one(Campaign, "draw-it") is None
    assert one(Contest, "draw-it-the-contest").campaign is None
    assert database.session.scalar(sa.select(CampaignItem.slug)) is None
    told = sa.select(AuditEntry.before).where(AuditEntry.action == "campaign.deleted")
    assert database.session.scalar(told) == {"title": "Draw it"}


def test_what_was_out_is_never_deleted(council):
    make_campaign(published_at=moment())
    database.session.commit()
    answer = council.post("/council/campaigns/spring/delete", data={"sure": "1", "address": "spring"})
    assert answer.status_code == 409
    assert one(Campaign, "spring").state == "published"


def test_a_copy_begins_as_soon_as_is_kind(council):
    make_quest("first")
    make_contest("old-contest", campaign="spring")
    campaign = make_campaign(came_of_it="A lot.", lead_days=30, published_at=moment())
    campaign.items = [CampaignItem(kind="quest", slug="first", position=0)]
    database.session.commit()
    page = council.get(f"{NEW}?from=copy&of=spring").get_data(as_text=True)
    assert f'value="{day(31)}"' in page
    assert f'value="{day(60)}"' in page
    assert re.search(r'name="quests" value="first"\s*checked', page)
    assert "A lot." not in page
    assert 'name="contests" value="old-contest"' not in page


def test_of_two_writers_the_second_is_told(council):
    make_campaign(state="draft", starts_at=moment() + timedelta(days=20), ends_at=moment() + timedelta(days=30))
    database.session.commit()
    seen = re.search(r'name="seen" value="(\w+)"', council.get("/council/campaigns/spring/edit").get_data(as_text=True))
    first = council.post("/council/campaigns/spring/edit", data=form(title="Mine", seen=seen[1]))
    second = council.post("/council/campaigns/spring/edit", data=form(title="Theirs", seen=seen[1]))
    assert (first.status_code, second.status_code) == (303, 409)
    assert 'value="Theirs"' in second.get_data(as_text=True)
    assert one(Campaign, "spring").title == "Mine"


def test_a_contest_of_another_campaign_is_not_taken(council):
    make_contest("theirs", campaign="spring")
    make_contest("free")
    make_campaign()
    database.session.commit()
    assert council.post(NEW, data=form(contests=["theirs"])).status_code == 422
    council.post(NEW, data=form(contests=["free"]))
    assert [one(Contest, slug).campaign for slug in ("theirs", "free")] == ["spring", "draw-it"]
    council.post("/council/campaigns/draw-it/edit", data=form(contests=[]))
    assert one(Contest, "free").campaign is None


def test_resting_shows_why_to_everybody(council, app):
    make_campaign(starts_at=moment() - timedelta(days=1), ends_at=moment() + timedelta(days=9), published_at=moment())
    database.session.commit()
    assert council.post("/council/campaigns/spring/rest", data={"reason": ""}).status_code == 422
    council.post("/council/campaigns/spring/rest", data={"reason": "The site moves."})
    assert "The site moves." in text(app.test_client().get("/campaigns/spring"))
    assert council.post("/council/campaigns/spring/go-on", data={"reason": "It moved."}).status_code == 303
    assert council.post("/council/campaigns/spring/go-on", data={}).status_code == 303
    assert "It went on: It moved." in text(app.test_client().get("/campaigns/spring"))


def test_from_a_template_to_the_wall(council):
    assert "Become a Dark Funnel detective" in text(council.get(NEW))
    answer = council.post("/council/campaigns/templates/detective-week")
    assert answer.headers["Location"] == "/council/campaigns/detective-week/edit"
    assert council.get("/quests/detective-school").status_code == 404
    assert council.post("/council/campaigns/detective-week/publish").status_code == 303
    assert [
        one(model, slug).state
        for model, slug in ((Quest, "detective-school"), (Badge, "first-trace"), (Contest, "the-best-write-up"))
    ] == ["published"] * 3
    assert one(Campaign, "detective-week").starts_at.weekday() == 0
    assert "short notice" not in council.get("/campaigns/detective-week").get_data(as_text=True)
    assert council.get("/quests/detective-school").status_code == 200
    assert council.post("/council/campaigns/templates/nothing").status_code == 404


def test_the_quest_of_the_goal_is_on_the_way_and_goes_out_with_it(council):
    make_quest("say-it", state="draft")
    database.session.commit()
    council.post(NEW, data=form(goal_kind="quest", goal_quest="say-it"))
    items = sa.select(CampaignItem.kind, CampaignItem.slug)
    assert database.session.execute(items).all() == [("quest", "say-it")]
    assert "These go out together with it: Say It." in text(council.get("/council/campaigns/draw-it/publish"))


def test_one_without_a_number_opens_with_what_a_browser_sends_again(council):
    council.post(NEW, data=form(goal_kind="none", target=""))
    page = council.get("/council/campaigns/draw-it/edit").get_data(as_text=True)
    assert re.search('<input[^>]*name="target"[^>]*value="80"|<input[^>]*value="80"[^>]*name="target"', page)
    assert re.search("<form[^>]*novalidate", page)


def test_what_was_begun_before_is_told_as_what_it_is(council):
    begin, edit = "/council/campaigns/templates/detective-week", "/council/campaigns/detective-week/edit"
    council.post(begin)
    assert "Here it is, as a draft with all that belongs to it." in text(council.get(edit))
    council.post(begin)
    assert "It was begun before, and is still a draft: here it is." in text(council.get(edit))
    council.post("/council/campaigns/detective-week/publish")
    council.get("/campaigns/detective-week")
    council.post(begin)
    page = text(council.get(edit))
    assert "It was here before, and is out already" in page
    assert "as a draft" not in page
    began = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "campaign.from_template")
    assert database.session.scalar(began) == 1


def test_a_file_goes_out_and_comes_in(council):
    council.post("/council/campaigns/templates/bug-hunter-week")
    answer = council.get("/council/campaigns/bug-hunter-week.zip")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/zip", "private, no-store")
    council.post("/council/campaigns/bug-hunter-week/edit", data=form(title="Ours"))

    def send(**more: str) -> Any:
        return council.post("/council/campaigns/file", data={"file": (io.BytesIO(answer.data), "week.zip")} | more)

    asked = send()
    assert asked.status_code == 409
    assert "Bug hunter weeks" in text(asked)
    assert send(same="rename").headers["Location"] == "/council/campaigns/bug-hunter-week-2/edit"
    assert send(same="change").headers["Location"] == "/council/campaigns/bug-hunter-week/edit"
    assert one(Campaign, "bug-hunter-week").title == "Bug hunter weeks"
    edit = "/council/campaigns/bug-hunter-week/edit"
    assert "What was here is as the file says now. It is a draft still." in text(council.get(edit))
    send()
    assert "It was begun before, and is still a draft: here it is." in text(council.get(edit))
    came = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "campaign.taken_in")
    assert database.session.scalar(came) == 2
    bad = council.post("/council/campaigns/file", data={"file": (io.BytesIO(b"no zip"), "x.zip")})
    assert (bad.status_code, "this is no zip file" in text(bad)) == (422, True)
    assert council.post("/council/campaigns/file", data={}).status_code == 422


def test_its_days_for_a_calendar(council, app):
    make_campaign(published_at=moment())
    make_campaign("hidden", state="draft")
    database.session.commit()
    guest = app.test_client()
    answer = guest.get("/campaigns/spring.ics")
    assert answer.mimetype == "text/calendar"
    assert b"DTSTART;VALUE=DATE:20261101" in answer.data
    assert b"DTEND;VALUE=DATE:20261201" in answer.data
    assert guest.get("/campaigns/spring.ics", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert guest.get("/campaigns/hidden.ics").status_code == 404


@pytest.mark.parametrize("address", ["new", "spring/edit", "spring/preview", "spring/publish", "spring.zip", "spring/delete"])
def test_only_the_council_comes_in(client, make_member, sign_in, address):
    make_campaign(state="draft")
    database.session.commit()
    assert client.get(f"/council/campaigns/{address}").status_code == 302
    sign_in(client, make_member("ada", roles=("reviewer", "mentor")))
    assert client.get(f"/council/campaigns/{address}").status_code == 403


def test_the_form_costs_the_same_for_few_and_for_many(council, count_queries):
    make_campaign(state="draft")
    database.session.commit()
    counts = []
    for size in (1, 3):
        for number in range(size):
            make_quest(f"q{size}{number}")
            make_contest(f"c{size}{number}", campaign="spring")
            make_group(f"g{size}{number}")
        database.session.commit()
        with count_queries() as seen:
            assert council.get("/council/campaigns/spring/edit").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12, [str(one)[:90] for one in seen]


def make_event(slug: str, campaign: str | None = None) -> None:
    now = moment()
    database.session.add(Event(slug=slug, title=slug.title(), starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=4),
                               campaign=campaign, created_at=now, changed_at=now))  # fmt: skip


def test_events_belong_to_it_and_stand_on_its_page(council):
    make_event("tea")
    make_event("theirs", campaign="spring")
    make_campaign()
    database.session.commit()
    assert council.post(NEW, data=form(events=["theirs"])).status_code == 422
    council.post(NEW, data=form(events=["tea"], then="publish"))
    assert "Calls and meetings" in text(council.get("/campaigns/draw-it"))
    assert re.search(
        r'name="events" value="tea"\s*checked', council.get("/council/campaigns/draw-it/edit").get_data(as_text=True)
    )
    council.post("/council/campaigns/draw-it/edit", data=form())
    assert [one(Event, slug).campaign for slug in ("tea", "theirs")] == [None, "spring"]


def test_an_idea_becomes_a_campaign_and_keeps_its_author(council, app, make_member):
    author = make_member("ines")
    idea = Question(sort="idea", title="Draw it", body="With wool.", author_id=author.id, asked_at=moment())
    asked = Question(sort="question", title="Why?", author_id=author.id, asked_at=moment())
    database.session.add_all([idea, asked])
    database.session.commit()
    page = council.get(f"{NEW}?idea={idea.id}").get_data(as_text=True)
    assert 'value="Draw it"' in page
    assert "With wool." in page
    assert council.get(f"{NEW}?idea={asked.id}").status_code == council.get(f"{NEW}?idea=x").status_code == 404
    idea_id = idea.id
    council.post(NEW, data=form(idea=str(idea_id)))
    assert database.session.scalar(sa.select(Question.state).where(Question.id == idea_id)) == "open"
    assert "Begun already, as a draft: Draw it" in text(council.get(f"/questions/{idea_id}"))
    assert "Begun already" not in text(app.test_client().get(f"/questions/{idea_id}"))
    assert council.post("/council/campaigns/draw-it/publish").status_code == 303
    assert database.session.scalar(sa.select(Question.campaign).where(Question.id == idea_id)) == "draw-it"
    assert "Ines" in text(council.get("/campaigns/draw-it"))


def test_its_page_costs_the_same_for_little_and_for_much(council, app, count_queries):
    campaign = make_campaign(published_at=moment())
    database.session.commit()
    counts, guest = [], app.test_client()
    for size in range(1, 4):
        make_quest(f"q{size}")
        make_badge(f"b{size}")
        make_contest(f"c{size}", campaign="spring", state="published")
        make_event(f"e{size}", campaign="spring")
        make_group(f"g{size}")
        campaign.items += [
            CampaignItem(kind=kind, slug=f"{kind[0]}{size}", position=size) for kind in ("quest", "badge", "group")
        ]
        database.session.commit()
        with count_queries() as seen:
            assert guest.get("/campaigns/spring").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[2] <= 12, [str(line)[:90] for line in seen]


@pytest.mark.parametrize("then", ["keep", "publish"])
def test_a_double_click_makes_one_of_each(council, then):
    for _click in range(2):
        assert council.post(NEW, data=form(along_contest="picture", along_badge="1", then=then)).status_code == 303
    found = database.session.execute(sa.select(Contest.slug, Contest.campaign)).all()
    assert [tuple(row) for row in found] == [("draw-it-the-contest", "draw-it")]
    assert database.session.scalars(sa.select(Campaign.slug)).all() == ["draw-it"]
    assert database.session.scalars(sa.select(Badge.slug)).all() == ["draw-it-there"]


@pytest.mark.parametrize("idea", ["99999999999999999999999", "-1", "x", "", "0"])
def test_an_idea_that_is_none_is_not_found(council, idea):
    assert council.get(NEW, query_string={"idea": idea}).status_code == 404
