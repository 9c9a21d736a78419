"""Two rows of one person become one: what either of them kept to themselves is shown by nobody."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.badges import rebuild
from recognition.badges.models import HAND, Award, Badge
from recognition.badges.services import answering, giving
from recognition.identity.services.merging import merge
from tests.factories.activities import REPORTED
from tests.factories.badges import make_badge
from tests.factories.identity import make_member


@pytest.mark.parametrize("word", ["keep", "decline"])
@pytest.mark.parametrize("quiet", ["old", "new"])
@pytest.mark.parametrize("levels", [(1, 1), (5, 1), (1, 5)])
def test_the_more_reserved_of_two_answers_holds(db: Any, quiet: str, word: str, levels: tuple[int, int]) -> None:
    old, new, badge = make_member("old"), make_member("new"), make_badge("talker", {}, levels=[1, 5])
    for member, level in zip((old, new), levels, strict=True):
        giving.hand_out(badge, [member.id], REPORTED, how=HAND, giver_id=None, reason="Seen.", level=level)
    reserved = old if quiet == "old" else new
    key = db.session.scalars(sa.select(Award.key).where(Award.member_id == reserved.id)).first()
    if word == "keep":
        answering.show(reserved.id, key, False)
    else:
        answering.decline(reserved.id, key, REPORTED)
    db.session.commit()
    merge(old, new, None, "One person", REPORTED)
    db.session.commit()
    assert (
        db.session.scalars(sa.select(Award.id).where(Award.member_id == new.id, Award.shown, Award.revoked_at.is_(None))).all()
        == []
    )
    assert db.session.scalar(sa.select(Badge.holders_count)) == 0
    assert list(rebuild.check()) == []


def test_what_both_show_is_shown(db: Any) -> None:
    old, new, badge = make_member("old"), make_member("new"), make_badge("talker", {})
    giving.hand_out(badge, [old.id, new.id], REPORTED, how=HAND, giver_id=None, reason="Seen.")
    db.session.commit()
    merge(old, new, None, "One person", REPORTED)
    db.session.commit()
    assert db.session.scalar(sa.select(Badge.holders_count)) == 1
