"""What stands around a campaign on its page: surveys and what was told of it, as far as a guest may know."""

from datetime import timedelta

from recognition import clock
from recognition.news.models import Announcement, AnnouncementText
from recognition.pages.campaign_around import around
from recognition.surveys.models import Survey
from tests.factories.campaigns import make_campaign


def test_surveys_and_news_stand_there_and_what_is_not_public_does_not(db, client):
    now = clock.utcnow()
    campaign = make_campaign("spring", starts_at=now - timedelta(days=9), ends_at=now + timedelta(days=9))
    for slug, state in (("open", "open"), ("closed", "closed"), ("hidden", "draft")):
        db.session.add(Survey(slug=slug, title=f"Survey {slug}", state=state, campaign="spring", opens_at=now - timedelta(days=1),
                              closes_at=now + timedelta(days=len(slug)), created_at=now))  # fmt: skip
    for slug, state, public in (("told", "out", True), ("for-some", "out", False), ("later", "planned", True)):
        texts = [AnnouncementText(language="en", title=f"News {slug}"), AnnouncementText(language="de", position=1, title="Neu")]
        db.session.add(Announcement(slug=slug, state=state, is_public=public, about_ref="campaign:spring", created_at=now,
                                    out_at=now if state == "out" else None, changed_at=now, texts=texts))  # fmt: skip
    db.session.commit()
    beside = around(campaign, now)
    assert [one.slug for one in beside.surveys] == ["closed", "open"]
    assert [(one.slug, one.title) for one in beside.news] == [("told", "News told")]
    page = client.get("/campaigns/spring").text
    assert [words in page for words in ("Survey open", "News told", "Survey hidden", "News for-some", "News later")] == [
        True, True, False, False, False]  # fmt: skip
