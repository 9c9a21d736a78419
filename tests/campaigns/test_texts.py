"""A campaign in other languages: what holds is told, the rest stays in the original and says so."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.campaigns import texts, translating
from recognition.campaigns.models import Campaign, CampaignText
from recognition.extensions import db as database
from tests.factories.campaigns import NOW, make_campaign
from tests.factories.identity import make_member

GERMAN = {"title": "Frühling", "tagline": "Wir räumen auf.", "goal_sentence": "Alle sind dabei.", "body": "Die *Geschichte*."}
PAGE = "/council/campaigns/spring/texts/"


def spring(**changes: Any) -> Campaign:
    campaign = make_campaign(tagline="We tidy up.", goal_sentence="All of us.", body="The *story*.", **changes)
    database.session.commit()
    return campaign


def translate(campaign: Campaign, language: str = "de", state: str = "ready", **changes: str) -> None:
    translating.translate(campaign, language, GERMAN | changes, (), state, "", NOW, None)
    database.session.commit()


@pytest.fixture
def council(client: Any, app: Any, sign_in: Any, monkeypatch: Any) -> Any:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    sign_in(client, make_member("council", roles=("council",)))
    return client


def test_only_what_still_says_the_same_is_told(app: Any, db: Any) -> None:
    campaign = spring()
    translate(campaign)
    translate(campaign, "fr", "draft", title="Printemps")
    campaign.tagline = "We tidy up twice."
    _found, by = texts.campaign_in("spring", ["fr", "de-AT"]) or pytest.fail("not found")
    assert (by.language, by.languages) == ("de", ("en", "de"))
    told = texts.campaign_told(campaign, by)
    assert [(one, one.lang) for one in (told.title, told.tagline, told.body)] == [
        ("Frühling", "de"), ("We tidy up twice.", "en"), ("Die *Geschichte*.", "de"),
    ]  # fmt: skip


def test_a_campaign_comes_with_its_telling_in_one_statement(app: Any, db: Any, count_queries: Any) -> None:
    translate(spring())
    translate(make_campaign("winter", state="draft"))
    for wanted, language in ((["DE"], "de"), (["d_", "en-GB", "de"], "en"), ([], "en")):
        with count_queries() as seen:
            _found, by = texts.campaign_in("spring", wanted) or pytest.fail("not found")
        assert (by.language, by.languages, len(seen)) == (language, ("en", "de"), 1)
    assert (texts.campaign_in("winter", ["de"]), texts.campaign_in("nowhere", [])) == (None, None)
    assert texts.campaign_in("winter", ["de"], drafts=True) is not None


def test_posters_of_a_list_are_told_by_one_statement(app: Any, db: Any, count_queries: Any) -> None:
    campaigns = [spring(), make_campaign("summer", language="de"), make_campaign("autumn")]
    translate(campaigns[0])
    database.session.commit()
    own = [(one.id, one.slug) for one in campaigns]
    with count_queries() as seen:
        found = texts.posters_told(campaigns, ["de"])
    assert [(slug, found[number].language) for number, slug in own] == [("spring", "de"), ("summer", "de"), ("autumn", "en")]
    assert (len(seen), found[own[0][0]].words) == (1, {name: GERMAN[name] for name in ("title", "tagline", "goal_sentence")})
    assert texts.posters_told([], ["de"]) == {}


@pytest.mark.parametrize("page", ["/", "/campaigns/"])
def test_guests_and_lists_are_told_in_their_language(client: Any, app: Any, page: str) -> None:
    translate(spring(), tagline="")
    told = client.get(page, headers={"Accept-Language": "de-AT"}).text
    assert '<a href="/campaigns/spring" lang="de" dir="ltr">Frühling</a>' in told
    assert "We tidy up." in told
    # The page is kept for whoever asks for the same languages, and for nobody else.
    assert '<a href="/campaigns/spring">Spring</a>' in client.get(page, headers={"Accept-Language": "en"}).text
    assert "Accept-Language" in client.get(page).headers["Vary"]


def test_the_page_is_told_and_offers_every_language(client: Any, app: Any) -> None:
    translate(spring())
    page = client.get("/campaigns/spring?lang=de").text
    assert '<div class="l-prose" lang="de" dir="ltr"><p>Die <em>Geschichte</em>.</p>' in page
    assert "The goal: Alle sind dabei." in page
    assert re.findall(r'hreflang="(\w+)"( aria-current="true")?', page) == [("en", ""), ("de", ' aria-current="true"')]
    assert "hreflang" not in client.get("/campaigns/summer").text


def test_the_first_page_of_a_member(client: Any, app: Any, sign_in: Any) -> None:
    translate(spring())
    sign_in(client, make_member("ada"))
    assert 'lang="de" dir="ltr">Frühling</a></h3>' in client.get("/", headers={"Accept-Language": "de"}).text


def test_the_studio_keeps_a_language_and_marks_what_fell_behind(council: Any) -> None:
    campaign = spring()
    assert council.get(f"{PAGE}?language=de").location == f"{PAGE}de"
    assert council.get(f"{PAGE}?language=klingon").status_code == 422
    assert [council.get(PAGE + code).status_code for code in ("en", "x1")] == [404, 404]
    form = {f"text-{place}": words for place, words in GERMAN.items()} | {"state": "ready", "seen": ""}
    half = council.post(f"{PAGE}de", data=form | {"text-body": ""})
    assert (half.status_code, "Frühling" in half.text) == (422, True)
    assert council.post(f"{PAGE}de", data=form).location == PAGE
    kept = database.session.scalars(sa.select(CampaignText)).one()
    assert (kept.words, kept.state, kept.was["title"]) == (GERMAN, "ready", "Spring")
    assert council.post(f"{PAGE}de", data=form).status_code == 409
    database.session.get_one(Campaign, campaign.id).tagline = "We tidy up twice."
    database.session.commit()
    assert "1 text changed since then." in council.get(PAGE).text
    assert re.findall(r'name="fits-([^"]+)"', council.get(f"{PAGE}de").text) == ["tagline"]


def test_the_original_may_be_another_language(council: Any) -> None:
    translate(spring())
    assert council.post(PAGE, data={"original": "deutsch"}).status_code == 422
    assert council.post(PAGE, data={"original": "de"}).location == PAGE
    assert [database.session.scalar(sa.select(Campaign.language)), council.get(f"{PAGE}de").status_code] == ["de", 404]
    page = council.get("/campaigns/spring").text
    assert '<h1 class="c-campaign-poster__title" lang="de" dir="ltr">Spring</h1>' in page


def test_texts_are_for_the_council(client: Any, app: Any, sign_in: Any) -> None:
    spring()
    sign_in(client, make_member("ada"))
    assert [client.get(page).status_code for page in (PAGE, f"{PAGE}de")] == [403, 403]
