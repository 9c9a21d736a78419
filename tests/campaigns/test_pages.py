"""The wall of posters, joining, and the council's workshop, as people use them."""

import pytest
import sqlalchemy as sa

from recognition import clock
from recognition.activities.builder.cards import pairs
from recognition.activities.builder.taking import take
from recognition.campaigns.models import Campaign
from recognition.extensions import db as database
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_member

FORM = {"title": "Draw it", "family": "making", "starts_on": "2026-12-01", "ends_on": "2026-12-24", "goal_kind": "deeds",
        "goal_tag": "mdm", "goal_times": "3", "target_kind": "count", "target": "40"}  # fmt: skip


@pytest.fixture(autouse=True)
def no_tokens(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def council(client, sign_in):
    member = make_member("council", roles=("council",))
    sign_in(client, member)
    return client


def running(slug: str = "spring", **changes) -> Campaign:
    now = clock.utcnow()
    later = now.replace(year=now.year + 1)
    campaign = make_campaign(slug, starts_at=now.replace(year=now.year - 1), ends_at=later, **changes)
    database.session.commit()
    return campaign


def test_drafts_are_for_the_council(client, council, app):
    running("wall")
    running("hidden", state="draft")
    guest = app.test_client()
    assert guest.get("/campaigns/wall").status_code == 200
    assert guest.get("/campaigns/hidden").status_code == 404
    assert "Hidden" not in guest.get("/campaigns/").text
    assert council.get("/campaigns/hidden").status_code == 200
    assert "Hidden" in council.get("/campaigns/").text


def test_joining_needs_a_login_and_a_campaign_that_runs(client, app, sign_in):
    campaign = running()
    running("over", state="ended")
    running("hidden", state="draft")
    assert client.post("/campaigns/spring/join").status_code == 401
    ada = make_member("ada")
    sign_in(client, ada)
    for _ in range(2):
        answer = client.post("/campaigns/spring/join")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/campaigns/spring")
    assert database.session.get(Campaign, campaign.id, populate_existing=True).joined_count == 1
    assert client.post("/campaigns/over/join").status_code == 409
    assert client.post("/campaigns/hidden/join").status_code == 404
    assert client.post("/campaigns/nowhere/join").status_code == 404


@pytest.mark.parametrize("page", ["/council/", "/council/campaigns/new", "/council/campaigns/spring/edit"])
def test_the_workshop_is_for_the_council(client, app, sign_in, page):
    running()
    assert client.get(page).status_code == 302
    sign_in(client, make_member("ada"))
    assert client.get(page).status_code == 403


@pytest.mark.parametrize("page", ["/council/campaigns/new", "/council/campaigns/spring/edit", "/council/campaigns/spring/end"])
def test_nobody_else_writes_there(client, app, sign_in, page):
    running()
    sign_in(client, make_member("ada", roles=("reviewer",)))
    assert client.post(page, data=FORM | {"reason": "Because."}).status_code == 403
    assert [tuple(row) for row in database.session.execute(sa.select(Campaign.slug, Campaign.state))] == [("spring", "published")]


def test_a_new_campaign_and_its_way_to_the_wall(council):
    answer = council.post("/council/campaigns/new", data=FORM)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/campaigns/draw-it")
    campaign = database.session.scalar(sa.select(Campaign))
    assert (campaign.state, campaign.target_count) == ("draft", 40)
    assert council.post("/council/campaigns/draw-it/publish").status_code == 303
    assert council.post("/council/campaigns/draw-it/end", data={"reason": " "}).status_code == 422
    assert council.post("/council/campaigns/draw-it/end", data={"reason": "We are done."}).status_code == 303
    assert council.post("/council/campaigns/draw-it/publish").status_code == 409
    assert council.post("/council/campaigns/draw-it/draft").status_code == 404
    assert database.session.scalar(sa.select(Campaign.state)) == "ended"


def test_a_second_campaign_of_one_title_gets_an_address_of_its_own(council):
    first, again, other, third = (
        council.post("/council/campaigns/new", data=FORM | more).headers["Location"]
        for more in ({}, {}, {"tagline": "Another year"}, {"tagline": "A third"})
    )
    assert (first, again, other, third) == (
        "/campaigns/draw-it", "/campaigns/draw-it", "/campaigns/draw-it-2", "/campaigns/draw-it-3",
    )  # fmt: skip


def test_a_taken_address_is_said_at_the_title(council):
    running("draw-it")
    answer = council.post("/council/campaigns/new", data=FORM | {"slug": "draw-it"})
    assert answer.status_code == 422
    assert "There is a campaign of this name already" in answer.text.partition('id="field-title-error"')[2]


def test_publishing_at_once_says_where_it_hangs(council):
    page = council.post("/council/campaigns/new", data=FORM | {"then": "publish"}, follow_redirects=True).text
    assert "It hangs on the wall now" in page
    kept = council.post("/council/campaigns/new", data=FORM | {"title": "Other", "then": "keep"}, follow_redirects=True).text
    assert "Saved." in kept


def test_leaving_quietly(client, app, sign_in):
    campaign = running()
    assert client.post("/campaigns/spring/leave").status_code == 401
    sign_in(client, make_member("ada"))
    assert "Leave quietly" not in client.get("/campaigns/spring").text
    client.post("/campaigns/spring/join")
    assert "Leave quietly" in client.get("/campaigns/spring").text
    for _click in range(2):
        answer = client.post("/campaigns/spring/leave")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/campaigns/spring")
    assert database.session.get(Campaign, campaign.id, populate_existing=True).joined_count == 0
    assert "Join in" in client.get("/campaigns/spring").text
    assert client.post("/campaigns/nowhere/leave").status_code == 404


def test_a_wrong_form_comes_back_with_what_was_written(council):
    answer = council.post("/council/campaigns/new", data=FORM | {"target": "many", "tagline": "Mine & yours"})
    assert answer.status_code == 422
    assert "Mine &amp; yours" in answer.text
    assert database.session.scalar(sa.select(Campaign.id)) is None


@pytest.mark.parametrize(
    "goal",
    [{"count": {"tags_any": ["mdm"]}, "at_least": 2}, {"count": {"kind": ["talk"]}, "at_least": 2},
     {"count": {"tags_any": ["a", "b"]}, "at_least": 2}, {"count": {"tags_any": ["a"], "campaign": "x"}, "at_least": 1},
     {"distinct": "week", "where": {}, "at_least": 3}, None],
)  # fmt: skip
def test_saving_other_words_leaves_the_goal_alone(council, app, goal):
    campaign = running(goal_criteria=goal)
    page = council.get("/council/campaigns/spring/edit").text
    kind = "none" if goal is None else "deeds" if goal == {"count": {"tags_any": ["mdm"]}, "at_least": 2} else "rule"
    chosen = [line for line in page.splitlines() if 'name="goal_kind"' in line and "checked" in line]
    assert len(chosen) == 1
    assert f'value="{kind}"' in chosen[0]
    cards = dict(pairs(take(goal), "rule")) if kind == "rule" else {}
    sent = FORM | {"title": "Other words", "goal_kind": kind, "goal_tag": "mdm", "goal_times": "2"} | cards
    assert council.post("/council/campaigns/spring/edit", data=sent).status_code == 303
    changed = database.session.get(Campaign, campaign.id, populate_existing=True)
    assert (changed.title, changed.goal_criteria) == ("Other words", goal)


def test_the_wall_costs_the_same_for_one_and_for_many(client, count_queries):
    counts = []
    for number in range(3):
        running(f"c{number}")
        if number != 1:
            with count_queries() as seen:
                assert client.get("/campaigns/").status_code == 200
            counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_a_stored_campaign_is_shown_as_it_hangs(council, db):
    make_campaign("spring", title="Spring cleaning", tagline="With music.")
    db.session.commit()
    page = council.get("/council/campaigns/spring/edit").get_data(as_text=True)
    preview = page[page.index('id="preview"') :]
    assert "With music." in preview
    assert "Still missing" not in preview
