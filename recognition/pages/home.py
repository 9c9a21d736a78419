"""The first page: what can I do next, and why? For guests: what is this, and who is here?"""

from typing import Any

from flask import Blueprint, render_template

from recognition import clock
from recognition.activities.queries import recent_deeds
from recognition.activities.thanking import received
from recognition.badges.queries import latest_pin, published_badges
from recognition.campaigns.queries import campaigns_page
from recognition.campaigns.texts import running_told
from recognition.contests.at_hand import at_hand, running
from recognition.contests.cards import Card, card
from recognition.contests.models.contest import Contest
from recognition.contests.queries import first_entries, pictures, stand_of
from recognition.contests.words import phase_words
from recognition.identity.access import current_member
from recognition.identity.models import Member
from recognition.pages.campaigns import faces_of
from recognition.pages.next_steps import suggestions
from recognition.pages.posters import poster, posters
from recognition.quests.queries import next_for
from recognition.surveys.queries import WAITS, waiting_for
from recognition.tongues import wanted_languages
from recognition.web.access import public

blueprint = Blueprint("pages", __name__)
DEEDS = 8
PINS = 6
CAMPAIGNS = 3
ENTRIES = 8


@blueprint.get("/")
@public
def home() -> Any:
    member = current_member()
    return _welcome() if member is None else _home(member)


def _welcome() -> Any:
    now = clock.utcnow()
    shown = posters(campaigns_page(None, size=3).items, now)
    contest = running(now)
    return render_template(
        "pages/welcome.html", deeds=recent_deeds(None, DEEDS), pins=_one_a_family(), campaigns=shown, contest=contest,
        contest_cards=_cards(contest) if contest else [],
        contest_words=phase_words(stand_of(contest, now), now) if contest else "",
    )  # fmt: skip


def _cards(contest: Contest) -> list[Card]:
    """A few of its entries, without names."""
    entries = first_entries([contest], ENTRIES).get(contest.id, [])
    found = pictures(entries)
    return [card(contest.takes, entry, found, None, with_names=False) for entry in entries]


def _home(member: Member) -> Any:
    now = clock.utcnow()
    running = running_told(member.id, now, wanted_languages(), CAMPAIGNS)
    shown = [poster(campaign, now, by=by) for campaign, _joined, by in running]
    invitation = next((one for one, (_campaign, joined, _by) in zip(shown, running, strict=True) if not joined), None)
    waiting = at_hand(member, now, beside=waiting_for(member.id, now))
    contests, asked = [one for one in waiting if one.what != WAITS], [one for one in waiting if one.what == WAITS]
    steps = suggestions(member.id, next_for(member.id), invitation, member.takes_badges, contests, now)
    people = faces_of(running[0][0].id, member) if running else []
    thanks = next(iter(received(member.id, member, size=1).items), None)
    return render_template(
        "pages/home.html", thanks=thanks, steps=steps, deeds=recent_deeds(member, DEEDS), posters=shown, people=people,
        pin=latest_pin(member.id), takes_badges=member.takes_badges, surveys=asked,
    )  # fmt: skip


def _one_a_family() -> list[Any]:
    """One pin of each family, and one more."""
    first: dict[str, Any] = {}
    badges = published_badges()
    for badge in badges:
        first.setdefault(badge.family, badge)
    rest = [badge for badge in badges if badge not in first.values()]
    return [*first.values(), *rest][:PINS]
