"""The wall of contests, and the poster of one."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for

from recognition.badges.models import Badge
from recognition.badges.queries import published_badges
from recognition.contests import queries, terms
from recognition.contests.cards import Card, card, cards
from recognition.contests.eligible import Standing, names_of, rule_words, standings
from recognition.contests.jury import why_apart
from recognition.contests.models.contest import Contest
from recognition.contests.order import seed_hash
from recognition.contests.queries import stand_of
from recognition.contests.rules import BETWEEN, DRAW, ENTERING, JURY, OPEN, OVER, UPCOMING, VOTING
from recognition.contests.views.blueprint import blueprint
from recognition.contests.views.reading import Read, nobody_yet, read, reader_of
from recognition.contests.words import licences, phase_words, round_title, stops, takes_words
from recognition.database import moment
from recognition.identity.access import current_member
from recognition.web.access import public

WALL, SMALL_WALL = 5, 4
FIRST = 12
_BEFORE_THE_VOTE = (UPCOMING, ENTERING, BETWEEN)


@blueprint.get("/")
@public
def index() -> Any:
    member, now = current_member(), moment()
    found = queries.contests_page(request.args.get("after"), drafts=reader_of(member).is_council)
    walls = queries.first_entries(found.items, SMALL_WALL)
    hung = cards_by_contest(found.items, walls)
    stands = {contest.id: stand_of(contest, now) for contest in found.items}
    first = sorted(found.items, key=lambda contest: _rank(stands[contest.id].phase))
    lines = [
        {"contest": contest, "stand": stands[contest.id], "phase_words": phase_words(stands[contest.id], now),
         "cards": hung.get(contest.id, [])}
        for contest in first
    ]  # fmt: skip
    older = url_for("contests.index", after=found.next_cursor) if found.next_cursor else ""
    return render_template("contests/index.html", lines=lines, older=older)


def _rank(phase: str) -> int:
    """What one can take part in comes first; the order within stays."""
    order = (VOTING, ENTERING, BETWEEN, UPCOMING)
    return order.index(phase) if phase in order else len(order)


def cards_by_contest(contests: Sequence[Contest], walls: dict[int, list[Any]]) -> dict[int, list[Card]]:
    """Without names, which a wall does not show; their pictures in one statement."""
    found = queries.pictures(entry for entries in walls.values() for entry in entries)
    takes = {contest.id: contest.takes for contest in contests}
    return {
        contest_id: [card(takes[contest_id], entry, found, None, with_names=False) for entry in entries]
        for contest_id, entries in walls.items()
    }


@blueprint.get("/<slug>")
@public
def show(slug: str) -> Any:
    at = read(slug)
    return render_template("contests/show.html", **page_of(at))


def page_of(at: Read) -> dict[str, Any]:
    """All that the contest's page needs, also for the council's preview."""
    contest, stand = at.contest, at.stand
    found = queries.entries_page(contest, at.reader, at.now, size=FIRST, with_names=False)
    hung = cards(contest.takes, found.items, at.member, with_names=False)
    mine = queries.my_entries(contest, at.member.id) if at.member and stand.phase != OVER else []
    apart = _apart(at)
    return {
        "contest": contest, "stand": stand, "phase_words": phase_words(stand, at.now), "cards": hung, "wall": hung[:WALL],
        "has_more": found.next_cursor is not None, "nobody_yet": nobody_yet(contest, stand), "stops": stops(contest, at.now),
        "takes_words": takes_words(contest.takes), "licences": [licences()[slug] for slug in contest.licences],
        "votes": [(round_title(contest, one), terms.method(one), one) for one in contest.rounds], "badges": _prizes(contest),
        "ties": terms.ties(contest.tie_rule), "seal": _seal(contest), "mine": mine, "apart": apart,
        "may_begin": not apart and _may_begin(at, mine), **_who(at),
    }  # fmt: skip


def _seal(contest: Contest) -> str:
    """What the seed of the lot can be checked against, once it is shown."""
    return seed_hash(contest.seed) if contest.tie_rule == DRAW and contest.seed else ""


def _prizes(contest: Contest) -> list[Badge]:
    """In the council's order."""
    slugs = [prize.badge for prize in contest.prizes]
    known = {badge.slug: badge for badge in published_badges(slugs)} if slugs else {}
    return [known[slug] for slug in slugs if slug in known]


def _may_begin(at: Read, mine: Sequence[Any]) -> bool:
    """Whether there is room for another entry of theirs."""
    own = [entry for entry in mine if at.member and entry.member_id == at.member.id]
    return at.stand.phase == ENTERING and len(own) < at.contest.entries_each


def _apart(at: Read) -> str:
    """Why the reader has no part in what will be judged, while entries are taken."""
    has_jury = any(one.judges == JURY for one in at.contest.rounds)
    return why_apart(at.contest.id, at.member.id) if has_jury and at.member and at.stand.phase in (UPCOMING, ENTERING) else ""


def _who(at: Read) -> dict[str, Any]:
    """Who may enter and vote, in words; and how the reader stands with that, while it matters."""
    contest, phase = at.contest, at.stand.phase
    names = names_of(contest.may_enter, contest.may_vote)
    asked = {"enter": contest.may_enter} if phase in (UPCOMING, ENTERING) else {}
    asked |= {"vote": contest.may_vote} if phase in _BEFORE_THE_VOTE else {}
    stands: dict[str, Standing] = standings(asked, at.member, at.now, names) if at.member and asked else {}
    return {
        "enter_words": rule_words(contest.may_enter, names), "vote_words": rule_words(contest.may_vote, names),
        "may_enter": stands.get("enter"), "may_vote": stands.get("vote"), "on_roll": _on_roll(at),
    }  # fmt: skip


def _on_roll(at: Read) -> bool | None:
    """Of the round that is open; None where there is none, or nobody reads."""
    running = next((one for one in at.contest.rounds if one.state == OPEN), None)
    if running is None or at.member is None or at.stand.phase != VOTING:
        return None
    return queries.on_roll(running.id, at.member.id)
