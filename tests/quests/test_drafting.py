"""A draft is kept only over the one that its writer saw, and comes out once."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recognition.audit.models import AuditEntry
from recognition.quests import drafts
from recognition.quests.models import Quest, QuestVersion
from recognition.quests.services import drafting, releasing
from recognition.quests.services.drafting import DraftMoved, WrongState
from tests.factories.identity import make_member
from tests.factories.quests import MADE, make_quest

NOW = MADE + timedelta(days=10)


def test_a_late_one_changes_nothing(db: Any) -> None:
    actor, quest = make_member("cora"), make_quest("first")
    draft = drafting.draft_of(quest)
    drafting.keep(quest, {**draft, "title": "One"}, 0, actor.id)
    for late in (0, 2, -1):
        with pytest.raises(DraftMoved):
            drafting.keep(quest, {**draft, "title": "Two"}, late, actor.id)
        with pytest.raises(DraftMoved):
            drafting.drop(quest, late, actor.id)
        with pytest.raises(DraftMoved):
            drafting.bring_out(quest, late, "", False, NOW, actor.id)
    db.session.refresh(quest)
    assert (quest.draft or {})["title"] == "One"
    assert (quest.draft_number, quest.title, quest.version) == (1, "First", 1)


def test_it_comes_out_once(db: Any) -> None:
    actor, quest = make_member("cora"), make_quest("first", kinds=("read", "reflect"))
    draft = drafts.removed(drafting.draft_of(quest), "reflect")
    drafting.keep(quest, draft, 0, actor.id)
    assert drafting.bring_out(quest, 1, "Shorter.", False, NOW, actor.id) == 2
    with pytest.raises(DraftMoved):
        drafting.bring_out(quest, 1, "Shorter.", False, NOW, actor.id)
    kept = db.session.get(QuestVersion, (quest.id, 2))
    assert (kept.note, kept.by_id, kept.at) == ("Shorter.", actor.id, NOW)
    assert (quest.draft, quest.draft_number, [step.slug for step in quest.steps]) == (None, 2, ["read"])
    told = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "quest.published")).one()
    assert (told.before, told.after) == ({"version": 1}, {"version": 2})


def test_new_ones_have_addresses_of_their_own_and_are_nobodys_business_yet(db: Any) -> None:
    actor = make_member("cora")
    made = [drafting.begin(drafts.blank("thanks", "Thanks"), actor.id, NOW) for _number in range(3)]
    assert [quest.slug for quest in made] == ["thanks", "thanks-2", "thanks-3"]
    assert [(quest.draft or {})["slug"] for quest in made] == ["thanks", "thanks-2", "thanks-3"]
    assert {quest.state for quest in made} == {"draft"}
    assert drafting.drop(made[1], 1, actor.id) is True
    assert db.session.scalars(sa.select(Quest.slug).order_by(Quest.id)).all() == ["thanks", "thanks-3"]


def test_moves_begin_where_they_begin(db: Any) -> None:
    actor, quest = make_member("cora"), make_quest("first")
    with pytest.raises(WrongState):
        drafting.reopen(quest, actor.id)
    drafting.retire(quest, actor.id)
    with pytest.raises(WrongState):
        drafting.retire(quest, actor.id)
    assert quest.state == "retired"


def test_what_came_out_with_its_campaign_is_not_written_over_by_a_page_from_before(db: Any) -> None:
    actor = make_member("cora")
    sheet = drafts.checked({**drafting.as_published(make_quest("first")), "slug": "second"})
    quest = releasing.lay_by(sheet, NOW, actor.id)
    seen, draft = quest.draft_number, drafting.draft_of(quest)
    assert (draft["thanks"], draft["after"]) == ("Thank you.", "You can do it now.")
    assert releasing.release([quest.slug], NOW, actor.id) == [quest.slug]
    with pytest.raises(DraftMoved):
        drafting.keep(quest, draft | {"title": "From before"}, seen, actor.id)
    assert (quest.state, quest.draft) == ("published", None)
