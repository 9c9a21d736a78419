"""The page of staff: what their community needs, of what they follow; an admin says who is staff, with a reason to end it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from recognition import clock
from recognition.announcements.models import Follow
from recognition.audit.models import AuditEntry
from recognition.campaigns.models import CampaignItem
from recognition.identity.models import Grant
from recognition.pages.staff_needs import Scope, needs
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign
from tests.factories.events import make_event
from tests.factories.identity import make_group, make_member
from tests.factories.news import make_out
from tests.factories.objectives import make_milestone, make_objective, make_result
from tests.factories.questions import make_question
from tests.factories.roles import make_role
from tests.pages.test_deeds import as_, plain  # noqa: F401 - fixtures

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def house(db: Any) -> dict[str, Any]:
    """Two groups and two campaigns, each with a need of its own, and one of the whole house."""
    made = {"sam": make_member("sam", roles=("staff",)), "ada": make_member("ada"), "root": make_member("root", roles=("admin",))}
    for name in ("garden", "river"):
        group = make_group(name)
        campaign = make_campaign(f"{name}-week")
        db.session.add(CampaignItem(campaign_id=campaign.id, kind="group", slug=name))
        one = make_objective(f"{name}-aim", title=f"The aim of the {name}")
        make_result(one, f"campaign:{campaign.slug}")
        make_milestone(one, f"Flyers for the {name}", wants_help=True, due_on=date(2026, 12, 1))
        make_milestone(one, f"Done in the {name}", wants_help=True, done_at=NOW)
        make_milestone(one, f"Alone in the {name}")
        make_event(f"{name}-call", group_id=group.id, title=f"Call of the {name}")
        make_role(f"{name}-lead", title=f"{name} lead", held_by=f"group:{name}", places=1, open_until=date(2026, 12, 31))
        make_activity(made["ada"].id, text=f"Watered the {name}", group_id=group.id, occurred_at=NOW - timedelta(days=2))
    make_milestone(make_objective("aim-of-all"), "A hand for everybody", wants_help=True)
    make_milestone(make_objective("draft-aim", state="draft"), "Not for members yet", wants_help=True)
    make_objective("plan", title="A plan that is talked about", state="asking", comments_until=date(2026, 11, 30))
    make_question(made["ada"].id, "Who prints the posters?")
    make_question(made["ada"].id, "What was taken down?", state="hidden")
    make_out("What October brought", sort="digest")
    db.session.commit()
    return made


def told(found: Any) -> tuple[list[str], ...]:
    return (
        [one.title for one in found.help], [one.role.slug for one in found.places], [one.title for one in found.events],
        [one.text for one in found.deeds],
    )  # fmt: skip


def test_everything_until_something_is_followed_then_that_and_what_is_the_houses(db: Any, house: dict[str, Any]) -> None:
    both = needs(house["sam"], Scope(), NOW)
    assert told(both) == (
        ["Flyers for the garden", "Flyers for the river", "A hand for everybody"], ["garden-lead", "river-lead"],
        ["Call of the garden", "Call of the river"], ["Watered the river", "Watered the garden"],
    )  # fmt: skip
    one = needs(house["sam"], Scope(groups=["river"], is_all=False), NOW)
    assert told(one) == (
        ["Flyers for the river", "A hand for everybody"], ["river-lead"], ["Call of the river"], ["Watered the river"],
    )  # fmt: skip
    for found in (both, one):
        assert [row.title for row in found.questions] == ["Who prints the posters?"]
        assert [row.title for row in found.plans] == ["A plan that is talked about"]
        assert [row.slug for row in found.digests] == ["what-october-brought"]


def test_the_page_is_chosen_by_its_reader(db: Any, house: dict[str, Any], as_: Any) -> None:  # noqa: F811
    sam = as_(house["sam"])
    with clock.as_of(NOW):
        assert 'href="/staff/"' in sam.get("/").text
        assert "Call of the garden" in sam.get("/staff/").text
        assert "Small tasks that groups would be glad of" in sam.get("/staff/").text
        for _twice in range(2):
            sam.post("/staff/follow", {"thing": "group:river", "do": "follow"})
        sam.post("/staff/follow", {"thing": "campaign:no-such", "do": "follow"})
        page = sam.get("/staff/").text
        assert "Call of the river" in page
        assert "Call of the garden" not in page
        assert "Call of the garden" in sam.get("/staff/?of=all").text
        assert db.session.execute(sa.select(Follow.sort, Follow.name)).all() == [("group", "river")]
        for _twice in range(2):
            sam.post("/staff/follow", {"thing": "group:river", "do": "stop"})
        assert "Call of the garden" in sam.get("/staff/").text
        assert as_(house["ada"]).client.get("/staff/").status_code == 403


def test_an_admin_says_who_is_staff(db: Any, house: dict[str, Any], as_: Any) -> None:  # noqa: F811
    root = as_(house["root"])
    for _twice in range(2):
        root.post("/council/staff", {"handle": "@ada", "do": "give"})
    assert as_(house["ada"]).client.get("/staff/").status_code == 200
    for reason, said in ((" ", "Say why."), ("Too long. " * 60, "At most 500 characters")):
        refused = root.post("/council/staff", {"handle": "ada", "do": "take", "reason": reason})
        assert (refused.status_code, said in plain(refused.text), f'value="{reason}"' in refused.text) == (422, True, True)
    assert as_(house["ada"]).client.get("/staff/").status_code == 200
    for _twice in range(2):
        root.post("/council/staff", {"handle": "ada", "do": "take", "reason": "Another team now"})
    assert as_(house["ada"]).client.get("/staff/").status_code == 403
    refused = root.post("/council/staff", {"handle": "nobody-here", "do": "give"})
    assert (refused.status_code, "nobody of that handle" in refused.text, 'value="nobody-here"' in refused.text) == (
        422,
        True,
        True,
    )
    root.post("/council/staff", {"handle": "root", "do": "give"})
    assert db.session.scalars(sa.select(Grant.member_id).where(Grant.role == "staff")).all() == [house["sam"].id]
    rows = db.session.execute(sa.select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.after).order_by(AuditEntry.id))
    assert [tuple(row) for row in rows if row.action.startswith("role.")] == [
        ("role.granted", house["root"].id, {"role": "staff"}), ("role.revoked", house["root"].id, {"reason": "Another team now"}),
    ]  # fmt: skip


def test_its_statements_do_not_grow(app: Flask, db: Any, house: dict[str, Any], as_: Any, count_queries: Any) -> None:  # noqa: F811
    sam = as_(house["sam"])
    with clock.as_of(NOW):
        sam.post("/staff/follow", {"thing": "group:river", "do": "follow"})
        sam.get("/staff/")
        with count_queries() as few:
            sam.get("/staff/")
        for number in range(6):
            make_milestone(make_objective(f"more-{number}"), "More", wants_help=True)
            make_question(house["ada"].id, f"Why {number}?")
            make_event(f"more-{number}")
            make_role(f"more-{number}", places=1, open_until=date(2026, 12, 31))
        db.session.commit()
        with count_queries() as many:
            sam.get("/staff/")
    assert len(many) == len(few) < 40
