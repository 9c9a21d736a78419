"""What a document showed and must not show any longer, however it came about."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import changes, drain
from recognition.activities.models import Activity
from recognition.badges import jobs
from recognition.badges.models import Award
from recognition.badges.services import answering
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge
from tests.factories.credentials import NOW, document, issued
from tests.factories.identity import make_member


@pytest.mark.parametrize("way", ["withdrawn", "hidden"])
def test_hidden_while_the_badge_was_declined_it_does_not_come_back_with_it(db: Any, client: Any, way: str) -> None:
    award = issued(deeds=1, visibility="public")
    deed_id = db.session.scalar(sa.select(Activity.id).where(Activity.kind == "talk"))
    assert f"/activities/{deed_id}" in str(document(award)["evidence"])
    answering.decline(award.member_id, award.key, NOW)
    db.session.commit()
    if way == "withdrawn":
        changes.withdraw([deed_id], award.member_id, "", NOW)
    else:
        changes.set_visibility(deed_id, "members", NOW)
    db.session.commit()
    assert answering.accept(award.member_id, [award.key], NOW) == 1
    db.session.commit()
    assert jobs.sign() == 1
    assert [one["id"] for one in document(award)["evidence"]] == [f"http://localhost/awards/{award.key}"]
    assert f"/activities/{deed_id}" not in client.get(f"/ob/3/credentials/{award.key}").text


def test_a_place_that_is_none_any_more_is_told_no_longer(db: Any) -> None:
    ada = make_member("ada", wears_at_once=True)
    make_badge("podium", {"placed": "any", "top": 3})
    facts = [
        make_activity(ada.id, kind="contest.placed", object=f"contest:c{place}", data={"place": place}, fingerprinted=False)
        for place in (1, 3)
    ]
    db.session.commit()
    drain.drain()
    jobs.sign()
    award = db.session.scalars(sa.select(Award)).one()
    assert [one["value"] for one in document(award)["credentialSubject"]["result"]] == ["1"]
    changes.withdraw([facts[0].id], None, "The votes were counted anew.", NOW)
    db.session.commit()
    assert jobs.sign() == 1
    assert [one["value"] for one in document(award)["credentialSubject"]["result"]] == ["3"]
