"""Voting: may I, the ballot page by page, two entries side by side, the look over it, and the receipt."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition.contests import papers, queries
from recognition.contests.eligible import names_of, rule_words, standings
from recognition.contests.marks import counted, too_many
from recognition.contests.models.contest import Round
from recognition.contests.papers import ids_of, lines, listed, said_in
from recognition.contests.rules import CLOSED, JURY, OPEN, OVER, VOTING, BadBallot, NotAllowed, WrongPhase
from recognition.contests.services import sheets
from recognition.contests.services.sheets import PAGE_ENTRIES, Paper, sheet_for
from recognition.contests.services.voting import cast
from recognition.contests.views.blueprint import blueprint
from recognition.contests.views.reading import Read, read
from recognition.contests.words import round_title
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.web.htmx import goto, respond
from recognition.web.limits import limited

VOTE = "/<slug>/vote"


class Here(NamedTuple):
    """A voter of an open round, with their paper."""

    at: Read
    one: Round
    paper: Paper


@blueprint.get(VOTE)
@member_required
def vote(slug: str) -> Any:
    """Before, beside and after the ballot; with ?page=N the ballot."""
    at = read(slug)
    if "page" not in request.args:
        return _door(at)
    here = _here(at)
    number = request.args.get("page", 0, type=int)
    if here is None or not 1 <= number <= _pages(here.paper):
        return goto(url_for(".vote", slug=slug))
    return _page(here, number)


@blueprint.get(f"{VOTE}/review")
@member_required
def review_vote(slug: str) -> Any:
    here = _here(read(slug))
    return _review(here) if here else goto(url_for(".vote", slug=slug))


@blueprint.get(f"{VOTE}/compare")
@member_required
def compare_votes(slug: str) -> Any:
    """?a=KEY by itself, or beside ?b=KEY; any two of the paper."""
    here = _here(read(slug))
    return _compare(here, request.args) if here else goto(url_for(".vote", slug=slug))


@blueprint.get(f"{VOTE}/thanks")
@member_required
def vote_cast(slug: str) -> Any:
    here = _here(read(slug))
    if here is None or not here.paper.number:
        return goto(url_for(".vote", slug=slug))
    return render_template("contests/vote_cast.html", **_common(here))


@blueprint.post(VOTE)
@member_required
@limited("vote", times=240)
def mark_vote(slug: str) -> Any:
    """Whatever is done with the ballot: `do` says what, `page` where, `shown` which entries the form speaks of. ballot.js
    sends "stay" while something is said, with a pause that makes it 150 a minute at most: the limit leaves room for that."""
    at = read(slug)
    try:
        address = _do(at, _latest(at))
    except BadBallot as fault:
        db.session.rollback()
        return respond(_again(read(slug), str(fault)), 422)
    except (WrongPhase, NotAllowed) as refused:
        db.session.rollback()
        return respond(_door(read(slug), str(refused)), 409 if isinstance(refused, WrongPhase) else 403)
    db.session.commit()
    return goto(address)


def _do(at: Read, one: Round) -> str:
    """Returns where to go on."""
    me, slug = signed_in().id, at.contest.slug
    what, _colon, rest = request.form.get("do", "").partition(":")
    named = [key for key in rest.split(":") if key]
    known = ids_of(one.id, [*request.form.getlist("shown"), *named])
    said = said_in(request.form, {key: known[key] for key in request.form.getlist("shown")})
    if what == "begin":
        sheets.next_page(one.id, me, 0)
        return url_for(".vote", slug=slug, page=1)
    if what in ("cast", "abstain"):
        receipt = cast(one.id, me, {}, abstains=True) if what == "abstain" else sheets.cast_paper(one.id, me, said)
        if what == "abstain" and receipt.new:
            flash(_("You abstained. That counts as having taken part, and for nobody."), "good")
        if not receipt.new:
            flash(_("This very ballot is in the box already. Its receipt is the same."), "plain")
        return url_for(".vote_cast", slug=slug)
    if what in sheets.CHANGES and len(named) == 1:
        sheets.change(one.id, me, said, known[named[0]], what)
        return _same_page(slug, f"entry-{named[0]}")
    if what == "better" and len(set(named)) == 2:
        sheets.prefer(one.id, me, said, known[named[0]], known[named[1]])
        return _same_page(slug)
    sheets.save(one.id, me, said)
    return _turn(at, one, what)


def _turn(at: Read, one: Round, what: str) -> str:
    slug, number = at.contest.slug, request.form.get("page", 0, type=int)
    if what == "next" and number > 0:
        sheets.next_page(one.id, signed_in().id, number * PAGE_ENTRIES)
        more = len(sheet_for(one, signed_in().id).order) > number * PAGE_ENTRIES
        return url_for(".vote", slug=slug, page=number + 1) if more else url_for(".review_vote", slug=slug)
    if what == "back" and number > 1:
        return url_for(".vote", slug=slug, page=number - 1)
    if what == "review":
        return url_for(".review_vote", slug=slug)
    if what == "stay":
        return _same_page(slug)
    flash(_("Kept. It is not in the box yet: come back and cast it before the vote ends."), "good")
    return url_for(".vote", slug=slug)


def _same_page(slug: str, anchor: str | None = None) -> str:
    where = request.form.get("page", "")
    if where == "compare":
        a, b = (request.form.get(name) or None for name in ("a", "b"))
        return url_for(".compare_votes", slug=slug, a=a, b=b)
    if where.isdecimal() and len(where) < 5:
        return url_for(".vote", slug=slug, page=int(where), _anchor=anchor)
    return url_for(".review_vote", slug=slug, _anchor=anchor)


def _again(at: Read, fault: str) -> str:
    """The same page with everything that was typed, and what is wrong with it."""
    here, where = _here(at), request.form.get("page", "")
    if here is None or not here.paper.order:
        return _door(at, fault)
    typed = {key: request.form.get(f"mark-{key}", "")[:8] for key in request.form.getlist("shown")}
    if where.isdecimal() and len(where) < 5 and 1 <= int(where) <= _pages(here.paper):
        return _page(here, int(where), fault, typed)
    if where == "compare" and set(typed) & _keys(here):
        return _compare(here, request.form, fault, typed)
    return _review(here, fault, typed)


def _page(here: Here, number: int, fault: str = "", typed: Mapping[str, str] | None = None) -> str:
    start = (number - 1) * PAGE_ENTRIES
    ids = here.paper.order[start : start + PAGE_ENTRIES]
    return render_template(
        "contests/ballot.html", **_common(here, fault), number=number, pages=_pages(here.paper),
        seen=min(start + PAGE_ENTRIES, len(here.paper.order)), is_last=start + PAGE_ENTRIES >= here.paper.total,
        lines=lines(here.at.contest, ids, here.paper.marks, signed_in(), typed),
        elsewhere=len(set(counted(here.paper.marks)) - set(ids)),
    )  # fmt: skip


def _review(here: Here, fault: str = "", typed: Mapping[str, str] | None = None) -> str:
    paper, most = here.paper, here.one.most_choices
    ids = listed(here.one.method, paper.marks, paper.order)
    chosen = len(counted(paper.marks))
    over = too_many(chosen, most) if most is not None and chosen > most else ""
    return render_template(
        "contests/ballot_review.html", **_common(here, fault or over), pages=_pages(paper), seen=len(paper.order),
        lines=lines(here.at.contest, ids, paper.marks, signed_in(), typed), elsewhere=0,
    )  # fmt: skip


def _compare(here: Here, given: Mapping[str, str], fault: str = "", typed: Mapping[str, str] | None = None) -> str:
    paper = here.paper
    everything = {line.key: line for line in lines(here.at.contest, paper.order, paper.marks, signed_in(), typed)}
    keys = list(dict.fromkeys(key for name in ("a", "b") if (key := given.get(name, ""))))
    if not keys or any(key not in everything or everything[key].card is None for key in keys):
        abort(404)
    others = [(line.key, line.card.title) for line in everything.values() if line.key not in keys and line.card is not None]
    return render_template(
        "contests/ballot_compare.html", **_common(here, fault), lines=[everything[key] for key in keys], others=others,
        elsewhere=len(counted(paper.marks)) - sum(1 for key in keys if everything[key].said),
    )  # fmt: skip


def _keys(here: Here) -> set[str]:
    return {line.key for line in lines(here.at.contest, here.paper.order, {}, signed_in())}


def _common(here: Here, fault: str = "") -> dict[str, Any]:
    one = here.one
    return {
        "contest": here.at.contest, "round": one, "round_title": round_title(here.at.contest, one), "paper": here.paper,
        "style": papers.style_of(one), "how_words": papers.how_words(one), "score_words": papers.score_words(one),
        "is_jury": one.judges == JURY, "chosen": len(counted(here.paper.marks)), "fault": fault,
        "address": url_for("contests.vote", slug=here.at.contest.slug),
    }  # fmt: skip


def _door(at: Read, fault: str = "") -> str:
    """What there is to say to this member about voting here."""
    one, here = _latest(at), _here(at)
    if here is not None:
        return render_template("contests/vote.html", **_common(here, fault), state="ready", pages=_pages(here.paper))
    phase, may, words = at.stand.phase, None, ""
    state = {OVER: "over"}.get(phase, phase)
    if phase == VOTING:
        state = "not_on_roll" if one.state == OPEN else "opening"
    if one.judges != JURY and phase not in (OVER, VOTING, "called_off"):
        names = names_of(at.contest.may_vote)
        words = rule_words(at.contest.may_vote, names)
        may = standings({"vote": at.contest.may_vote}, signed_in(), at.now, names)["vote"]
    return render_template(
        "contests/vote.html", contest=at.contest, round=one, round_title=round_title(at.contest, one), state=state, may=may,
        vote_words=words, is_jury=one.judges == JURY, fault=fault, how_words=papers.how_words(one),
    )  # fmt: skip


def _latest(at: Read) -> Round:
    """The round that runs or comes next; after the last one, that."""
    open_ones = [one for one in at.contest.rounds if one.state != CLOSED]
    return (open_ones or at.contest.rounds or abort(404))[0 if open_ones else -1]


def _here(at: Read) -> Here | None:
    """None: there is nothing that this member could vote on now."""
    one = _latest(at)
    if at.stand.phase != VOTING or one.state != OPEN or not queries.on_roll(one.id, signed_in().id):
        return None
    return Here(at, one, sheet_for(one, signed_in().id))


def _pages(paper: Paper) -> int:
    return -(-len(paper.order) // PAGE_ENTRIES)
