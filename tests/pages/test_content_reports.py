"""Should it stand? Who may ask and decide, what a decision does, and who hears of it."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities import changes, commenting, flagged, flagging
from recognition.activities.models import Activity, Comment, ContentReport
from recognition.activities.rules import FLAGS_A_DAY, NotFlagged, Report
from recognition.announcements.models import Notice
from recognition.audit.models import AuditEntry
from recognition.identity.models import Grant
from recognition.refs import Ref
from tests.activities.test_record import in_threads
from tests.factories.activities import REPORTED, make_activity
from tests.factories.identity import make_member
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures


@pytest.fixture
def house(db) -> dict[str, Any]:
    made = {name: make_member(name) for name in ("ada", "bob", "eve")}
    made |= {name: make_member(name, roles=("council",)) for name in ("cleo", "cora")}
    made["deed"] = make_activity(made["ada"].id, text="A bad deed", visibility="public").id
    made["comment"] = commenting.comment(made["deed"], made["bob"].id, "A bad word", "k", REPORTED)
    db.session.execute(sa.delete(Notice))
    db.session.commit()
    return made


def report(house: dict[str, Any], kind: str, who: str = "eve", reason: str = "It hurts.") -> Ref:
    name = "ada" if kind == "member" else str(house["deed" if kind == "activity" else kind])
    subject = flagged.subject_of(kind, name, house[who])
    assert subject is not None
    flagging.report(subject, house[who], reason, REPORTED)
    return subject.ref


def heard(db: Any) -> list[tuple[int, str, str, str]]:
    rows = db.session.scalars(sa.select(Notice).order_by(Notice.kind, Notice.member_id))
    return [(one.member_id, one.kind, one.path, one.data["words"]) for one in rows]


def test_a_deed_that_is_taken_down_counts_nowhere_and_both_sides_hear(db, house):
    ref = report(house, "activity")
    report(house, "activity", "bob", "It is not true.")
    assert flagging.decide(ref, house["cleo"], "taken_down", "It names somebody.", REPORTED) is True
    assert flagging.decide(ref, house["cora"], "kept", "I see it otherwise.", REPORTED) is False
    row = db.session.get_one(Activity, house["deed"], populate_existing=True)
    assert (row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_reason) == (REPORTED, house["cleo"].id, "It names somebody.")
    said = "It names somebody."
    assert heard(db) == [
        (house["ada"].id, "content.taken_down", f"/activities/{house['deed']}", said),
        (house["bob"].id, "content.taken_down.asked", "", said), (house["eve"].id, "content.taken_down.asked", "", said),
    ]  # fmt: skip
    assert db.session.scalars(sa.select(ContentReport.outcome)).all() == ["taken_down"] * 2
    done = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "content.taken_down")).one()
    assert (done.actor_id, done.target) == (house["cleo"].id, f"activity:{house['deed']}")


def test_a_comment_that_is_taken_down(db, house):
    ref = report(house, "comment")
    flagging.decide(ref, house["cleo"], "taken_down", "Rude.", REPORTED)
    assert db.session.get_one(Comment, house["comment"], populate_existing=True).hidden_at == REPORTED
    path = f"/activities/{house['deed']}#comment-{house['comment']}"
    assert heard(db)[0] == (house["bob"].id, "content.taken_down", path, "Rude.")
    assert flagged.subject_of("comment", str(house["comment"]), house["eve"]) is None


def test_a_profile_that_is_taken_down_hides_words_and_keeps_deeds(db, house):
    house["ada"].bio, house["ada"].name = "Buy my thing", "Cheap Things"
    ref = report(house, "member")
    flagging.decide(ref, house["cleo"], "taken_down", "Advertising.", REPORTED)
    seen = flagged.subject_of("member", "ada", house["eve"])
    assert seen is not None
    assert (seen.owner.name, seen.owner.bio, seen.words) == ("", "", "@ada")
    assert (house["ada"].bio, house["ada"].name) == ("Buy my thing", "Cheap Things")
    assert "cheap" not in house["ada"].search_members
    assert flagged.subject_of("activity", str(house["deed"]), house["eve"]) is not None


def test_what_stays_is_told_to_both(db, house):
    flagging.decide(report(house, "activity"), house["cleo"], "kept", "It is fine.", REPORTED)
    path = f"/activities/{house['deed']}"
    assert heard(db) == [(house["ada"].id, "content.kept", path, "It is fine."),
                         (house["eve"].id, "content.kept.asked", path, "It is fine.")]  # fmt: skip
    assert db.session.get_one(Activity, house["deed"], populate_existing=True).withdrawn_at is None


def test_said_twice_it_is_one_report(db, house):
    report(house, "activity")
    subject = flagged.subject_of("activity", str(house["deed"]), house["eve"])
    assert subject is not None
    assert flagging.report(subject, house["eve"], "Again", REPORTED) is False
    assert db.session.scalars(sa.select(ContentReport.reason)).all() == ["It hurts."]


@pytest.mark.parametrize(("kind", "waiting"), [("activity", []), ("comment", []), ("member", ["Worse."])])
def test_a_profile_that_is_bad_again_can_be_reported_again(db, house, kind, waiting):
    ref = report(house, kind)
    flagging.decide(ref, house["cleo"], "kept", "It is fine.", REPORTED)
    for _time in range(2):
        report(house, kind, reason="Worse.")
    assert [one.reason for one in flagged.open_reports(ref)] == waiting
    assert flagging.decide(ref, house["cleo"], "kept", "Still fine.", REPORTED) is bool(waiting)
    told = [words for member_id, _kind, _path, words in heard(db) if member_id == house["eve"].id]
    assert sorted(told) == ["It is fine.", "Still fine."][: 1 + len(waiting)]


@pytest.mark.parametrize(("who", "why"), [("bob", "nobody of the council"), ("eve", "who asked"), ("ada", "whose it is")])
def test_who_does_not_decide(db, house, who, why):
    ref = report(house, "activity")
    if who != "bob":
        db.session.add(Grant(member_id=house[who].id, role="council", granted_at=REPORTED))
        db.session.flush()
    with pytest.raises(NotFlagged):
        flagging.decide(ref, house[who], "taken_down", "Away with it", REPORTED)
    assert db.session.scalars(sa.select(ContentReport.outcome)).all() == [None]


@pytest.mark.parametrize(("outcome", "words"), [("taken_down", ""), ("kept", " "), ("kept", "x" * 501), ("burnt", "Why not")])
def test_decisions_that_are_none(db, house, outcome, words):
    ref = report(house, "activity")
    with pytest.raises(NotFlagged):
        flagging.decide(ref, house["cleo"], outcome, words, REPORTED)


def test_what_is_gone_can_only_be_closed(db, house):
    ref = report(house, "activity")
    db.session.get_one(Activity, house["deed"]).visibility = "me"
    db.session.flush()
    (question,) = flagged.waiting(house["cleo"], None).items
    assert (question.subject, [voice.reason for voice in question.voices]) == (None, ["It hurts."])
    with pytest.raises(NotFlagged, match="not here any more"):
        flagging.decide(ref, house["cleo"], "taken_down", "Away", REPORTED)
    flagging.decide(ref, house["cleo"], "kept", "It is private now.", REPORTED)
    assert heard(db) == [(house["eve"].id, "content.kept.asked", "", "It is private now.")]


def test_who_puts_a_deed_right_does_not_get_out_of_the_question(db, house):
    flagging.decide(report(house, "activity", "bob"), house["cleo"], "kept", "As it was, it was fine.", REPORTED)
    old = report(house, "activity")
    now_at = changes.correct(old.id, Report(house["ada"].id, "", "", REPORTED, text="A bad deed!", visibility="public"),
                             house["ada"].id, REPORTED).id  # fmt: skip
    (question,) = flagged.waiting(house["cleo"], None).items
    assert (question.ref, question.subject and question.subject.words) == (Ref("activity", now_at), "A bad deed!")
    assert [voice.reason for voice in question.voices] == ["It hurts."]
    assert flagging.decide(question.ref, house["cleo"], "taken_down", "Still bad.", REPORTED) is True
    assert db.session.get_one(Activity, now_at, populate_existing=True).withdrawn_reason == "Still bad."
    (kept,) = flagged.decided(flagged.Asked(outcome="kept"), house["cleo"], None).items
    assert kept.ref == old


def test_a_day_has_room_for_so_many(db, house):
    for number in range(FLAGS_A_DAY):
        other = make_activity(house["ada"].id, text=f"n{number}").id
        subject = flagged.subject_of("activity", str(other), house["eve"])
        assert subject is not None
        assert flagging.report(subject, house["eve"], "Why", REPORTED)
    with pytest.raises(NotFlagged, match="tomorrow"):
        report(house, "activity")


def test_two_decide_at_once(app, db, house):
    ref = report(house, "activity")
    ids = [house["cleo"].id, house["cora"].id] * 2
    db.session.commit()

    def work(number: int) -> bool:
        actor = db.session.get_one(type(house["cleo"]), ids[number])
        done = flagging.decide(ref, actor, ("kept", "taken_down")[number % 2], f"Word {number}", REPORTED)
        db.session.commit()
        return done

    assert sorted(in_threads(app, 4, work)) == [False, False, False, True]
    assert len(heard(db)) == 2


def test_the_way_of_a_report_through_the_pages(client, db, house, as_):  # noqa: F811
    eve, cleo = as_(house["eve"]), as_(house["cleo"])
    assert f'href="/report/activity/{house["deed"]}"' in eve.get(f"/activities/{house['deed']}").text
    assert f'href="/report/comment/{house["comment"]}"' in eve.get(f"/activities/{house['deed']}").text
    assert 'href="/report/member/ada"' in eve.get("/members/ada").text
    address = f"/report/activity/{house['deed']}"
    assert "A bad deed" in eve.get(address).text
    empty = eve.post(address, {"reason": "  "})
    assert (empty.status_code, "say why, in a sentence" in empty.text) == (422, True)
    assert eve.post(address, {"reason": "It hurts <me>."}).headers["Location"] == f"/activities/{house['deed']}"
    queue = plain(cleo.get("/council/reports").text)
    assert re.search(r"A deed · Ada A bad deed .* It hurts &lt;me&gt;\. Eve", queue)
    deciding = f"/council/reports/activity/{house['deed']}"
    again = cleo.post(deciding, {"outcome": "taken_down", "words": "long" * 200})
    assert (again.status_code, "longlong" in again.text) == (422, True)
    assert cleo.post(deciding, {"outcome": "taken_down", "words": "Not here."}).status_code == 303
    assert cleo.post(deciding, {"outcome": "kept", "words": "Again"}).status_code == 303
    assert "Nothing is in question" in cleo.get("/council/reports").text
    assert client.get(f"/activities/{house['deed']}").status_code == 404
    own = plain(as_(house["ada"]).get(f"/activities/{house['deed']}").text)
    assert "The council took this deed down" in own
    assert "Their reason: Not here." in own
    assert "Eve " not in own


def test_who_comes_in(client, db, house, as_):  # noqa: F811
    hidden = make_activity(house["ada"].id, visibility="me").id
    db.session.commit()
    eve = as_(house["eve"])
    for path in ("/council/reports", "/council/reports/history"):
        assert eve.get(path).status_code == 403
        assert client.get(path).headers["Location"].startswith("/login")
    assert eve.post(f"/council/reports/activity/{house['deed']}", {"outcome": "kept", "words": "Yes"}).status_code == 403
    for name in (f"activity/{hidden}", "activity/99999999999999999999", "activity/x", "comment/7777", "member/nobody", "badge/1"):
        assert eve.get(f"/report/{name}").status_code == 404
    assert as_(house["ada"]).get(f"/report/activity/{house['deed']}").status_code == 403
    assert as_(house["cleo"]).post("/council/reports/comment/123456", {"outcome": "kept", "words": "x"}).status_code == 303


@pytest.mark.parametrize("kind", ["activity", "comment", "member"])
def test_nobody_on_the_council_learns_who_asked_about_theirs(db, house, as_, kind):  # noqa: F811
    owner = house["bob" if kind == "comment" else "ada"]
    db.session.add(Grant(member_id=owner.id, role="council", granted_at=REPORTED))
    report(house, kind)
    for visibility in ("public", "me"):
        db.session.get_one(Activity, house["deed"]).visibility = visibility
        db.session.commit()
        own, other = (plain(as_(who).get("/council/reports").text) for who in (owner, house["cleo"]))
        assert ("It hurts. Eve" in own, "It hurts. somebody" in own, "This concerns you" in own) == (False, True, True)
        assert ("It hurts. Eve" in other, "This concerns you" in other) == (True, False)


def test_the_history_is_searched(db, house, as_):  # noqa: F811
    for kind, outcome, words in (("activity", "kept", "It is FINE_so."), ("comment", "taken_down", "Rude.")):
        flagging.decide(report(house, kind, reason=f"About the {kind}"), house["cleo"], outcome, words, REPORTED)
    db.session.commit()
    cleo = as_(house["cleo"])
    for asked, expected in (
        ("", [True, True]), ("?text=fine_S", [True, False]), ("?text=%25", [False, False]), ("?text=about+the+c", [False, True]),
        ("?outcome=taken_down", [False, True]), ("?kind=activity", [True, False]), ("?kind=odd", [False, False]),
    ):  # fmt: skip
        page = cleo.get(f"/council/reports/history{asked}").text
        assert ["FINE_so" in page, "Rude." in page] == expected, asked


@pytest.mark.parametrize("path", ["/council/reports", "/council/reports/history"])
def test_what_they_cost(db, house, as_, count_queries, path):  # noqa: F811
    cleo, seen = as_(house["cleo"]), []
    for number in (1, 20):
        for turn in range(number):
            author = make_member(f"author-{number}-{turn}")
            deed = make_activity(author.id, text=f"{number} {turn}").id
            said = commenting.comment(deed, author.id, "Word", f"{number} {turn}", REPORTED)
            for kind, name in (("activity", str(deed)), ("comment", str(said)), ("member", author.handle)):
                subject = flagged.subject_of(kind, name, house["eve"])
                flagging.report(subject, house["eve"], "Why", REPORTED.replace(year=2000 + turn, month=number % 12 + 1))
                if "history" in path:
                    flagging.decide(subject.ref, house["cleo"], "kept", "Fine", REPORTED)
        db.session.commit()
        with count_queries() as asked:
            assert cleo.get(path).status_code == 200
        seen.append(len(asked))
    assert seen[0] == seen[1] <= 12
