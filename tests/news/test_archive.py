"""The public archive and its feeds."""

import json
import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.announcements.models import Notice
from recognition.clock import as_of
from recognition.extensions import db as database
from recognition.identity.services.merging import merge
from recognition.news import jobs, queries
from recognition.news.models import Announcement
from recognition.news.rules import Text
from recognition.news.services import moving
from recognition.news.texts import for_mail
from tests.factories.identity import make_member
from tests.factories.news import WRITTEN, make_draft, make_out

ATOM = "{http://www.w3.org/2005/Atom}"


def test_an_empty_archive_invites(client: FlaskClient) -> None:
    assert "All is quiet so far" in client.get("/news/").text
    assert client.get("/feeds/news.json").json["items"] == []
    assert client.get("/news/?sort=gossip").status_code == 404
    assert client.get("/news/?after=%00").status_code == 400


def test_drafts_and_planned_ones_are_nowhere(client: FlaskClient) -> None:
    make_draft("A secret plan")
    one = make_draft("Another secret plan")
    moving.plan(one.slug, WRITTEN + timedelta(days=9999), None)
    database.session.commit()
    for path in ("/news/", "/feeds/news.atom", "/feeds/news.json", "/news/a-secret-plan", "/news/another-secret-plan"):
        assert "secret plan" not in client.get(path).text
    assert client.get("/news/another-secret-plan").status_code == 404


def test_newest_first_page_by_page(client: FlaskClient) -> None:
    for number in range(30):
        make_out(f"Number {number:02}", now=WRITTEN + timedelta(hours=number), channels=())
    first = client.get("/news/").text
    assert [n for n in range(30) if f">Number {n:02}<" in first] == list(range(6, 30))
    older = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert [n for n in range(30) if f">Number {n:02}<" in client.get(older).text] == list(range(6))


def test_both_feeds_hold_the_whole_text_and_are_asked_about_cheaply(client: FlaskClient) -> None:
    make_out("Gloves & <boots>", body="See [it](/campaigns/garden) <script>alert(1)</script>", sort="article", channels=())
    answer = client.get("/feeds/news.atom")
    feed = ET.fromstring(answer.data)
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Gloves & <boots>"
    content = entry.findtext(f"{ATOM}content") or ""
    assert '<a href="http://localhost/campaigns/garden"' in content
    assert "<script" not in content
    item = client.get("/feeds/news.json").json["items"][0]
    assert (item["title"], item["language"], item["tags"]) == ("Gloves & <boots>", "en", ["article"])
    again = client.get("/feeds/news.atom", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    moving.correct("gloves-boots", (Text("en", "Gloves & <boots>", "New"),), "New.", WRITTEN + timedelta(days=1), None)
    database.session.commit()
    assert client.get("/feeds/news.atom", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200
    assert "2026-11-21T12:00:00Z" in client.get("/feeds/news.atom").text


def test_each_reader_gets_the_closest_language(client: FlaskClient) -> None:
    make_out(texts=(Text("en", "The garden", "Gloves"), Text("ar", "الحديقة", "قفازات")), channels=())
    page = client.get("/news/the-garden?lang=ar-EG").text
    assert '<h1 lang="ar" dir="rtl">الحديقة</h1>' in page
    assert "قفازات" in json.dumps(client.get("/feeds/news.json?lang=ar").json, ensure_ascii=False)
    assert ">The garden</h1>" in client.get("/news/the-garden?lang=xx").text
    assert client.get("/news/the-garden?lang=%00").status_code in (200, 400)


def test_what_was_told_of_a_campaign(db: Any) -> None:
    make_draft("The garden", sort="article", about_ref="campaign:garden")
    make_out("The bench", channels=("members",), about_ref="campaign:garden", is_public=False)
    one = make_out("The meadow", channels=(), about_ref="campaign:garden")
    assert [each.slug for each in queries.about("campaign:garden")] == ["the-meadow"]
    moving.withdraw(one.slug, "No.", WRITTEN, None)
    database.session.commit()
    assert queries.about("campaign:garden") == []


def test_a_mail_holds_the_whole_text_in_its_readers_language(db: Any) -> None:
    member = make_member("ada")
    texts = (Text("en", "The garden", "Bring [gloves](/gloves)."), Text("de", "Der Garten", "Mit *Handschuhen*."))
    one = make_out(texts=texts, channels=("members",))
    jobs.hand_out(one.id)
    database.session.commit()
    notices = database.session.scalars(sa.select(Notice).where(Notice.member_id == member.id)).all()
    told = for_mail(notices, "de-AT")[notices[0].id]
    assert (told.title, told.text, told.language, told.is_empty) == ("Der Garten", "Mit *Handschuhen*.", "de", False)
    assert "<em>Handschuhen</em>" in told.html
    assert "http://localhost/gloves" in for_mail(notices, "en")[notices[0].id].html
    moving.withdraw(one.slug, "No.", WRITTEN, None)
    database.session.commit()
    assert for_mail(notices, "en")[notices[0].id].is_empty


def test_counts_are_numbers_that_a_job_keeps(db: Any) -> None:
    for number in range(6):
        make_member(f"m{number}")
    one = make_out(channels=("members",))
    with as_of(WRITTEN):
        jobs.hand_out(one.id)
        database.session.commit()
    notices = database.session.scalars(sa.select(Notice).order_by(Notice.id)).all()
    for notice in notices[:5]:
        notice.mailed_at = WRITTEN
    notices[0].read_at = WRITTEN
    database.session.commit()
    with as_of(WRITTEN + timedelta(hours=1)):
        jobs.count()
    database.session.commit()
    database.session.refresh(one)
    assert (one.told_count, one.mailed_count, one.read_count) == (6, 5, 1)


def test_few_are_not_counted_aloud(client: FlaskClient, sign_in: Any) -> None:
    one = make_out(channels=("members",))
    one.told_count, one.mailed_count, one.read_count = 9, 6, 3
    sign_in(client, make_member("amina", roles=("council",)))
    database.session.commit()
    page = client.get(f"/council/news/{one.slug}/").text
    assert "<dd>about 10</dd>" in page
    assert "<dd>nearly all, perhaps all</dd>" in page
    assert page.count("<dd>fewer than five, perhaps nobody</dd>") == 1


def test_a_merge_takes_the_authorship_along(app: Flask, db: Any) -> None:
    boss, old, new = make_member("boss", roles=("council",)), make_member("old"), make_member("new")
    one = make_out(author_id=old.id, channels=())
    merge(old, new, boss, "One person", WRITTEN)
    database.session.commit()
    database.session.expire_all()
    assert database.session.get_one(Announcement, one.id).author_id == new.id


@pytest.mark.parametrize("sort", ["news", "article", "minutes", "digest"])
def test_only_one_sort(client: FlaskClient, sort: str) -> None:
    for each in ("news", "article", "minutes", "digest"):
        make_out(f"One {each}", sort=each, channels=())
    page = client.get(f"/news/?sort={sort}").text
    assert [each for each in ("news", "article", "minutes", "digest") if f">One {each}<" in page] == [sort]
    assert [item["tags"] for item in client.get(f"/feeds/news.json?sort={sort}").json["items"]] == [[sort]]
