"""Two rows of one person become one: nothing is lost, nothing counts twice, the empty row is nowhere."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import thanking
from recognition.activities.changes import withdraw
from recognition.activities.confirming import confirm
from recognition.activities.drain import drain, waiting_count
from recognition.activities.models import Activity, Comment, Confirmation, ContentReport, NamedPerson, TagMove, TagRule
from recognition.announcements.models import MailWish, Notice
from recognition.announcements.wishing import set_rhythm
from recognition.audit.models import AuditEntry
from recognition.badges.models import HAND, Award, Badge, Claim, ClaimCode, IssuerBlock, Nomination
from recognition.badges.services.codes import NoClaim, claim, make_code
from recognition.badges.services.giving import hand_out
from recognition.campaigns import services as campaigns
from recognition.campaigns.models import Campaign, CampaignMember, CampaignReached
from recognition.identity.models import Account, Grant, Member, MemberMerge, Membership
from recognition.identity.rules import NotAllowed, Refused
from recognition.identity.services.merging import merge
from recognition.identity.services.roles import reinstate
from recognition.identity.services.unmerging import unmerge
from recognition.inlets.models import Inlet, LinkedAccount, Sighting, Statement
from recognition.leaderboards.models import Board, Standing
from recognition.quests.models import Enrolment
from recognition.webhooks.models import Webhook, WebhookMessage
from tests.dumps import differing, dump
from tests.factories.activities import REPORTED, make_activity
from tests.factories.badges import make_badge
from tests.factories.campaigns import make_campaign
from tests.factories.identity import JOINED, make_group, make_member
from tests.factories.quests import begin, make_quest


@pytest.fixture
def two(db) -> tuple[Member, Member]:
    return make_member("old", joined_at=JOINED - timedelta(days=100), on_boards=True), make_member("new", on_boards=True)


@pytest.fixture
def become_one(app, db, two):
    """Merges, drains and compares everything with the log. When the test has looked, takes the two apart again: every row
    of every table is what it was."""
    done: list[MemberMerge] = []
    before: list[Any] = []

    def do(brings_more: bool = False) -> MemberMerge:
        """`brings_more`: what both did together earns something that neither had, and that stays for a person to judge."""
        db.session.commit()
        if not waiting_count() and not brings_more:
            before.append(dump())
        done.append(merge(*two, None, "One person, two lists", REPORTED))
        db.session.commit()
        assert_nothing_differs(app)
        drain()
        assert_nothing_differs(app)
        return done[0]

    yield do
    if done:
        db.session.rollback()
        assert unmerge(done[0].id, None, "Two people after all", REPORTED) == []
        db.session.commit()
        drain()
        assert_nothing_differs(app)
        if before:
            assert differing(before[0], dump()) == {}


def assert_nothing_differs(app: Any) -> None:
    from recognition.extensions import db

    found = [(name, one) for name, find, _mend in app.extensions["checks"] for one in find()]
    db.session.rollback()
    assert found == []


def test_deeds_move_and_a_deed_told_by_both_counts_once(db, two, become_one):
    old, new = two
    db.session.add(Board(slug="all", name="All", kinds=[]))
    make_badge("three", {"count": {}, "at_least": 3})
    same = [make_activity(member.id, text="The same talk").id for member in (new, old)]
    other = make_activity(old.id, text="Another").id
    third = make_activity(new.id, text="A third").id
    gone = make_activity(old.id, text="Gone").id
    withdraw([gone], old.id, "", REPORTED)
    db.session.commit()
    drain()
    done = become_one(brings_more=True)
    rows = db.session.execute(sa.select(Activity.id, Activity.member_id, Activity.points, Activity.repeat_of_id)
                              .where(Activity.source == "tests").order_by(Activity.id)).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        (same[0], new.id, 5, None), (same[1], new.id, 0, same[0]), (other, new.id, 5, None), (third, new.id, 5, None),
        (gone, new.id, 5, None),
    ]  # fmt: skip
    assert db.session.execute(sa.select(Standing.member_id, Standing.score).where(Standing.period == "all")).all() == [
        (new.id, 15)
    ]
    assert db.session.execute(sa.select(Award.member_id)).all() == [(new.id,)]
    assert done.moved["activities"]["deeds"] == [same[1], other, gone]
    assert done.moved["activities"]["repeats"] == {str(same[1]): [None, 5]}


def test_the_earlier_award_stays(db, two, become_one):
    old, new = two
    first, second = make_badge("first"), make_badge("second", {"count": {"kind": "talk"}, "at_least": 1})
    make_badge("pins", {"count": {"kind": "badge.awarded"}, "at_least": 2})
    make_activity(new.id, text="1", kind="talk")
    db.session.commit()
    drain()
    make_activity(old.id, text="2", kind="talk")
    db.session.commit()
    drain()
    early = sa.update(Award).where(Award.member_id == old.id, Award.badge_id == first.id)
    db.session.execute(early.values(awarded_at=JOINED, shown=True))
    held = {
        (row.badge_id, row.member_id): row.id for row in db.session.execute(sa.select(Award.badge_id, Award.member_id, Award.id))
    }
    first_id, second_id, old_id, new_id = first.id, second.id, old.id, new.id
    become_one()
    live = (
        sa.select(Award.badge_id, Award.id).where(Award.member_id == new_id, Award.revoked_at.is_(None)).order_by(Award.badge_id)
    )
    found = dict(db.session.execute(live).all())
    assert found[first_id] == held[first_id, old_id]
    assert found[second_id] == held[second_id, new_id]
    left = sa.select(Award.id, Award.revoked_reason).where(Award.member_id == old_id).order_by(Award.id)
    rest = dict(tuple(row) for row in db.session.execute(left))
    assert {held[first_id, new_id], held[second_id, old_id]} <= set(rest)
    assert set(rest.values()) == {"The same person held it twice."}
    assert set(db.session.scalars(sa.select(Badge.holders_count))) <= {0, 1}


def test_words_of_witnesses(db, two, become_one):
    old, new = two
    ada, bob = make_member("ada"), make_member("bob")
    mine, yours, adas, bobs = (make_activity(who.id, text="x").id for who in (new, old, ada, bob))
    confirm(mine, old.id, REPORTED)  # to oneself from now on
    confirm(yours, ada.id, REPORTED)
    confirm(adas, old.id, REPORTED)
    confirm(adas, new.id, REPORTED)  # twice the same word from now on
    confirm(bobs, old.id, REPORTED)
    confirm(mine, bob.id, REPORTED)  # a closed pair from now on
    second = make_activity(bob.id, text="y").id
    confirm(second, new.id, REPORTED)
    db.session.commit()
    drain()
    become_one()
    words = db.session.execute(sa.select(Confirmation.activity_id, Confirmation.witness_id, Confirmation.counts)
                               .order_by(Confirmation.activity_id, Confirmation.witness_id)).all()  # fmt: skip
    assert [tuple(word) for word in words] == [
        (mine, bob.id, True), (yours, ada.id, True), (adas, new.id, True), (bobs, new.id, True), (second, new.id, False),
    ]  # fmt: skip
    evidence = db.session.execute(
        sa.select(Activity.id, Activity.evidence).where(Activity.source == "tests").order_by(Activity.id)
    )
    # Ada and New confirmed one deed each of the other's; so did Bob and New, whose second word for Bob is no proof.
    assert dict(tuple(row) for row in evidence) == {mine: 2, yours: 2, adas: 2, bobs: 2, second: 0}
    live = sa.select(Activity.member_id, Activity.kind, Activity.object).where(
        Activity.source == "confirmations", Activity.withdrawn_at.is_(None)
    )
    assert sorted(tuple(row) for row in db.session.execute(live)) == sorted(
        [(new.id, "activity.confirmed", f"activity:{mine}"), (bob.id, "confirmation.given", f"activity:{mine}"),
         (new.id, "activity.confirmed", f"activity:{yours}"), (ada.id, "confirmation.given", f"activity:{yours}"),
         (ada.id, "activity.confirmed", f"activity:{adas}"), (new.id, "confirmation.given", f"activity:{adas}"),
         (bob.id, "activity.confirmed", f"activity:{bobs}"), (new.id, "confirmation.given", f"activity:{bobs}")]
    )  # fmt: skip


def test_thanks(db, two, become_one):
    old, new = two
    ada = make_member("ada")
    thanking.thank(old.id, ada.id, "From old", REPORTED, "a")
    thanking.thank(ada.id, old.id, "To old", REPORTED, "b")
    thanking.thank(old.id, new.id, "To myself", REPORTED, "c")
    become_one()
    assert [(one.words, one.other.handle) for one in thanking.received(new.id, new).items] == [("To old", "ada")]
    assert [(one.words, one.other.handle) for one in thanking.received(ada.id, ada).items] == [("From old", "new")]
    objects = sa.select(Activity.member_id, Activity.kind, Activity.object).where(Activity.withdrawn_at.is_(None))
    assert sorted(tuple(row) for row in db.session.execute(objects)) == sorted(
        [(new.id, "thanks.given", f"member:{ada.id}"), (ada.id, "thanks.received", f"member:{new.id}"),
         (ada.id, "thanks.given", f"member:{new.id}"), (new.id, "thanks.received", f"member:{ada.id}")]
    )  # fmt: skip
    assert db.session.scalar(sa.select(sa.func.count()).where(Notice.member_id == old.id)) == 0


def test_the_furthest_enrolment_stays(db, two, become_one):
    old, new = two
    alone, ahead, behind = (make_quest(slug, ("read", "read", "read"), position=n) for n, slug in enumerate("abc"))
    begin(old, alone, 3)
    begin(old, ahead, 3)
    begin(new, ahead, 1)
    begin(old, behind, 1)
    begin(new, behind, 2)
    alone_id, ahead_id, behind_id = alone.id, ahead.id, behind.id
    drain()
    become_one()
    rows = sa.select(Enrolment.quest_id, Enrolment.finished_at.is_not(None)).where(Enrolment.member_id == new.id)
    assert sorted(tuple(row) for row in db.session.execute(rows)) == [(alone_id, True), (ahead_id, True), (behind_id, False)]
    counts = sa.select(Activity.kind, sa.func.count()).where(Activity.source == "quests", Activity.withdrawn_at.is_(None))
    assert dict(tuple(row) for row in db.session.execute(counts.group_by(Activity.kind))) == {
        "quest.step": 8,
        "quest.finished": 2,
    }


def test_what_one_told_about_somebody_else_counts_once(db, two, become_one):
    old, _new = two
    ada = make_member("ada", on_boards=True)
    db.session.add(Board(slug="all", name="All", kinds=[]))
    make_activity(ada.id, text="Told by old", reporter_id=old.id)
    db.session.commit()
    drain()
    become_one()
    scores = sa.select(Standing.score).where(Standing.member_id == ada.id, Standing.period == "all")
    assert list(db.session.scalars(scores)) == [5]


def test_whom_deeds_name_and_what_was_said_of_them(db, two, become_one):
    old, new = two
    ada = make_member("ada")
    adas, second, own = (make_activity(who.id, text=text).id for who, text in ((ada, "x"), (ada, "y"), (new, "z")))
    asked = {"role": "seen", "asked_at": JOINED}
    answered = {**asked, "answer": "yes", "answered_at": REPORTED}
    db.session.add_all(
        [
            NamedPerson(activity_id=adas, member_id=old.id, **answered), NamedPerson(activity_id=adas, member_id=new.id, **asked),
            NamedPerson(activity_id=second, member_id=old.id, **asked), NamedPerson(activity_id=own, member_id=old.id, **asked),
            Comment(activity_id=adas, member_id=old.id, nonce="n", text="Well done", said_at=REPORTED),
            ContentReport(subject=f"activity:{adas}", reporter_id=old.id, reason="?", reported_at=REPORTED),
            ContentReport(subject=f"activity:{adas}", reporter_id=new.id, reason="!", reported_at=REPORTED),
            ContentReport(subject=f"activity:{second}", reporter_id=old.id, reason="?", reported_at=REPORTED),
        ]
    )  # fmt: skip
    db.session.commit()
    drain()
    become_one()
    named = sa.select(NamedPerson.activity_id, NamedPerson.member_id, NamedPerson.answer).order_by(NamedPerson.activity_id)
    assert [tuple(row) for row in db.session.execute(named)] == [(adas, new.id, "yes"), (second, new.id, None)]
    assert list(db.session.scalars(sa.select(Comment.member_id))) == [new.id]
    reports = sa.select(ContentReport.subject, ContentReport.reporter_id, ContentReport.reason).order_by(ContentReport.subject)
    assert [tuple(row) for row in db.session.execute(reports)] == [
        (f"activity:{adas}", new.id, "!"), (f"activity:{second}", new.id, "?"),
    ]  # fmt: skip


def test_what_came_by_itself_and_what_goes_out(db, two, become_one):
    """Inlets, names elsewhere, what was seen there, learning records, webhooks, what the council made of a tag."""
    old, new = two
    group = make_group("here")
    deed = make_activity(old.id, text="#Seen elsewhere").id
    name = {"source": "github", "place": "github.com", "name": "Old", "folded": "old", "asked_at": JOINED}
    db.session.add_all(
        [
            Inlet(key="a", source="feed", name="Hers", member_id=old.id, config={}, made_by_id=old.id, made_at=JOINED),
            Inlet(key="b", source="feed", name="Theirs", group_id=group.id, config={}, made_by_id=old.id, made_at=JOINED),
            LinkedAccount(member_id=old.id, token="1", proven_at=JOINED, proof="page", **name),
            LinkedAccount(member_id=new.id, token="2", **name),
            Sighting(source="github", source_key="1", account="old", member_id=old.id, version_at=JOINED, occurred_at=JOINED,
                     draft={"text": "x"}, state="taken", activity_id=deed, seen_at=JOINED),
            Statement(statement_id="s", member_id=old.id, stored_at=JOINED, body={"id": "s"}),
            hook := Webhook(key="w", member_id=old.id, name="Mine", url="https://a.example/", events=["mine"], made_at=JOINED),
            rule := TagRule(tag="seen", becomes="tag", target="saw", state="done", made_by_id=old.id, made_at=JOINED),
        ]
    )  # fmt: skip
    db.session.flush()
    db.session.add(WebhookMessage(webhook_id=hook.id, key="m", event="activity.told", event_key="1", subject_id=deed,
                                  due_at=JOINED, made_at=JOINED))  # fmt: skip
    db.session.add(TagMove(rule_id=rule.id, activity_id=deed, before={"had": False}))
    db.session.commit()
    drain()
    become_one()
    for column in (Inlet.member_id, LinkedAccount.member_id, Sighting.member_id, Statement.member_id, Webhook.member_id):
        assert list(db.session.scalars(sa.select(column).where(column.is_not(None)))) == [new.id]
    assert list(db.session.scalars(sa.select(LinkedAccount.token))) == ["1"]
    assert db.session.scalar(sa.select(TagMove.activity_id)) == deed


def test_campaigns_are_joined_and_reached_once(db, two, become_one):
    old, new = two
    one, both = (make_campaign(slug, goal_criteria={"count": {}, "at_least": 1}, ends_at=REPORTED + timedelta(days=9999))
                 for slug in ("one", "both"))  # fmt: skip
    for campaign, member in ((one, old), (both, old), (both, new)):
        campaigns.join(campaign, member.id, REPORTED)
    for member in two:
        make_activity(member.id, text=member.handle)
    db.session.commit()
    drain()
    become_one()
    for model, count in ((CampaignMember, Campaign.joined_count), (CampaignReached, Campaign.reached_count)):
        assert set(db.session.scalars(sa.select(model.member_id))) == {new.id}
        assert set(db.session.scalars(sa.select(count))) == {1}
    joined = sa.select(Activity.campaign).where(Activity.kind == "campaign.joined", Activity.withdrawn_at.is_(None))
    assert sorted(db.session.scalars(joined)) == ["both", "one"]


def test_the_terms_that_either_accepted_last(db, two, become_one):
    for slug, versions in (("one", (2, 1)), ("other", (None, 1)), ("third", (3, None))):
        group = make_group(slug)
        for member, version in zip(two, versions, strict=True):
            db.session.add(Membership(group_id=group.id, member_id=member.id, since=JOINED, terms_version=version,
                                      terms_at=JOINED if version else None))  # fmt: skip
    become_one()
    kept = sa.select(Membership.terms_version, Membership.terms_at).order_by(Membership.group_id)
    assert [tuple(row) for row in db.session.execute(kept)] == [(2, JOINED), (1, JOINED), (3, JOINED)]


def test_people_groups_and_what_was_asked_for(db, two, become_one):
    old, new = two
    ada = make_member("ada", mentor_id=old.id)
    here, there, nowhere = (make_group(slug) for slug in ("here", "there", "nowhere"))
    for group, member, state, curator in (
        (here, old, "in", True), (here, new, "asked", False), (there, old, "in", False), (nowhere, new, "out", False),
    ):  # fmt: skip
        db.session.add(Membership(group_id=group.id, member_id=member.id, state=state, is_curator=curator, since=JOINED))
    db.session.add(Account(member_id=old.id, issuer="https://a.example", subject="1", created_at=JOINED))
    db.session.add_all(Grant(member_id=who.id, role="council", granted_at=JOINED) for who in two)
    db.session.add(Grant(member_id=old.id, role="reviewer", granted_at=JOINED))
    badge = make_badge("kind", {"count": {}, "at_least": 9}, nominable=True)
    said = {"badge_id": badge.id, "reason": "Kind", "created_at": JOINED}
    for member, nominator in ((old, ada), (new, ada), (ada, old), (new, old)):
        db.session.add(Nomination(member_id=member.id, nominator_id=nominator.id, **said))
    code = ClaimCode(badge_id=badge.id, code="C", label="C", claims_limit=9, used=2, opens_at=JOINED, expires_at=REPORTED,
                     created_at=JOINED)  # fmt: skip
    db.session.add(code)
    db.session.flush()
    db.session.add_all(Claim(code_id=code.id, member_id=who.id, claimed_at=JOINED) for who in two)
    db.session.add(IssuerBlock(member_id=old.id, group_id=here.id, since=JOINED))
    become_one()
    groups = sa.select(Membership.group_id, Membership.state, Membership.is_curator).where(Membership.member_id == new.id)
    assert sorted(tuple(row) for row in db.session.execute(groups)) == [
        (here.id, "in", True), (there.id, "in", False), (nowhere.id, "out", False),
    ]  # fmt: skip
    assert db.session.scalar(sa.select(Member.mentor_id).where(Member.id == ada.id)) == new.id
    assert (new.roles, old.roles, new.joined_at) == ({"council", "reviewer"}, set(), JOINED - timedelta(days=100))
    assert list(db.session.scalars(sa.select(Account.member_id))) == [new.id]
    asked = db.session.execute(sa.select(Nomination.member_id, Nomination.nominator_id))
    assert sorted(tuple(row) for row in asked) == sorted([(new.id, ada.id), (ada.id, new.id)])
    for column in (Claim.member_id, IssuerBlock.member_id):
        assert list(db.session.scalars(sa.select(column))) == [new.id]


def test_what_one_gave_and_made_is_by_the_other(db, two, become_one):
    old, new = two
    ada, badge = make_member("ada"), make_badge("kind", {}, nominable=True)
    code = make_code(badge, "Party", 10, JOINED, REPORTED + timedelta(days=1), None, old, REPORTED)
    hand_out(badge, [ada.id], REPORTED, how=HAND, giver_id=old.id, reason="For her patience")
    (award,) = db.session.scalars(sa.select(Award))
    award.revoked_by_id = award.kept_by_id = old.id
    said = {"badge_id": badge.id, "reason": "Kind", "created_at": JOINED}
    db.session.add(asked := Nomination(member_id=ada.id, nominator_id=new.id, decided_by_id=old.id, **said))
    assert become_one().moved["badges"]["given"] == [award.id]
    assert {award.given_by_id, award.revoked_by_id, award.kept_by_id, asked.decided_by_id, code.created_by_id} == {new.id}
    with pytest.raises(NoClaim):
        claim(code.code, new, REPORTED)


def test_the_empty_row_is_nowhere_and_stays_so(db, two, become_one, client):
    old, new = two
    make_activity(old.id, visibility="public")
    done = become_one()
    assert (old.state, old.merged_into_id, done.reason) == ("suspended", new.id, "One person, two lists")
    assert client.get("/members/old").status_code == 404
    assert 'href="/members/old"' not in client.get("/members/").text + client.get("/activities/").text
    with pytest.raises(Refused):
        reinstate(old, None)
    with pytest.raises(Refused):
        merge(old, new, None, "Again", REPORTED)
    entries = sa.select(AuditEntry.action, AuditEntry.before).where(AuditEntry.action == "member.merged")
    assert [tuple(row) for row in db.session.execute(entries)] == [("member.merged", {"from": old.id})]


def test_who_may_join_two_rows(db, two):
    old, new = two
    council, admin = make_member("council", roles=("council",)), make_member("admin", roles=("admin",))
    plain, gone = make_member("plain"), make_member("gone", state="suspended")
    for actor, source, target, refusal in (
        (plain, old, new, NotAllowed), (council, council, new, NotAllowed), (council, old, council, NotAllowed),
        (council, admin, new, NotAllowed), (council, old, old, Refused), (admin, old, gone, Refused),
    ):  # fmt: skip
        with pytest.raises(refusal):
            merge(source, target, actor, "Why", REPORTED)
    with pytest.raises(Refused):
        merge(old, new, council, "  ", REPORTED)
    assert merge(old, new, council, "One person", REPORTED).actor_id == council.id


def test_on_the_command_line(app, db, two):
    make_activity(two[0].id)
    db.session.commit()
    runner = app.test_cli_runner()
    result = runner.invoke(args=["member", "merge", "old", "new", "--reason", "One person"])
    assert (result.exit_code, result.stdout) == (0, "old is new now. `recognition drain` adds what moved.\n")
    again = runner.invoke(args=["member", "merge", "old", "new", "--reason", "One person"])
    assert again.exit_code == 1
    drain()
    assert runner.invoke(args=["check"]).exit_code == 0


@pytest.mark.parametrize("who", ["old", "both", "new"])
def test_what_was_said_about_mails_holds_and_the_row_that_stays_is_heard_first(
    db: Any, two: Any, become_one: Any, who: str
) -> None:
    old, new = two
    for member in {"old": [old], "new": [new], "both": [old, new]}[who]:
        set_rhythm(member.id, "news", "week" if member is old else "never", REPORTED)
    become_one()
    kept = [(row.member_id, row.rhythms) for row in db.session.scalars(sa.select(MailWish))]
    assert kept == [(new.id, {"news": "week" if who == "old" else "never"})]
