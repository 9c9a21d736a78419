"""Two people again: what came since stays where it came, what somebody changed since stands, and who may do it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.drain import drain
from recognition.activities.models import Activity
from recognition.audit.models import AuditEntry
from recognition.badges.models import Award, Nomination
from recognition.campaigns import services as campaigns
from recognition.campaigns.models import CampaignMember
from recognition.identity.models import Account, ApiToken, Member, MemberMerge, Membership
from recognition.identity.rules import NotAllowed, Refused
from recognition.identity.services import merge_suggestions
from recognition.identity.services.differences import about_members
from recognition.identity.services.merging import merge
from recognition.identity.services.tokens import add_token
from recognition.identity.services.unmerging import newest, unmerge
from tests.factories.activities import REPORTED, make_activity
from tests.factories.badges import make_badge
from tests.factories.campaigns import make_campaign
from tests.factories.identity import JOINED, make_group, make_member

WHY = "Two people after all"


def join(db: Any, source: Member, target: Member) -> MemberMerge:
    done = merge(source, target, None, "One person", REPORTED)
    db.session.commit()
    drain()
    return done


def test_what_came_since_stays_and_what_somebody_changed_stands(db):
    old, new, third = make_member("old"), make_member("new"), make_member("third")
    group = make_group("here")
    db.session.add(Account(member_id=old.id, issuer="https://a.example", subject="1", created_at=JOINED))
    db.session.add(Membership(group_id=group.id, member_id=old.id, state="in", since=JOINED))
    theirs = make_activity(old.id, text="Before").id
    mentee = make_member("mentee", mentor_id=old.id)
    db.session.commit()
    drain()
    done = join(db, old, new)
    since = make_activity(new.id, text="Since").id
    mentee.mentor_id = third.id
    new.name = "Another name"
    db.session.commit()
    drain()
    left = unmerge(done.id, None, WHY, REPORTED)
    db.session.commit()
    assert [(one["table"], one["key"], one["was"]) for one in left] == [("member", [mentee.id], {"mentor_id": old.id})]
    rows = sa.select(Activity.id, Activity.member_id).where(Activity.id.in_((theirs, since))).order_by(Activity.id)
    assert [tuple(row) for row in db.session.execute(rows)] == [(theirs, old.id), (since, new.id)]
    assert (mentee.mentor_id, new.name, old.state, old.merged_into_id) == (third.id, "Another name", "active", None)
    assert db.session.scalar(sa.select(Account.member_id)) == old.id
    assert db.session.scalar(sa.select(Membership.member_id)) == old.id


def test_a_key_that_the_merge_ended_is_good_again_unless_its_owner_ended_it(db):
    old, new = make_member("old"), make_member("new")
    for _turn in range(2):
        add_token(old, ["activities:read"], JOINED)
    ended = db.session.scalars(sa.select(ApiToken).order_by(ApiToken.id)).first()
    ended.revoked_at = JOINED
    db.session.commit()
    done = join(db, old, new)
    unmerge(done.id, None, WHY, REPORTED)
    db.session.commit()
    revoked = db.session.scalars(sa.select(ApiToken.revoked_at).order_by(ApiToken.id)).all()
    assert revoked == [JOINED, None]


def test_what_only_both_together_earned_waits_for_a_person(app, db):
    old, new = make_member("old"), make_member("new")
    make_badge("two", {"count": {}, "at_least": 2})
    for member in (old, new):
        make_activity(member.id, text=member.handle)
    db.session.commit()
    drain()
    done = join(db, old, new)
    assert db.session.execute(sa.select(Award.member_id, Award.unsupported_at)).all() == [(new.id, None)]
    unmerge(done.id, None, WHY, REPORTED)
    db.session.commit()
    drain()
    award = db.session.scalars(sa.select(Award)).one()
    assert (award.member_id, award.revoked_at) == (new.id, None)
    assert award.unsupported_at is not None
    assert [one for _name, find, _mend in app.extensions["checks"] for one in find()] == []


def test_joined_parted_and_joined_again(db):
    old, new = make_member("old"), make_member("new")
    deed = make_activity(old.id, text="Hers").id
    db.session.commit()
    drain()
    for _turn in range(2):
        done = join(db, old, new)
        assert newest(old.id) is done
        assert db.session.scalar(sa.select(Activity.member_id).where(Activity.id == deed)) == new.id
        unmerge(done.id, None, WHY, REPORTED)
        db.session.commit()
        assert db.session.scalar(sa.select(Activity.member_id).where(Activity.id == deed)) == old.id
    assert newest(old.id) is None
    acts = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("member.")).order_by(AuditEntry.id)
    assert list(db.session.scalars(acts)) == ["member.merged", "member.unmerged"] * 2


def test_of_three_that_were_joined_the_last_is_parted_first(db):
    one, two, three = (make_member(handle) for handle in ("one", "two", "three"))
    deeds = [make_activity(member.id, text=member.handle).id for member in (one, two, three)]
    db.session.commit()
    drain()
    first, second = join(db, one, two), join(db, two, three)
    with pytest.raises(Refused, match="Take that apart first"):
        unmerge(first.id, None, WHY, REPORTED)
    db.session.rollback()
    for done in (second, first):
        unmerge(done.id, None, WHY, REPORTED)
        db.session.commit()
    rows = sa.select(Activity.member_id).where(Activity.id.in_(deeds)).order_by(Activity.id)
    assert list(db.session.scalars(rows)) == [one.id, two.id, three.id]


def test_who_may_take_two_apart(db):
    old, new = make_member("old"), make_member("new")
    council, plain = make_member("council", roles=("council",)), make_member("plain")
    db.session.commit()
    done = join(db, old, new)
    with pytest.raises(NotAllowed):
        unmerge(done.id, plain, WHY, REPORTED)
    with pytest.raises(Refused, match="in a sentence"):
        unmerge(done.id, council, "  ", REPORTED)
    done.differences = None
    db.session.commit()
    with pytest.raises(Refused, match="before the house kept"):
        unmerge(done.id, council, WHY, REPORTED)


def test_on_the_command_line(app, db):
    old, new = make_member("old"), make_member("new")
    db.session.commit()
    join(db, old, new)
    runner = app.test_cli_runner()
    result = runner.invoke(args=["member", "unmerge", "old", "--reason", WHY])
    assert (result.exit_code, result.stdout) == (
        0,
        "old is old again. 0 rows were changed by somebody since and stay as they are.\n",
    )
    again = runner.invoke(args=["member", "unmerge", "old", "--reason", WHY])
    assert (again.exit_code, "was not joined to anybody" in again.output) == (1, True)


def test_what_was_left_while_they_were_one_stays_left(app, db):
    old, new = make_member("old"), make_member("new")
    campaign = make_campaign("spring", ends_at=REPORTED + timedelta(days=9999))
    campaigns.join(campaign, old.id, REPORTED)
    db.session.commit()
    drain()
    done = join(db, old, new)
    campaigns.leave(campaign, new.id)
    db.session.commit()
    unmerge(done.id, None, WHY, REPORTED)
    db.session.commit()
    drain()
    db.session.refresh(campaign)
    assert (list(db.session.scalars(sa.select(CampaignMember.member_id))), campaign.joined_count) == ([], 0)
    assert [one for _name, find, _mend in app.extensions["checks"] for one in find()] == []


def test_what_cannot_come_back_any_more_stays_away(db):
    """It was said anew."""
    old, new = make_member("old"), make_member("new")
    badge = make_badge("kind", {"count": {}, "at_least": 9}, nominable=True)
    said = {"badge_id": badge.id, "member_id": new.id, "nominator_id": old.id, "created_at": JOINED}
    db.session.add(Nomination(reason="Kind", **said))
    db.session.commit()
    done = join(db, old, new)
    assert db.session.scalars(sa.select(Nomination.id)).all() == []
    db.session.add(Nomination(reason="Anew", **said))
    db.session.commit()
    assert "Kind" in str(done.differences)
    left = unmerge(done.id, None, WHY, REPORTED)
    db.session.commit()
    assert done.differences is None
    assert [one["table"] for one in left] == ["nomination"]
    assert db.session.scalars(sa.select(Nomination.reason)).all() == ["Anew"]
    assert (old.state, old.merged_into_id) == ("active", None)


def test_what_somebody_who_is_gone_said_does_not_come_back(db):
    old, new, ada = (make_member(handle) for handle in ("old", "new", "ada"))
    badge = make_badge("kind", {"count": {}, "at_least": 9}, nominable=True)
    for member in (old, new):
        db.session.add(Nomination(badge_id=badge.id, member_id=member.id, nominator_id=ada.id, reason="Kind", created_at=JOINED))
    db.session.commit()
    done = join(db, old, new)
    db.session.delete(ada)
    db.session.commit()
    left = unmerge(done.id, None, WHY, REPORTED)
    db.session.commit()
    assert [one["table"] for one in left] == ["nomination"]


def test_a_role_that_both_had_comes_back_by_an_admin_only(db):
    old, new = make_member("old", roles=("admin",)), make_member("new", roles=("admin",))
    council, admin = make_member("council", roles=("council",)), make_member("boss", roles=("admin",))
    db.session.commit()
    done = join(db, old, new)
    with pytest.raises(NotAllowed):
        unmerge(done.id, council, WHY, REPORTED)
    db.session.rollback()
    unmerge(done.id, admin, WHY, REPORTED)
    assert old.roles == {"admin"}


def test_the_log_is_not_read_from_end_to_end(db):
    """Of the largest table only what an index leads to is asked for."""
    table = Activity.__table__
    leading = {next(iter(index.columns)).name for index in table.indexes}
    asked = {condition.left.name for which, condition in about_members([1, 2]) if which is table}
    assert asked == {"member_id", "reporter_id"}
    assert asked <= leading


def test_nobody_is_asked_again_about_two_who_were_taken_apart(db):
    old, new = make_member("old", name="Kim Lee"), make_member("new", name="Kim Lee")
    db.session.commit()
    done = join(db, old, new)
    unmerge(done.id, None, WHY, REPORTED)
    db.session.commit()
    merge_suggestions.look(REPORTED)
    assert merge_suggestions.waiting(None).items == []
