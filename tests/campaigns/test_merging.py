"""Who looked after a campaign, translated it or let it rest is one person after a merge, and two again after a mistake."""

import sqlalchemy as sa

from recognition.campaigns import moving
from recognition.campaigns.models import Campaign, CampaignState, CampaignText
from recognition.campaigns.translating import translate
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from tests.factories.activities import REPORTED
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_member


def test_its_owner_and_its_states_go_along(app, db):
    old, new = make_member("old"), make_member("new")
    with app.test_request_context():
        campaign = make_campaign(owner_id=old.id)
        moving.move(campaign, "paused", REPORTED, old.id, "The site moves.")
        translate(campaign, "de", {"title": "Frühling"}, (), "ready", "", REPORTED, old.id)
        db.session.commit()
        done = merge(old, new, None, "One person", REPORTED)
        db.session.commit()
        assert _people(db) == (new.id,) * 3
        unmerge(done.id, None, "Two people after all", REPORTED)
        db.session.commit()
        assert _people(db) == (old.id,) * 3


def _people(db):
    return tuple(db.session.scalar(sa.select(column)) for column in (Campaign.owner_id, CampaignState.by_id, CampaignText.by_id))
