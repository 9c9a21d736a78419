"""Following: one press, one letter at one's own rhythm with what one may see, and nobody else ever knows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition.activities.models import TagRule
from recognition.activities.rules import tags_in
from recognition.announcements import following, jobs
from recognition.announcements.following import FOLLOWS_MAX, Thing, TooMany, follow, follows, stop
from recognition.announcements.models import Follow, MailWish
from recognition.announcements.wishes import meant_by
from recognition.announcements.wishing import Said, save, set_rhythm
from recognition.clock import as_of
from recognition.identity.services.merging import merge
from recognition.identity.services.unmerging import unmerge
from tests.announcements.test_mailing import connected, reader
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign
from tests.factories.identity import make_group, make_member
from tests.identity.pages import send
from tests.servers.mail import Mailbox

SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def post(app: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    yield from connected(app, mailbox.port, mailbox)


def run(at: datetime) -> None:
    with as_of(at):
        jobs.send()


def deed(member: Any, text: str, **changes: Any) -> int:
    tags = tuple(tags_in(text))
    return make_activity(member.id, **{"text": text, "tags": tags, "visibility": "public", "fingerprinted": False, **changes}).id


def lines(post: Mailbox, place: int = 0) -> list[str]:
    said = [line.strip() for line in post.words(place).replace("\r\n", "\n").split("\n")]
    return [line for line in said[: said.index("All that you follow, and where to stop:")] if line.startswith(("*", "#", "The"))]


def test_one_letter_with_what_its_reader_may_see_when_it_goes(db: Any, post: Mailbox) -> None:
    ada, bea, eve, gone = reader(db), make_member("bea", name="Thea"), make_member("eve", name="Eve"), make_member("gone")
    group = make_group("garden", name="The Garden")
    for thing in (Thing("tag", "tea"), Thing("group", "garden"), following.person(bea.id), following.person(gone.id)):
        follow(ada.id, thing, SUNDAY - WEEK)
    deed(bea, "Thea's first #tea")
    for number in range(5):
        deed(eve, f"Cup {number} #tea", visibility="members")
    deed(eve, "Only for me #tea", visibility="me")
    deed(ada, "My own #tea")
    deed(gone, "Not to be seen #tea")
    deed(eve, "Planted a tree", group_id=group.id)
    deed(eve, "Years ago #tea", occurred_at=SUNDAY - 9 * WEEK - timedelta(days=7))
    deed(eve, "Nothing that is followed")
    taken_back = deed(eve, "Taken back", group_id=group.id)
    gone.state = "suspended"
    db.session.execute(sa.text("UPDATE activity SET withdrawn_at = reported_at WHERE id = :id"), {"id": taken_back})
    db.session.commit()
    run(SUNDAY)
    assert post.mails == []
    run(MONDAY)
    run(MONDAY)
    assert [(mail["To"], mail["Subject"]) for mail in post.mails] == [
        ("ada@mail.example", "What you follow: news of this week")
    ]  # fmt: skip
    assert lines(post) == [
        "Thea", "* Thea: Thea's first #tea", "The Garden", "* Eve: Planted a tree", "#tea", "* Eve: Cup 4 #tea",
        "* Eve: Cup 3 #tea", "* Eve: Cup 2 #tea", "* and 3 more",
    ]  # fmt: skip
    assert "http://localhost/activities/?tag=tea" in post.words()
    assert "Cup 4 #tea</a>" in post.words(0, "html")
    run(MONDAY + WEEK)
    assert len(post.mails) == 1


def test_its_rhythm_is_chosen_and_one_press_in_the_mail_ends_it(db: Any, client: FlaskClient, post: Mailbox) -> None:
    ada, eve = reader(db), make_member("eve")
    follow(ada.id, following.person(eve.id), SUNDAY)
    save(ada.id, Said({"following": "day"}, "", "UTC", 0, 8, 0, 0), SUNDAY)
    make_activity(eve.id, text="A talk", visibility="public")
    db.session.execute(sa.text("UPDATE activity SET reported_at = :at"), {"at": "2026-11-22 20:00:00.000000"})
    db.session.commit()
    run(MONDAY)
    assert post.mails[0]["Subject"] == "What you follow: news since yesterday"
    address = post.mails[0]["List-Unsubscribe"].strip("<>").replace("\n", "").replace(" ", "")
    assert meant_by(address.rsplit("/", 1)[1]) == (ada.id, "following")
    set_rhythm(ada.id, "following", "never", MONDAY)
    assert (db.session.get_one(MailWish, ada.id).follows_due_at, len(follows(ada.id))) == (None, 1)


def test_a_tag_that_the_council_writes_another_way_by_now(db: Any, post: Mailbox) -> None:
    ada, eve = reader(db), make_member("eve", name="The E")
    for tag in ("teas", "tea", "chai"):
        follow(ada.id, Thing("tag", tag), SUNDAY - WEEK)
    for tag, target in (("teas", "tea"), ("chai", "teas")):
        db.session.add(TagRule(tag=tag, becomes="tag", target=target, state="done", made_at=SUNDAY))
    deed(eve, "A cup", tags=("chai",))
    db.session.commit()
    run(MONDAY)
    assert lines(post) == ["#chai", "* The E: A cup"]


def test_the_log_is_asked_once_for_all_who_hear_at_the_same_time(db: Any, post: Mailbox, count_queries: Any) -> None:
    readers = [reader(db, f"m{number}") for number in range(3)]
    for member in readers:
        follow(member.id, Thing("tag", "tea"), SUNDAY - WEEK)
        for number in range(4):
            deed(member, f"{member.handle} {number} #tea")
    db.session.commit()
    with count_queries() as seen:
        run(MONDAY)
    assert sum("row_number()" in one for one in seen) == 1
    assert [lines(post, place)[-1] for place in range(3)] == ["* and 5 more"] * 3
    own = [to.partition("@")[0] for to in post.to]
    assert [f"{handle} 3 #tea" in post.words(place) for place, handle in enumerate(own)] == [False] * 3


def test_pressed_on_each_page_seen_and_stopped_on_the_list(db: Any, client: FlaskClient, sign_in: Any) -> None:
    ada, bea = reader(db), make_member("bea", name="Bea")
    make_group("garden", name="The Garden")
    make_campaign("draw-mdm", title="Draw MDM", state="published")
    db.session.commit()
    sign_in(client, ada)
    places = {"/activities/?tag=tea": ("tag", "tea"), "/groups/garden": ("group", "garden"),
              "/campaigns/draw-mdm": ("campaign", "draw-mdm"), "/members/bea": ("member", "bea")}  # fmt: skip
    for page, (sort, name) in places.items():
        assert 'value="follow"' in client.get(page).text
        for _time in range(2):
            answer = send(client, page, "/me/follows", sort=sort, name=name, do="follow")
            assert (answer.status_code, answer.headers["Location"]) == (303, page)
        assert "Stop following" in client.get(page).text
    assert [(one.sort, one.name) for one in follows(ada.id)] == [
        ("campaign", "draw-mdm"), ("group", "garden"), ("member", str(bea.id)), ("tag", "tea")]  # fmt: skip
    mine = client.get("/me/mail").text
    assert [mine.count(f"Stop following {words}") for words in ("Bea", "The Garden", "Draw MDM", "#tea")] == [1] * 4
    assert "Your next digest comes on Monday" in mine
    bea.state = "suspended"
    db.session.commit()
    assert "Stop following Somebody who is not here now" in client.get("/me/mail").text
    for one in follows(ada.id):
        send(client, "/me/mail", f"/me/follows/{one.id}/stop")
    assert (follows(ada.id), db.session.scalar(sa.select(MailWish.follows_due_at))) == ([], None)


def test_what_cannot_be_followed_and_whose_list_is_whose(db: Any, client: FlaskClient, sign_in: Any) -> None:
    ada, bea = make_member("ada"), make_member("bea")
    make_member("gone", state="suspended")
    make_campaign("not-yet", state="draft")
    follow(bea.id, Thing("tag", "tea"), SUNDAY)
    db.session.commit()
    assert 'value="follow"' not in client.get("/members/bea").text
    sign_in(client, ada)
    for sort, name in (("member", "gone"), ("member", "ada"), ("member", "nobody"), ("campaign", "not-yet"), ("group", "no"),
                       ("tag", ""), ("tag", "x" * 65), ("badge", "tea"), ("member", "a\u200bb")):  # fmt: skip
        assert send(client, "/me/mail", "/me/follows", sort=sort, name=name, do="follow").status_code == 404
    theirs = follows(bea.id)[0].id
    send(client, "/me/mail", f"/me/follows/{theirs}/stop")
    assert (len(follows(bea.id)), follows(ada.id)) == (1, [])
    for number in range(FOLLOWS_MAX):
        follow(ada.id, Thing("tag", f"t{number}"), SUNDAY)
    with pytest.raises(TooMany):
        follow(ada.id, Thing("tag", "one-more"), SUNDAY)
    stop(ada.id, Thing("tag", "t0"), SUNDAY)
    follow(ada.id, Thing("tag", "one-more"), SUNDAY)


def test_two_who_become_one_follow_and_are_followed_together_and_who_is_gone_is_gone(db: Any) -> None:
    old, new, eve = (make_member(one) for one in ("old", "new", "eve"))
    council = make_member("amina", roles=("admin",))
    for member, thing in (
        (old, Thing("tag", "tea")), (old, Thing("tag", "cake")), (new, Thing("tag", "cake")), (old, following.person(new.id)),
        (new, following.person(eve.id)), (eve, following.person(old.id)), (eve, following.person(new.id)),
    ):  # fmt: skip
        follow(member.id, thing, SUNDAY)
    db.session.commit()
    before = rows(db)
    done = merge(old, new, council, "One person", SUNDAY)
    db.session.commit()
    assert rows(db) == {(new.id, "tag", "cake", None), (new.id, "tag", "tea", None),
                        (new.id, "member", str(eve.id), eve.id), (eve.id, "member", str(new.id), new.id)}  # fmt: skip
    assert db.session.get_one(MailWish, new.id).follows_due_at == MONDAY
    unmerge(done.id, council, "Two after all", SUNDAY)
    db.session.commit()
    assert rows(db) == before
    gone = new.id
    db.session.execute(sa.text("DELETE FROM member WHERE id = :id"), {"id": gone})
    assert rows(db) == {row for row in before if gone not in (row[0], row[3])}


def rows(db: Any) -> set[tuple[int, str, str, int | None]]:
    db.session.expire_all()
    return {tuple(row) for row in db.session.execute(sa.select(Follow.member_id, Follow.sort, Follow.name, Follow.person_id))}


def test_groups_and_people_have_feeds_of_what_is_public(db: Any, client: FlaskClient) -> None:
    eve, group = make_member("eve"), make_group("garden")
    deed(eve, "Planted a tree", group_id=group.id)
    deed(eve, "For members", group_id=group.id, visibility="members")
    db.session.commit()
    for page, asked in (("/groups/garden", "group=garden"), ("/members/eve", "member=eve")):
        assert f'/feeds/activities.atom?{asked}"' in client.get(page).text
        assert [one["content_text"] for one in client.get(f"/feeds/activities.json?{asked}").json["items"]] == ["Planted a tree"]
