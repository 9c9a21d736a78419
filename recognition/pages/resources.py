"""Resources for everybody: what was decided and why, who got what by region, asking, and one's own asks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, make_response, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.activities.rules import VISIBILITIES
from recognition.campaigns import queries as campaigns
from recognition.events import queries as events
from recognition.extensions import db
from recognition.identity.access import current_member, member_required, signed_in
from recognition.identity.fields import ONLY_ME, level
from recognition.identity.models import Member
from recognition.metrics.rules import country_of
from recognition.pages import resource_shares
from recognition.resources import forms, queries, rules, services
from recognition.resources.forms import Choices
from recognition.resources.models import ResourceAsk
from recognition.resources.queries import Filter, Shown
from recognition.resources.rules import NotSaved, TooLate
from recognition.web import csv_lines
from recognition.web.access import public
from recognition.web.htmx import goto
from recognition.web.limits import limited
from recognition.web.pagination import encode
from recognition.web.templating import iso

blueprint = Blueprint("resources", __name__, url_prefix="/resources")
ONE = f"<int(max={2**53}):ask_id>"
ABOUTS_MAX = 24
LIMITS = {"what": rules.WHAT_MAX_CHARS, "why": rules.WHY_MAX_CHARS, "unit": rules.UNIT_MAX_CHARS,
          "region": rules.REGION_MAX_CHARS, "text": rules.WHY_MAX_CHARS}  # fmt: skip
COLUMNS = ("number", "asked", "kind", "what", "why", "amount", "unit", "region", "group", "about", "state", "given", "decided",
           "reason", "told", "deed", "shows_name", "shows_words", "words_down")  # fmt: skip


@blueprint.get("/")
@public
def index() -> Any:
    """?region=, ?kind= (0: no kind), ?year=; a region that may not be told is no filter."""
    named = queries.named_regions(queries.members_by_country())
    kinds, years = queries.kinds(), _years()
    wanted = Filter(_one_of("region", named), _number("kind", {0, *(one.id for one in kinds)}), _number("year", set(years)))
    found = queries.decided(wanted, named, current_member(), request.args.get("after"), clock.utcnow())
    chosen = {name: value for name, value in vars(wanted).items() if value not in ("", None)}
    older = url_for(".index", **chosen, after=found.next_cursor) if found.next_cursor else ""
    return render_template(
        "resources/index.html", asks=found.items, older=older, wanted=wanted, is_filtered=bool(chosen),
        years=[("", _("all years")), *((one, one) for one in years)],
        regions=[("", _("any")), *((one, one) for one in sorted(named))],
        kinds=[("", _("anything")), *((one.id, one.name) for one in kinds), (0, _("something else"))],
        abouts=about_words([one.row for one in found.items if one.shows_words]),
    )  # fmt: skip


@blueprint.get("/by-region")
@public
def by_region() -> Any:
    years = _years()
    year = _number("year", set(years))
    return render_template("resources/by_region.html", shares=resource_shares.of(year), year=year,
                           years=[("", _("all years")), *((one, one) for one in years)])  # fmt: skip


@blueprint.get("/by-region.csv")
@public
def by_region_file() -> Any:
    year = _number("year", set(_years()))
    return csv_lines.answer(resource_shares.of(year).chart.lines(), f"resources-by-region-{year or 'all-years'}.csv")


@blueprint.get("/new")
@member_required
def new() -> Any:
    """?group= and ?about= choose these, so that other pages can lead here."""
    member = signed_in()
    begun = {name: request.args.get(name, "") for name in ("group", "about")}
    country = country_of(member.place) if level(member.visibility or {}, "place") != ONLY_ME else ""
    return _form(member, {**begun, "region": country})


@blueprint.post("/new")
@member_required
@limited("resource-ask", times=30)
def ask() -> Any:
    member = signed_in()
    try:
        made = services.ask(forms.ask(request.form, _choices(member)), member, clock.utcnow())
    except NotSaved as fault:
        db.session.rollback()
        return _form(member, request.form, fault.errors), 422
    except TooLate as fault:
        db.session.rollback()
        return _form(member, request.form, refused=str(fault)), 409
    db.session.commit()
    flash(_("Thank you for asking. A person reads it, and you hear what comes of it and why."), "good")
    return goto(url_for(".show", ask_id=made.id))


@blueprint.get("/mine")
@member_required
def mine() -> Any:
    found = queries.own(signed_in(), request.args.get("after"))
    older = url_for(".mine", after=found.next_cursor) if found.next_cursor else ""
    return _private(render_template("resources/mine.html", asks=found.items, older=older))


@blueprint.get("/mine.csv")
@member_required
@limited("record", times=30)
def mine_file() -> Any:
    """Everything that we know of their asks."""
    member = signed_in()
    return csv_lines.answer(_lines(queries.every_own(member)), f"resources-of-{member.handle}.csv")


@blueprint.get(f"/{ONE}")
@member_required
def show(ask_id: int) -> Any:
    return whole_page(_found(ask_id))


@blueprint.post(f"/{ONE}/back")
@member_required
def withdraw(ask_id: int) -> Any:
    if services.withdraw(_own(ask_id).id, signed_in().id):
        flash(_("Taken back. Nobody decides about it any more."), "good")
    db.session.commit()
    return goto(url_for(".mine"))


@blueprint.post(f"/{ONE}/shown")
@member_required
def shown(ask_id: int) -> Any:
    form = request.form
    services.show(_own(ask_id).id, signed_in().id, bool(form.get("shows_name")), bool(form.get("shows_words")))
    db.session.commit()
    flash(_("Kept. The list for everybody follows it at once."), "good")
    return goto(url_for(".show", ask_id=ask_id))


@blueprint.post(f"/{ONE}/came-of-it")
@member_required
@limited("report", times=600)
def came_of_it(ask_id: int) -> Any:
    one, form = _own(ask_id), request.form
    visibility = form.get("visibility", "")
    try:
        text = forms.words(form, "text", rules.WHY_MAX_CHARS)
    except NotSaved as fault:
        return whole_page(one, fault.errors["text"]), 422
    seen_by = visibility if visibility in VISIBILITIES else "members"
    try:
        is_told = services.tell_what_came(one.id, signed_in(), text, seen_by, clock.utcnow())
    except TooLate as fault:
        db.session.rollback()
        return whole_page(one, str(fault)), 409
    if not is_told:
        abort(404)
    db.session.commit()
    flash(_("Thank you for telling. It is a deed of yours now, and whoever decided hears of it."), "good")
    return goto(url_for(".show", ask_id=ask_id))


def about_words(asks: Sequence[ResourceAsk]) -> dict[str, tuple[str, str]]:
    """What asks are about: address and title by their word; without what is gone."""
    words = {one.about for one in asks if one.about}
    found = {}
    for sort, titles, endpoint in (("campaign:", campaigns.titles, "campaigns.show"), ("event:", events.titles, "events.show")):
        slugs = [one.removeprefix(sort) for one in words if one.startswith(sort)]
        for slug, title in (titles(slugs) if slugs else {}).items():
            found[f"{sort}{slug}"] = (url_for(endpoint, slug=slug), title)
    return found


def typed_in(*names: str) -> dict[str, str]:
    """For a form that comes back."""
    return {name: request.form.get(name, "") for name in names}


def may_decide(member: Member) -> bool:
    return bool(member.roles & {"council", "admin"})


def _lines(asks: Sequence[Shown]) -> Iterator[tuple[str | int, ...]]:
    yield COLUMNS
    for one in asks:
        row = one.row
        yield (row.id, iso(row.asked_at), one.kind, row.what, row.why, row.amount or "", row.unit, row.region,
               one.group.slug if one.group else "", row.about, row.state, row.given or "",
               iso(row.decided_at) if row.decided_at else "", row.answer, iso(row.told_at) if row.told_at else "",
               row.deed_id or "", int(row.shows_name), int(row.shows_words),
               iso(row.words_down_at) if row.words_down_at else "")  # fmt: skip


def _found(ask_id: int) -> ResourceAsk:
    """For whoever asked and whoever decides; to others it is not there."""
    one, member = queries.ask_by_id(ask_id), signed_in()
    if one is None or (one.member_id != member.id and not may_decide(member)):
        abort(404)
    return one


def _own(ask_id: int) -> ResourceAsk:
    one = _found(ask_id)
    return one if one.member_id == signed_in().id else abort(404)


def whole_page(one: ResourceAsk, error: str = "", words_error: str = "") -> Any:
    """For whoever asked and whoever decides, with what is wrong about words that came."""
    member = signed_in()
    return _private(render_template(
        "resources/show.html", ask=queries.whole(one, member), is_own=one.member_id == member.id, abouts=about_words([one]),
        error=error, typed=typed_in("text", "visibility", "reason"), words_error=words_error, limits=LIMITS,
        may_decide=may_decide(member), words_stand=queries.words_stand(one) and one.decided_at is not None,
        desk=url_for("resource_desk.index", after=encode([one.id - 1]), _anchor=f"ask-{one.id}"),
    ))  # fmt: skip


def _choices(member: Member) -> Choices:
    groups = {one.slug: one.id for one in queries.groups_looked_after(member)}
    return Choices({one.id: one.unit for one in queries.kinds(open_only=True)}, groups, dict(_abouts(member)))


def _abouts(member: Member) -> list[tuple[str, str]]:
    now = clock.utcnow()
    running = [(f"campaign:{one.slug}", one.title) for one, _joined in campaigns.running_for(member.id, now, ABOUTS_MAX)]
    coming = events.listed(events.Asked(), False, member, now, size=ABOUTS_MAX).items
    return [*running, *((f"event:{line.event.slug}", line.event.title) for line in coming)]


def _form(member: Member, values: Mapping[str, str], errors: Mapping[str, str] | None = None, refused: str = "") -> Any:
    kinds = [(one.id, f"{one.name} ({one.unit})" if one.unit else one.name) for one in queries.kinds(open_only=True)]
    groups = [(one.slug, one.name) for one in queries.groups_looked_after(member)]
    return _private(render_template(
        "resources/new.html", values={name: values.get(name, "") for name in forms.FIELDS}, limits=LIMITS, refused=refused,
        kinds=[*kinds, ("", _("something else"))], groups=[("", _("for myself")), *groups],
        abouts=[("", _("nothing in particular")), *_abouts(member)],
        errors={**dict.fromkeys(forms.FIELDS, ""), **(errors or {})},
    ))  # fmt: skip


def _years() -> list[int]:
    first = queries.first_year()
    return list(range(clock.utcnow().year, first - 1, -1)) if first else []


def _one_of(name: str, known: frozenset[str]) -> str:
    typed = request.args.get(name, "")
    return typed if typed in known else ""


def _number(name: str, known: set[int]) -> int | None:
    typed = request.args.get(name, "")
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else -1
    return number if number in known else None


def _private(body: str) -> Any:
    answer = make_response(body)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
