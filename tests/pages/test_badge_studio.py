"""The badge studio: the council builds, tries out and publishes badges in the browser."""

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from recognition import clock
from recognition.activities.drain import drain
from recognition.activities.models import Kind
from recognition.audit import services as audit
from recognition.badges.models import Award, Badge, BadgeVersion
from recognition.extensions import db as database
from recognition.identity.models import Member
from recognition.refs import Ref
from tests.factories.activities import make_activity
from tests.factories.badges import make_badge

SignIn = Callable[[FlaskClient, Member], None]
NEW = "/council/badges/new"
GOOD = {
    "name": "Good Talker", "summary": "Talks well.", "family": "gathering", "glyph": "speech", "band": "TALKS", "how": "rule",
    "rule-sort": "count", "rule-at_least": "2", "rule-kind": "talk",
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def council(client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn) -> Member:
    member = make_member("cora", roles=("council",))
    db.session.add(Kind(slug="talk", label="Talk", offered=True))
    db.session.commit()
    sign_in(client, member)
    return member


def badge(slug: str = "good-talker") -> Badge:
    return database.session.scalars(
        sa.select(Badge).where(Badge.slug == slug), execution_options={"populate_existing": True}
    ).one()


def text(answer: Any) -> str:
    """What is read on a page: tags away, blanks as one."""
    body = re.sub(r"(?s)<(script|style|datalist).*?</\1>", "", answer.get_data(as_text=True))
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body)).split())


def faults(answer: Any) -> dict[str, str]:
    """Sentences by the id of the field that they stand at."""
    found = re.findall(r'(?s)class="c-field__error" id="([^"]+)-error">.*?<span>(.*?)</span>', answer.get_data(as_text=True))
    return {name.removeprefix("field-"): html.unescape(sentence) for name, sentence in found}


def edited(client: FlaskClient, slug: str, **changes: str) -> Any:
    """The form of a badge as it stands there, sent with these changes."""
    page = client.get(f"/council/badges/{slug}/edit").get_data(as_text=True)
    seen = re.search(r'name="seen" value="(\w*)"', page)
    assert seen
    return client.post(f"/council/badges/{slug}/edit", data=GOOD | {"seen": seen[1]} | changes)


def test_a_badge_is_built_kept_and_published(client: FlaskClient, council: Member) -> None:
    answer = client.post(NEW, data=GOOD | {"then": "keep"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/council/badges/good-talker/edit")
    made = badge()
    assert (made.state, made.version, made.levels) == ("draft", 1, [])
    assert made.criteria == {"count": {"kind": ["talk"]}, "at_least": 2}
    assert "2 deeds: “Talk”." in text(client.get("/council/badges/good-talker/edit"))
    assert "Publish Good Talker?" in text(client.get("/council/badges/good-talker/publish"))
    assert client.post("/council/badges/good-talker/publish").headers["Location"] == "/badges/good-talker"
    assert badge().state == "published"


def test_publish_from_the_form_asks_first(client: FlaskClient, council: Member) -> None:
    answer = client.post(NEW, data=GOOD | {"then": "publish"})
    assert answer.headers["Location"] == "/council/badges/good-talker/publish"
    assert badge().state == "draft"


def test_a_second_badge_of_a_name_gets_an_address_of_its_own(client: FlaskClient, council: Member) -> None:
    for _time in range(3):
        client.post(NEW, data=GOOD)
    slugs = database.session.scalars(sa.select(Badge.slug).order_by(Badge.id)).all()
    assert slugs == ["good-talker", "good-talker-2", "good-talker-3"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": " "}, {"name": "A badge needs a name."}),
        ({"summary": "x" * 301, "band": ""}, {"summary": None, "band": "The band needs a word."}),
        ({"story": "x" * 4001}, {"story": None}),
        ({"band": "THIRTEENCHARS"}, {"band": "The band has room for 12 characters; this word has 13."}),
        ({"rule-at_least": "0"}, {"rule-at_least": "Needs a whole number from 1 to 1000000."}),
        ({"rule-at_least": "1000000000"}, {"rule-at_least": "Needs a whole number from 1 to 1000000."}),
        ({"rule-kind": "juggling"}, {"rule-kind_more": "There is no kind called 'juggling'."}),
        ({"rule-window": "dates", "rule-from": "2026-03-02", "rule-until": "2026-03-01"},
         {"rule-until": "Comes before the window begins."}),
        ({"rule-window": "any_days", "rule-any_days": "4000"}, {"rule-any_days": None}),
        ({"rule-sort": "holds", "rule-badge": "nobody-made-it"}, {"rule-badge": "There is no badge called 'nobody-made-it'."}),
        ({"rule-sort": "all", "rule-0-sort": "member_for", "rule-0-days": "5", "rule-1-sort": "none",
          "rule-1-0-sort": "member_for", "rule-1-0-days": "5"},
         {"rule-1-sort": "Asks for the opposite of another part of the same list."}),
        ({"rule-window": "period", "rule-period": "2026-W47", "rule-cap_week": "1"},
         {"rule-at_least": "Asks for 2, and its window leaves room for 1 only."}),
        ({"rule" + "-0" * depth + "-sort": "any" for depth in range(7)} | {"rule" + "-0" * 7 + "-sort": "first"},
         {"rule" + "-0" * 7 + "-sort": "Nested deeper than 6."}),
        ({"levels": "5, 1"}, {"levels": "Needs at most 8 rising whole numbers, such as [1, 5, 25, 100]."}),
        ({"valid_days": "soon"}, {"valid_days": "Needs a whole number of days from 1 to 3660."}),
        ({"valid_days": "10", "warn_days": "10"}, {"warn_days": "Must be fewer than the 10 days that an award is valid."}),
        ({"issuer": "no-such-group"}, {"issuer": None}),
    ],
)  # fmt: skip
def test_each_fault_stands_at_its_field(
    client: FlaskClient, council: Member, changes: dict[str, str], expected: dict[str, str | None]
) -> None:
    answer = client.post(NEW, data=GOOD | changes)
    assert answer.status_code == 422
    found = faults(answer)
    assert set(found) == set(expected)
    assert {name: found[name] for name, sentence in expected.items() if sentence} == {k: v for k, v in expected.items() if v}
    assert "All you wrote is still here." in text(answer)
    assert database.session.scalar(sa.select(sa.func.count(Badge.id))) == 0


def test_all_faults_are_told_at_once(client: FlaskClient, council: Member) -> None:
    answer = client.post(NEW, data={"how": "rule", "rule-sort": "all", "rule-0-sort": "streak", "rule-0-unit": "week"})
    assert set(faults(answer)) == {
        "name", "summary", "family", "glyph", "band", "rule-0-at_least"
    }  # fmt: skip


def test_a_ring_of_badges_is_named_at_its_part(client: FlaskClient, council: Member, db: Any) -> None:
    make_badge("first", {"holds": "second"}, name="First")
    make_badge("second", {"count": {}, "at_least": 1}, name="Second", state="draft")
    db.session.commit()
    rule = {"rule-sort": "all", "rule-0-sort": "count", "rule-0-at_least": "1", "rule-1-sort": "holds", "rule-1-badge": "first"}
    answer = edited(client, "second", **rule)
    assert (answer.status_code, faults(answer)) == (
        422, {"rule-1-badge": "These badges wait for each other: First → Second → First."}
    )  # fmt: skip
    assert badge("second").criteria == {"count": {}, "at_least": 1}


def test_a_form_of_a_thousand_parts_is_refused(client: FlaskClient, council: Member) -> None:
    huge = {f"rule-{a}-{b}-sort": "count" for a in range(20) for b in range(20)} | {f"rule-{a}-sort": "all" for a in range(20)}
    assert client.post(NEW, data=GOOD | {"rule-sort": "all"} | huge).status_code == 413


def test_parts_are_added_and_removed_without_script(client: FlaskClient, council: Member) -> None:
    answer = client.post(NEW, data=GOOD | {"rule-move": "rule:wrap"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert re.findall(r'name="(rule[-0-9]*-sort)"', page) == ["rule-sort", "rule-0-sort", "rule-1-sort"]
    assert 'value="Good Talker"' in page
    assert faults(answer) == {}
    two = GOOD | {"rule-sort": "all", "rule-0-sort": "finished", "rule-0-quest": "x", "rule-1-sort": "count"}
    page = client.post(NEW, data=two | {"rule-move": "rule-0:remove"}).get_data(as_text=True)
    assert re.findall(r'name="(rule[-0-9]*-sort)"', page) == ["rule-sort", "rule-0-sort"]
    assert database.session.scalar(sa.select(sa.func.count(Badge.id))) == 0


def test_a_button_with_script_brings_the_rule_and_its_preview(client: FlaskClient, council: Member) -> None:
    page = client.post("/council/badges/rule", data=GOOD | {"rule-move": "rule:wrap"}, headers={"HX-Request": "true"})
    body = page.get_data(as_text=True)
    assert body.lstrip().startswith('<div class="c-rule" id="rule"')
    assert 'id="preview"' in body
    assert "hx-swap-oob" in body
    assert re.search(r'<select class="c-field__input" id="rule-sort" name="rule-sort" data-focus', body)


def test_the_preview_tells_the_sentence_and_what_is_missing(client: FlaskClient, council: Member) -> None:
    said = text(client.post("/council/badges/preview", data=GOOD))
    assert "What it takes: 2 deeds: “Talk”." in said
    assert "Still to do" not in said
    said = text(client.post("/council/badges/preview", data=GOOD | {"rule-at_least": "x", "name": ""}))
    assert "The rule is not finished yet." in said
    assert "Still to do: A badge needs a name. The whole rule: Needs a whole number from 1 to 1000000." in said


def talkers(make_member: Callable[..., Member], *handles: str, deeds: int = 2, **changes: Any) -> list[Member]:
    people = [make_member(handle, name=handle.title(), **changes) for handle in handles]
    for person in people:
        for _deed in range(deeds):
            make_activity(person.id, kind="talk", fingerprinted=False)
    database.session.commit()
    return people


def test_who_would_get_it_today(client: FlaskClient, council: Member, make_member: Callable[..., Member]) -> None:
    talkers(make_member, "ada", "ben")
    talkers(make_member, "once", deeds=1)
    talkers(make_member, "shy", visibility={"name": "me"})
    said = text(client.post("/council/badges/who", data=GOOD))
    assert "Today this would go to 3 people. Ada , Ben , @shy" in said
    assert "Once" not in said
    assert "Today this would go to nobody new." in text(client.post("/council/badges/who", data=GOOD | {"rule-at_least": "9"}))


def test_the_look_goes_on_where_it_ended(
    client: FlaskClient, council: Member, make_member: Callable[..., Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognition.pages.badge_studio.sketch.LOOK_MEMBERS", 2)
    talkers(make_member, "ada", "ben", "cyd", "dot")
    answer = client.post("/council/badges/who", data=GOOD)
    assert "Today this would go to 1 person among the first 2 looked at. Ada" in text(answer)
    for expected in ("3 people among the first 4 looked at. Ada , Ben , Cyd", "4 people. Ada , Ben , Cyd , Dot"):
        state = dict(re.findall(r'name="(who-\w+)" value="(\w+)"', answer.get_data(as_text=True)))
        ids = re.findall(r'name="who-ids" value="(\w+)"', answer.get_data(as_text=True))
        answer = client.post("/council/badges/who", data=GOOD | state | {"who-ids": ids})
        assert f"Today this would go to {expected}" in text(answer)
    assert "hx-post" not in answer.get_data(as_text=True)
    plain = client.post(NEW, data=GOOD | {"then": "who"})
    assert "Today this would go to 1 person among the first 2 looked at." in text(plain)


def test_a_published_rule_asks_before_it_is_saved(
    client: FlaskClient, council: Member, make_member: Callable[..., Member], db: Any
) -> None:
    make_badge("good-talker", {"count": {"kind": "talk"}, "at_least": 1}, name="Good Talker")
    talkers(make_member, "ada", "ben", deeds=3)
    talkers(make_member, "once", deeds=1)
    drain()
    answer = edited(client, "good-talker", then="keep")
    said = text(answer)
    assert answer.status_code == 200
    assert "This would be version 2." in said
    assert "Until now 1 deed: “Talk”. From now on 2 deeds: “Talk”." in said
    assert "Today this would go to nobody new. 1 person holds it who would not meet this rule. They keep it." in said
    assert badge().version == 1
    hidden = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer.get_data(as_text=True).partition('id="badge-form"')[2]))
    answer = client.post("/council/badges/good-talker/edit", data=hidden | {"then": "confirm"})
    assert answer.headers["Location"] == "/badges/good-talker"
    assert (badge().version, badge().criteria) == (2, {"count": {"kind": ["talk"]}, "at_least": 2})
    assert db.session.scalar(sa.select(sa.func.count(Award.id))) == 3


def test_other_words_make_no_new_version(client: FlaskClient, council: Member, db: Any) -> None:
    make_badge("good-talker", {"count": {"kind": "talk"}, "at_least": 2}, name="Good Talker")
    db.session.commit()
    assert edited(client, "good-talker", summary="Another line.").headers["Location"] == "/badges/good-talker"
    assert (badge().version, badge().summary, badge().criteria) == (
        1,
        "Another line.",
        {"count": {"kind": "talk"}, "at_least": 2},
    )


def test_a_rule_about_something_gone_can_be_kept(client: FlaskClient, council: Member, db: Any) -> None:
    make_badge("good-talker", {"count": {"kind": "gone"}, "at_least": 2}, name="Good Talker")
    db.session.commit()
    assert edited(client, "good-talker", **{"rule-kind": "gone", "name": "New Name"}).status_code == 303
    assert edited(client, "good-talker", **{"rule-kind": "gone", "rule-at_least": "3"}).status_code == 422


def test_the_second_of_two_is_told(client: FlaskClient, council: Member, db: Any) -> None:
    client.post(NEW, data=GOOD)
    seen = re.search(r'name="seen" value="(\w+)"', client.get("/council/badges/good-talker/edit").get_data(as_text=True))
    assert seen
    first = client.post("/council/badges/good-talker/edit", data=GOOD | {"seen": seen[1], "summary": "From the first."})
    second = client.post("/council/badges/good-talker/edit", data=GOOD | {"seen": seen[1], "summary": "From the second."})
    assert (first.status_code, second.status_code) == (303, 409)
    said = text(second)
    assert "Somebody else saved this badge while you were writing" in said
    assert "In one line From the first. Warned before 30 Take over what you like." in said
    assert 'value="From the second."' in second.get_data(as_text=True)
    assert badge().summary == "From the first."
    again = re.search(r'name="seen" value="(\w+)"', second.get_data(as_text=True))
    assert again
    final = client.post("/council/badges/good-talker/edit", data=GOOD | {"seen": again[1], "summary": "From the second."})
    assert (final.status_code, badge().summary) == (303, "From the second.")


def test_of_two_in_the_same_moment_the_second_is_told(client: FlaskClient, council: Member, db: Any) -> None:
    client.post(NEW, data=GOOD)
    seen = re.search(r'name="seen" value="(\w+)"', client.get("/council/badges/good-talker/edit").get_data(as_text=True))
    assert seen
    badge().summary = "From the first."
    db.session.flush()
    with ThreadPoolExecutor(1) as pool:
        data = GOOD | {"seen": seen[1], "summary": "From the second."}
        second = pool.submit(client.post, "/council/badges/good-talker/edit", data=data)
        assert not wait([second], 0.4).done
        db.session.commit()
        assert second.result(20).status_code == 409
    assert badge().summary == "From the first."


def test_given_by_people_only(client: FlaskClient, council: Member) -> None:
    client.post(NEW, data=GOOD | {"how": "people", "nominable": "1", "valid_days": "365", "rule-at_least": "nonsense"})
    made = badge()
    assert (made.criteria, made.nominable, made.valid_days, made.warn_days) == (None, True, 365, 30)
    assert "People give it" in text(client.get("/council/badges/good-talker/edit"))


def test_levels_leave_the_number_to_themselves(client: FlaskClient, council: Member) -> None:
    client.post(NEW, data=GOOD | {"levels": "1, 5 25"})
    assert (badge().levels, badge().criteria) == ([1, 5, 25], {"count": {"kind": ["talk"]}})


def test_retired_and_opened_again(client: FlaskClient, council: Member, db: Any) -> None:
    make_badge("good-talker", name="Good Talker")
    db.session.commit()
    assert "0 people hold it and keep it." in text(client.get("/council/badges/good-talker/retire"))
    client.post("/council/badges/good-talker/retire")
    assert badge().state == "retired"
    assert client.get("/council/badges/good-talker/retire").headers["Location"] == "/council/badges/good-talker/edit"
    late = client.post("/council/badges/good-talker/publish")
    assert (late.status_code, 'href="/council/badges/good-talker/edit"' in late.text) == (409, True)
    assert "This badge is retired by now." in text(late)
    client.post("/council/badges/good-talker/reopen")
    assert badge().state == "published"


def test_history_tells_who_changed_which_rule(client: FlaskClient, council: Member) -> None:
    client.post(NEW, data=GOOD)
    edited(client, "good-talker", **{"rule-at_least": "5", "name": "Great Talker"})
    client.post("/council/badges/good-talker/publish")
    for action in ("badge.given", "badge.silence_accepted"):
        audit.record(action, Ref("badge", "good-talker"), council.id)
    database.session.commit()
    said = text(client.get("/council/badges/good-talker/history"))
    assert [words in said for words in ("Gave the badge", "Found it fine", "badge.")] == [True, True, False]
    moments = [said.index(part) for part in ("Published it", "Changed the rule version 2", "Made it version 1")]
    assert moments == sorted(moments)
    assert "Before 2 deeds: “Talk”. After 5 deeds: “Talk”. Also changed: Name." in said
    assert said.count("Cora") >= 3
    assert [v.saved_by_id for v in database.session.scalars(sa.select(BadgeVersion))] == [council.id] * 2


def flagged(make_member: Callable[..., Member], *handles: str) -> list[Award]:
    """Awards in question, each with the deed that was taken away."""
    people = talkers(make_member, *handles, deeds=1)
    drain()
    awards = list(database.session.scalars(sa.select(Award).where(Award.member_id.in_([p.id for p in people]))))
    for award in awards:
        award.unsupported_at = clock.utcnow()
        found = "UPDATE activity SET withdrawn_at = :at, withdrawn_reason = 'a mistake' WHERE member_id = :who AND kind = 'talk'"
        database.session.execute(sa.text(found).bindparams(sa.bindparam("at", type_=Award.awarded_at.type)),
                                 {"at": award.unsupported_at, "who": award.member_id})  # fmt: skip
    database.session.commit()
    return awards


def test_awards_in_question_are_kept_or_taken_back(
    client: FlaskClient, council: Member, make_member: Callable[..., Member]
) -> None:
    make_badge("good-talker", {"count": {"kind": "talk"}, "at_least": 1}, name="Good Talker")
    kept, taken = flagged(make_member, "ada", "ben")
    said = text(client.get("/council/badges/flagged"))
    assert "Today the log says: 0 of 1." in said
    assert said.count("Taken out of the log: a deed of") == 2
    assert "2 awards ask for a human eye" in text(client.get("/council/badges/"))
    client.post(f"/council/badges/flagged/{kept.key}", data={"verdict": "keep"})
    refused = client.post(f"/council/badges/flagged/{taken.key}", data={"verdict": "revoke", "reason": "\u200b"})
    assert (refused.status_code, list(faults(refused))) == (422, [f"reason-{taken.key}"])
    client.post(f"/council/badges/flagged/{taken.key}", data={"verdict": "revoke", "reason": "It did not happen."})
    late = client.post(f"/council/badges/flagged/{kept.key}", data={"verdict": "keep"}, follow_redirects=True)
    assert "This one is not in question any more" in text(late)
    assert "Nothing is in question" in text(late)
    database.session.expire_all()
    assert (kept.kept_by_id, kept.revoked_at, taken.revoked_reason) == (council.id, None, "It did not happen.")


def test_silent_rules_say_when_they_last_spoke(client: FlaskClient, council: Member, make_member: Callable[..., Member]) -> None:
    made = make_badge("good-talker", {"count": {"kind": "talk"}, "at_least": 1}, name="Good Talker")
    talkers(make_member, "ada")
    drain()
    made.silent_since = clock.utcnow()
    database.session.commit()
    assert "Last given by its rule" in text(client.get("/council/badges/silent"))
    assert "1 rule has gone silent" in text(client.get("/council/badges/"))


def test_why_not_yet(client: FlaskClient, council: Member, make_member: Callable[..., Member], db: Any) -> None:
    rule = {"all": [{"count": {"kind": "talk"}, "at_least": 3}, {"holds": "other"}, {"member_for": 1}]}
    make_badge("other", {"count": {"kind": "talk"}, "at_least": 1}, name="Other")
    make_badge("good-talker", rule, name="Good Talker")
    ada = make_member("ada", name="Ada")
    make_activity(ada.id, kind="talk", text="About the sea", visibility="public")
    make_activity(ada.id, kind="talk", text="A secret one", visibility="me", occurred_at=datetime(2026, 3, 9, tzinfo=UTC))
    make_activity(ada.id, kind="help", text="Not this one")
    db.session.commit()
    drain()
    said = text(client.get("/council/badges/good-talker/explain/ada"))
    assert "3 deeds: “Talk” 1 of 3" in said
    assert "Counted here is what all members may see." in said
    assert "The deeds that count" in said
    assert "“Talk” · About the sea" in said
    assert "deed that its owner keeps" not in said
    assert [secret in said for secret in ("A secret one", "Mar")] == [False, False]
    assert "Not this one" not in said
    other = re.search(r'href="([^"]+part=1)#deeds"', client.get("/council/badges/good-talker/explain/ada").get_data(as_text=True))
    assert other
    assert "earned badges · Other" in text(client.get(html.unescape(other[1])))
    for wrong in ("nobody-made-it/explain/ada", "good-talker/explain/nobody"):
        assert client.get(f"/council/badges/{wrong}").status_code == 404


def test_what_its_holder_does_not_show_is_not_explained_to_others(
    client: FlaskClient, council: Member, make_member: Callable[..., Member]
) -> None:
    make_badge("good-talker", {"count": {"kind": "talk"}, "at_least": 1}, name="Good Talker")
    talkers(make_member, "ada", deeds=1)
    drain()
    award = database.session.scalars(sa.select(Award)).one()
    assert "has it since" in text(client.get("/council/badges/good-talker/explain/ada"))
    award.answer, award.shown = "declined", False
    database.session.commit()
    page = client.get("/council/badges/good-talker/explain/ada")
    assert ("has it since" in text(page), award.key in page.get_data(as_text=True)) == (False, False)


def test_a_handle_leads_to_its_explanation(client: FlaskClient, council: Member, db: Any) -> None:
    make_badge("good-talker", name="Good Talker")
    db.session.commit()
    found = client.get("/council/badges/good-talker/explain?handle=@Cora")
    assert found.headers["Location"] == "/council/badges/good-talker/explain/cora"
    lost = client.get("/council/badges/good-talker/explain?handle=nobody", follow_redirects=True)
    assert "We know nobody of this handle." in text(lost)


def test_nobody_explains_the_suspended(client: FlaskClient, council: Member, make_member: Callable[..., Member]) -> None:
    make_badge("good-talker")
    make_member("gone", state="suspended")
    database.session.commit()
    assert client.get("/council/badges/good-talker/explain/gone").status_code == 404


@pytest.mark.parametrize("roles", [None, (), ("curator",), ("reviewer",)])
def test_the_studio_is_the_councils(
    client: FlaskClient, db: Any, make_member: Callable[..., Member], sign_in: SignIn, roles: tuple[str, ...] | None
) -> None:
    make_badge("good-talker")
    ada = make_member("ada", roles=roles or ())
    db.session.commit()
    if roles is not None:
        sign_in(client, ada)
    pages = ("", "new", "flagged", "silent", "good-talker/edit", "good-talker/history", "good-talker/retire",
             "good-talker/explain/ada", "pin.svg?family=helping&glyph=star&band=A")  # fmt: skip
    sent = ("new", "rule", "preview", "who", "good-talker/edit", "good-talker/retire", "flagged/some-key")
    answers = [client.get(f"/council/badges/{page}").status_code for page in pages]
    answers += [client.post(f"/council/badges/{page}", data=GOOD).status_code for page in sent]
    # Strangers are sent to sign in, or told to where a form was sent.
    assert set(answers) == ({403} if roles is not None else {302, 401})
    assert badge().state == "published"


def test_a_pin_of_any_parts_is_drawn(client: FlaskClient, council: Member) -> None:
    drawn = client.get("/council/badges/pin.svg?family=making&glyph=hammer&band=MAKES&level=25")
    assert (drawn.status_code, drawn.mimetype) == (200, "image/svg+xml")
    for wrong in (
        "family=x&glyph=hammer&band=A",
        "family=making&glyph=x&band=A",
        "family=making&glyph=hammer&level=3&band=A",
        "",
    ):
        assert client.get(f"/council/badges/pin.svg?{wrong}").status_code == 404


def test_pages_ask_as_often_for_many_as_for_one(
    client: FlaskClient, council: Member, make_member: Callable[..., Member], count_queries: Callable[[], Any]
) -> None:
    addresses = ("", "flagged", "silent", "badge-a/edit", "badge-a/history", "badge-a/publish", "badge-a/explain/ada")
    make_member("ada")
    numbers: dict[str, list[int]] = {address: [] for address in (*addresses, "preview", "who")}
    for letters in ("a", "bcd"):
        for letter in letters:
            made = make_badge(f"badge-{letter}", {"count": {"kind": "talk"}, "at_least": 1}, silent_since=clock.utcnow())
            flagged(make_member, f"member-{letter}")
            client.post(NEW, data=GOOD)
            made.state = "draft" if letter == "a" else "published"
            database.session.commit()
            edited(client, "badge-a", **{"rule-at_least": str(ord(letter))})
        for address, found in numbers.items():
            database.session.expire_all()
            with count_queries() as seen:
                if address in addresses:
                    assert client.get(f"/council/badges/{address}").status_code == 200
                else:
                    assert client.post(f"/council/badges/{address}?of=badge-a", data=GOOD).status_code == 200
            found.append(len(seen))
    assert {address: found for address, found in numbers.items() if found[0] != found[1] or found[1] > 12} == {}
