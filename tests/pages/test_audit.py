"""The audit, read by the council: who changed which rule when, what it was and what it became."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

import recognition
from recognition import clock
from recognition.audit.models import AuditEntry
from recognition.audit.services import record
from recognition.campaigns import moving
from recognition.campaigns import services as campaigns
from recognition.campaigns.rules import CampaignSpec
from recognition.identity.models import Member
from recognition.news.rules import Decision
from recognition.news.services import places, writing
from recognition.pages.audit_words import DONE
from recognition.quests.drafts import blank
from recognition.quests.services import drafting
from recognition.refs import Ref
from recognition.surveys.services import making
from tests.factories.badges import make_badge
from tests.factories.identity import make_member
from tests.factories.news import make_channel, make_draft, make_spec
from tests.factories.surveys import CLAIM, make_survey
from tests.factories.surveys import WORDS as FOGGY
from tests.factories.surveys import make_spec as make_survey_spec
from tests.identity.pages import words

SignIn = Callable[[FlaskClient, Member], None]
RULE = {"count": {"kind": "talk"}, "at_least": 3}
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WIDER = {"count": {"kind": "talk"}, "at_least": 5}


@pytest.fixture
def council(client: FlaskClient, sign_in: SignIn) -> Member:
    member = make_member("amina", roles=("council",))
    sign_in(client, member)
    return member


def lines(client: FlaskClient, query: str = "") -> list[str]:
    page = client.get(f"/council/audit{query}").text
    return [words(f"<main{item[1:]}<footer") for item in re.findall(r'class="p-audit__line"(>.*?</li>)', page, re.DOTALL)]


@pytest.mark.parametrize(("roles", "status"), [((), 403), (("reviewer",), 403), (("council",), 200), (("admin",), 200)])
def test_who_may_read_it(client: FlaskClient, db: Any, sign_in: SignIn, roles: tuple[str, ...], status: int) -> None:
    assert client.get("/council/audit").status_code == 302
    sign_in(client, make_member("bea", roles=roles))
    assert client.get("/council/audit").status_code == status


def test_a_changed_rule_is_told_in_words(client: FlaskClient, db: Any, council: Member) -> None:
    record("badge.saved", Ref("badge", "talker"), council.id, {"version": 1, "criteria": RULE}, {"version": 2, "criteria": WIDER})
    db.session.commit()
    (said,) = lines(client)
    assert said.startswith("Saved the badge talker Amina · ")
    assert "version 1 became 2" in said
    assert re.search(r"rule .*3.* became .*5", said)
    assert "at_least" not in said
    assert 'href="/badges/talker"' in client.get("/council/audit").text


def test_values_of_every_sort(client: FlaskClient, db: Any, council: Member) -> None:
    before = {"on": True, "levels": [1, 5], "name": "Old", "same": 3, "criteria": {"moon": "full"}, "gone": "x"}
    after = {"on": False, "levels": [1, 5, 25], "name": "New", "same": 3, "valid_days": 30, "more": {"a": 1}}
    record("badge.saved", Ref("badge", "b"), None, before, after)
    record("member.suspended", Ref("member", council.id), council.id, {"state": "active"})
    record("code.closed", Ref("code", 7), council.id)
    db.session.commit()
    closed, suspended, saved = lines(client)
    assert closed.startswith("Closed a code № 7 Amina ·")
    assert suspended.startswith("Suspended somebody @amina Amina ·")
    assert suspended.endswith("state active")
    assert saved.startswith("Saved the badge b the command line ·")
    assert saved[saved.index("rule") :] == (
        'rule {"moon": "full"} gone x levels 1, 5 became 1, 5, 25 more {"a": 1} name Old became New on yes became no'
        " valid for days 30"
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["role.granted", "badge.saved", "badge.given", "badge.saved"]),
        ("?action=badge", ["badge.saved", "badge.given", "badge.saved"]),
        ("?action=badge.saved", ["badge.saved", "badge.saved"]),
        ("?target=badge:one", ["badge.given", "badge.saved"]),
        ("?target=badge", ["badge.saved", "badge.given", "badge.saved"]),
        ("?target=badg", []),
        ("?action=%25", []),
        ("?person=@bea", ["badge.saved"]),
        ("?person=nobody", []),
        ("?person=amina&action=badge&target=badge:one", ["badge.given", "badge.saved"]),
    ],
)
def test_it_can_be_searched(client: FlaskClient, db: Any, council: Member, query: str, found: list[str]) -> None:
    bea = make_member("bea")
    record("badge.saved", Ref("badge", "one"), council.id)
    record("badge.given", Ref("badge", "one"), council.id)
    record("badge.saved", Ref("badge", "one-more"), bea.id)
    record("role.granted", Ref("member", bea.id), None, after={"role": "reviewer"})
    db.session.commit()
    assert [next(name for name, words in DONE.items() if line.startswith(str(words))) for line in lines(client, query)] == found


def test_pages_keep_what_was_asked(client: FlaskClient, db: Any, council: Member) -> None:
    for number in range(30):
        record("badge.saved", Ref("badge", f"b{number}"), council.id)
        record("badge.given", Ref("badge", f"b{number}"), council.id)
    db.session.commit()
    page = client.get("/council/audit?action=badge.given").text
    older = re.search(r'class="c-pagination__older" href="([^"]+)"', page).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    first, second = lines(client, "?action=badge.given"), lines(client, older.removeprefix("/council/audit"))
    assert [line.split()[:4] for line in first + second] == [["Gave", "the", "badge", f"b{n}"] for n in range(29, -1, -1)]
    assert client.get("/council/audit?after=x").status_code == 400


def test_names_as_a_member_may_see_them(client: FlaskClient, db: Any, council: Member) -> None:
    shy = make_member("shy", name="Secret Name", visibility={"name": "me"})
    record("badge.saved", Ref("badge", "one"), shy.id)
    record("role.granted", Ref("member", shy.id), shy.id)
    db.session.commit()
    assert [line.partition(" ·")[0] for line in lines(client)] == ["Granted a role to @shy @shy", "Saved the badge one @shy"]


def test_whom_it_was_about_is_named(client: FlaskClient, db: Any, council: Member) -> None:
    bea = make_member("bea", name="Bea")
    record("group.accepted", Ref("group", "choir"), council.id, after={"member": bea.id})
    record("group.declined", Ref("group", "choir"), council.id, after={"member": bea.id + 1})
    db.session.commit()
    told = [line.split("member", 1)[1].split()[:4] for line in lines(client)]
    assert told == [["somebody", "who", "is", "gone"], ["Bea"]]


def test_who_got_a_badge_and_what_for(client: FlaskClient, db: Any, council: Member) -> None:
    ids = [make_member(f"m{n:02}", name=f"Person {n:02}", visibility={"name": "me"} if n else {}).id for n in range(2)]
    after = {"to": ids, "members": 14, "level": None, "reason": "For the tea."}
    record("badge.given", Ref("badge", "one"), council.id, after=after)
    record("moon.painted", Ref("moon", 3), council.id)
    db.session.commit()
    other, said = lines(client)
    assert said.endswith("reason For the tea. who got it Person 00, @m01 and 12 more")
    assert other.startswith("moon.painted")
    assert '<option value="moon" selected>moon</option>' in client.get("/council/audit?action=moon").text


def test_a_badge_is_called_by_its_name(client: FlaskClient, db: Any, council: Member) -> None:
    make_badge("hearth-keeper", name="Hearth Keeper")
    record("code.made", Ref("code", 3), council.id, after={"badge": "hearth-keeper", "limit": 5})
    record("code.made", Ref("code", 4), council.id, after={"badge": "gone"})
    # As taking back was written once: what it was about is not what it was before.
    record("award.revoked", Ref("award", 7), council.id, {"badge": "hearth-keeper"}, {"reason": "A mistake."})
    db.session.commit()
    revoked, gone, made = lines(client)
    assert made.endswith("badge Hearth Keeper limit 5")
    assert gone.endswith("badge gone")
    assert revoked.endswith("badge Hearth Keeper reason A mistake.")
    assert "<del" not in client.get("/council/audit").text


def test_as_many_statements_for_many_as_for_one(
    client: FlaskClient, db: Any, council: Member, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    numbers = []
    for name in ("ada", "bea", "cleo"):
        record("role.granted", Ref("member", make_member(name).id), council.id)
        record("badge.saved", Ref("badge", name), make_member(f"{name}-too").id)
        db.session.commit()
        with count_queries() as seen:
            client.get("/council/audit")
        numbers.append(len(seen))
    assert numbers[0] == numbers[2] <= 12


def test_days_narrow_it_and_a_table_holds_the_same(client: FlaskClient, db: Any, council: Member) -> None:
    for day in (1, 2, 3):
        with clock.as_of(datetime(2026, 11, day, 23, 59, tzinfo=UTC)):
            record("badge.saved", Ref("badge", f"b{day}"), council.id, {"name": "=1+1"}, {"name": f"Day {day}"})
    db.session.commit()
    found = [len(lines(client, query)) for query in ("?from=2026-11-02", "?to=2026-11-02", "?from=2026-11-02&to=2026-11-02",
                                                     "?from=soon", "?from=2026-12-01")]  # fmt: skip
    assert found == [2, 2, 1, 3, 0]
    table = client.get("/council/audit/table.csv?from=2026-11-03")
    assert table.headers["Cache-Control"] == "private, no-store"
    assert table.text.splitlines() == [
        "at,who,what,target,field,before,after",
        "2026-11-03T23:59:00Z,'@amina,Saved the badge,b3,name,'=1+1,Day 3",
    ]


def test_a_table_is_for_those_who_may_read_it(client: FlaskClient, db: Any, sign_in: SignIn) -> None:
    assert client.get("/council/audit/table.csv").status_code == 302
    sign_in(client, make_member("bea"))
    assert client.get("/council/audit/table.csv").status_code == 403


def test_everything_that_is_written_down_has_words() -> None:
    """Each action that the program names, so that nobody has to read our own names for it."""
    source = "\n".join(path.read_text() for path in Path(recognition.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'(?:audit\.record|\brecord)\(\s*"([a-z_]+\.[a-z_]+)"', source))
    assert len(named) > 40
    assert sorted(named - set(DONE)) == []


def test_one_sort_of_act_is_not_another_that_begins_alike(client: FlaskClient, db: Any, council: Member) -> None:
    record("quest.published", Ref("quest", "maps"), council.id)
    record("question.answered", Ref("question", 3), council.id)
    db.session.commit()
    assert [line.partition(" ·")[0] for line in lines(client, "?action=quest")] == ["Published the quest maps Amina"]


def test_what_of_a_running_campaign_changed_is_read_before_and_after(client: FlaskClient, db: Any, council: Member) -> None:
    starts = datetime(2026, 12, 1, tzinfo=UTC)
    spec = CampaignSpec("spring", "Spring", starts, starts + timedelta(days=9), goal_criteria=RULE, target_count=3)
    moving.move(campaigns.save(spec, starts, council.id), "published", starts, council.id)
    goal = {"count": {"kind": "talk"}, "at_least": 2}
    campaigns.save(replace(spec, ends_at=starts + timedelta(days=5), goal_criteria=goal, target_count=2), starts, council.id)
    campaigns.save(replace(spec, ends_at=starts + timedelta(days=5), goal_criteria=goal, target_count=2), starts, council.id)
    db.session.commit()
    changed, published, _created = lines(client, "?action=campaign")
    assert published.startswith("Published the campaign")
    told = changed[changed.index(" ends ") :]
    assert told.startswith(" ends 10 Dec 2026, 00:00 became 6 Dec 2026, 00:00 goal ")
    assert told.endswith(" target, people 3 became 2")
    assert " became " in told[told.index(" goal ") : told.index(" target")]


def test_a_survey_that_changed_is_told_in_words_and_not_as_a_program_holds_it(
    client: FlaskClient, db: Any, council: Member
) -> None:
    survey = make_survey(questions=(CLAIM,))
    making.save(survey.id, make_survey_spec(questions=(CLAIM, FOGGY), evidence=RULE), council.id)
    db.session.commit()
    changed = next(line for line in lines(client, "?action=survey") if "foggy" in line)
    assert "What is still foggy? (kind text)" in changed
    assert "{" not in changed


def test_no_part_of_a_decision_and_no_title_of_a_mention_changes_unseen(db: Any, council: Member) -> None:
    one = Decision("We meet.", "The council", "decided", "2026-11-20", "Everybody", "/news/", "All", "A date.")
    link = "https://a.example"
    news = make_draft("A morning", decisions=(one,), mentions=(("Letter", link),))
    for name in ("what", "decider", "state", "day", "consulted", "url", "informed", "outcome"):
        changed = make_spec("A morning", decisions=(replace(one, **{name: "other"}),), mentions=(("Letter", link),))
        writing.change(news, changed, NOW, council.id)
        writing.change(news, make_spec("A morning", decisions=(one,), mentions=(("Letter", link),)), NOW, council.id)
    writing.change(news, make_spec("A morning", decisions=(one,), mentions=(("Post", link),)), NOW, council.id)
    db.session.commit()
    rows = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "news.changed").order_by(AuditEntry.id)).all()
    assert [set(row.after) for row in rows] == [{"decisions"}] * 16 + [{"mentions"}]
    assert (rows[-1].before, rows[-1].after) == ({"mentions": [f"Letter: {link}"]}, {"mentions": [f"Post: {link}"]})
    spec = CampaignSpec("spring", "Spring", NOW, NOW + timedelta(days=9), mentions=(("Letter", link),))
    campaigns.save(spec, NOW, council.id)
    campaigns.save(replace(spec, mentions=(("Post", link),)), NOW, council.id)
    found = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "campaign.changed")).all()
    assert [row.after for row in found] == [{"mentions": [f"Post: {link}"]}]


def test_a_change_of_a_text_a_quest_and_a_channel_tells_what_it_was_and_no_secret(db: Any, council: Member) -> None:
    news = make_draft("A morning", body="Bring gloves.")
    writing.change(news, make_spec("A morning", body="Bring boots."), NOW, council.id)
    quest = drafting.begin(blank("walk", "Walk"), council.id, NOW)
    drafting.keep(
        quest, {**drafting.draft_of(quest), "minutes": 5, "steps": [{"slug": "look", "body": "x" * 900}]}, 1, council.id
    )
    channel = make_channel(secret="old-key", config={"address": "https://a.example"})
    places.change(channel, places.ChannelSpec("forum", "Forum", {"address": "https://b.example"}, "new-key"), council.id)
    db.session.commit()
    rows = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action.endswith(".changed")).order_by(AuditEntry.id)).all()
    assert [(row.action, row.before, row.after) for row in rows] == [
        ("news.changed", {"body (en)": "Bring gloves."}, {"body (en)": "Bring boots."}),
        ("quest.changed", {"body (look)": None, "minutes": 10, "steps": []},
         {"body (look)": "x" * 300 + "…", "minutes": 5, "steps": ["look"]}),
        ("channel.changed", {"address": "https://a.example", "new_secret": False},
         {"address": "https://b.example", "new_secret": True}),
    ]  # fmt: skip
