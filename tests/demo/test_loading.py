"""What loading must not do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.badges.models import Award
from recognition.demo import campaigns, community, deeds, services
from recognition.identity.models import Member
from tests.factories.badges import make_badge

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)


def test_the_plan_is_the_same_each_time():
    def plan():
        return deeds.plan(community.read("people")["people"], community.read("deeds"), community.read("dark_funnel")["finds"])

    assert plan() == plan()
    assert len({deed.key for deed in plan()}) == len(plan()) == 394


def test_nobody_did_anything_before_they_joined():
    people = {person["handle"]: person for person in community.read("people")["people"]}
    planned = deeds.plan(list(people.values()), community.read("deeds"), community.read("dark_funnel")["finds"])
    assert [deed.key for deed in planned if deed.ago > people[deed.handle]["joined_days"]] == []


def test_a_real_member_with_such_a_handle_is_left_alone(db, make_member):
    teo = make_member("teo", name="Another Teo")
    db.session.commit()
    services.load(NOW)
    assert db.session.get_one(Member, teo.id).name == "Another Teo"
    assert db.session.scalar(sa.select(sa.func.count()).where(Activity.member_id == teo.id)) == 0


def test_broken_off_it_goes_on_where_it_was(db, monkeypatch):
    def power_cut(now):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(campaigns, "sum_up", power_cut)
        with pytest.raises(KeyboardInterrupt):
            services.load(NOW)
    db.session.rollback()
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Activity))
    assert services.load(NOW)["members"] == 42
    # Only the deed that is set aside comes after the place where the power went.
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == before + 1


def test_what_a_worker_signed_before_its_holder_had_an_address_is_signed_anew(db, make_member):
    ada = make_member("ada")
    award = Award(key="key", badge_id=make_badge("kind", {}).id, member_id=ada.id, version=1, awarded_at=NOW, sign_due=False)
    db.session.add(award)
    db.session.commit()
    people = [{"handle": "ada", "persona": "Here most weeks"}]
    community.open_doors(people, {"ada": ada.id}, NOW)
    db.session.refresh(award)
    assert award.sign_due


def test_where_it_is_no_demo_nobody_is_invented(app, db, monkeypatch):
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], demo=False))
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert "nobody was invented" in result.stderr
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Member)) == 0
