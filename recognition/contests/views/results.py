"""What came of a contest: the story of its result, the ballots for whoever counts again, and what a receipt says."""

from typing import Any

from flask import current_app, render_template, request, url_for

from recognition.badges.queries import published_badges
from recognition.contests import halls, result_words, results, terms
from recognition.contests.ballots import REPLACED, STANDS, Found, find
from recognition.contests.models.contest import Contest, Round
from recognition.contests.order import seed_hash
from recognition.contests.published import ballots_answer
from recognition.contests.results import Story
from recognition.contests.rules import CALLED_OFF, CLOSED, DRAW, OVER
from recognition.contests.services.voting import find_receipt
from recognition.contests.views.blueprint import blueprint
from recognition.contests.views.reading import Read, read
from recognition.contests.words import attribution, licences, round_title
from recognition.identity.access import current_member
from recognition.web.access import public
from recognition.web.limits import limited

CODE_MAX_CHARS = 64


@blueprint.get("/<slug>/results", endpoint="results")
@public
def outcome(slug: str) -> Any:
    at = read(slug)
    if not results.is_told(at.contest):
        return render_template("contests/results_later.html", contest=at.contest, stand=at.stand, ends=_ends(at.contest))
    with_numbers = "numbers" in request.args
    story = results.story(at.contest, at.member, request.args.get("after"), with_numbers)
    return render_template("contests/results.html", **page_of(at, story))


def page_of(at: Read, story: Story) -> dict[str, Any]:
    contest = at.contest
    shown = 1 if "numbers" in request.args else None
    older = url_for(".results", slug=contest.slug, after=story.page.next_cursor, numbers=shown, _anchor="all")
    return {
        "contest": contest, "stand": at.stand, "story": story, "words": result_words, "terms": terms,
        "round_title": round_title, "is_over": at.stand.phase == OVER, "is_first_page": not request.args.get("after"),
        "older": older if story.page.next_cursor else "", "is_drawn": contest.tie_rule == DRAW,
        "seed_hash": seed_hash(contest.seed), "next_round": _following(contest), "reuse": _reuse(story),
        "prizes": published_badges([prize.badge for prize in contest.prizes]) if contest.prizes else [],
    }  # fmt: skip


@blueprint.get("/<slug>/ballots.csv")
@public
@limited("ballots", times=60)
def ballots_file(slug: str) -> Any:
    return ballots_answer(read(slug).contest)


@blueprint.route("/<slug>/receipt", methods=["GET", "POST"])
@public
@limited("receipt", times=60)
def receipt(slug: str) -> Any:
    """The code is sent, not part of an address, which would stay in histories and logs."""
    at = read(slug)
    typed = request.form.get("code", "")[:CODE_MAX_CHARS]
    is_off = at.stand.phase == CALLED_OFF
    found = _look_up(at.contest, typed) if typed.strip() and not is_off else None
    round_asked = next((one for one in at.contest.rounds if found and one.position == found.round), None)
    page = render_template("contests/receipt.html", contest=at.contest, typed=typed, found=found, one=round_asked,
                           is_off=is_off, STANDS=STANDS, REPLACED=REPLACED, is_told=results.is_told(at.contest))  # fmt: skip
    return page, 422 if request.method == "POST" and found is None else 200


@blueprint.get("/hall-of-fame")
@public
def hall_of_fame() -> Any:
    found = halls.hall(current_member(), request.args.get("after"))
    older = url_for(".hall_of_fame", after=found.next_cursor) if found.next_cursor else ""
    return render_template("contests/hall_of_fame.html", lines=found.items, older=older)


def _look_up(contest: Contest, code: str) -> Found:
    """While a round is open it is said that the ballot is in, and nothing that would count."""
    waiting = find_receipt(contest.id, code)
    return find(contest.id, code) if waiting is None else Found(STANDS if waiting == STANDS else REPLACED)


def _reuse(story: Story) -> list[tuple[Any, Any, str]]:
    """Of each winner that may be used elsewhere: the licence, and the line to put beside it."""
    base, known = current_app.extensions["settings"].base_url, licences()
    found = []
    for line in story.winners:
        licence = known.get(line.licence)
        if line.card and licence:
            address = base + url_for("contests.entry", slug=story.contest.slug, key=line.key)
            found.append((line, licence, attribution(line.title, line.card.names, licence, address)))
    return found


def _following(contest: Contest) -> Round | None:
    return next((one for one in contest.rounds if one.state != CLOSED), None)


def _ends(contest: Contest) -> Any:
    following = _following(contest)
    return following.ends_at if following else None
