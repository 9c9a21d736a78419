"""How I want to hear by mail: about what, when, in which language; and whether my mails came back."""

from datetime import datetime
from typing import Any

from babel import Locale
from flask import Blueprint, Response, abort, flash, make_response, render_template, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _

from recognition import clock
from recognition.announcements import bounces, forms, wishing
from recognition.announcements.models import MailWish
from recognition.announcements.rules import (
    CAMPAIGN,
    COMMUNITY,
    DAY,
    DIGESTS,
    FOLLOWING,
    MONTH,
    NEVER,
    NOW,
    RHYTHMS,
    TOPICS,
    WEEK,
    next_digest,
    rhythm_of,
    wish_of,
    zones,
)
from recognition.announcements.topics import topic_words
from recognition.campaigns.queries import running_for, spans
from recognition.extensions import db
from recognition.identity.access import member_required, signed_in
from recognition.identity.services.mails import take_mail
from recognition.pages import follows
from recognition.web.htmx import goto
from recognition.web.limits import limited

blueprint = Blueprint("mail_settings", __name__)
CAMPAIGNS_SHOWN = 12
LANGUAGES = ("ar bn cs da de el en es fa fi fr he hi hu id it ja ko nl pl pt pt-BR ro ru sv sw ta te th tr uk ur vi zh").split()
"""What announcements may be written in; the house's own lines come in the nearest language it has."""
NAMES = ("language", "zone", "weekday", "hour", "quiet_from", "quiet_until")
QUIET = {"quiet_from": 22, "quiet_until": 7}
"""Offered to whoever has not said anything yet."""


@blueprint.get("/me/mail")
@member_required
def mine() -> Any:
    return _page(_stored(wishing.wish_row(signed_in().id)), {})


@blueprint.post("/me/mail")
@member_required
@limited("mail-wishes", times=60)
def save() -> Any:
    said, errors = forms.wish_form(request.form)
    if errors:
        return _page(request.form.to_dict(), errors), 422
    wishing.save(signed_in().id, said, clock.utcnow())
    db.session.commit()
    flash(_("Kept. We hold to it from the next mail on."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/mail/topic")
@member_required
@limited("mail-wishes", times=60)
def topic() -> Any:
    """One topic by itself, as the buttons beside a campaign say it."""
    name, rhythm = request.form.get("topic", ""), request.form.get("rhythm", "")
    if not forms.is_topic(name) or not forms.is_rhythm(name, rhythm):
        abort(400)
    wishing.set_rhythm(signed_in().id, name, rhythm, clock.utcnow())
    db.session.commit()
    flash(_("Kept. We hold to it from the next mail on."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/mail/all")
@member_required
@limited("mail-wishes", times=60)
def everything() -> Any:
    """One rhythm for all; what else the form says is kept with it."""
    rhythm, member_id = request.form.get("rhythm", ""), signed_in().id
    if rhythm not in forms.PRESETS:
        abort(400)
    if "zone" in request.form:
        said, errors = forms.wish_form(request.form)
        if errors:
            return _page(request.form.to_dict(), errors), 422
        wishing.save(member_id, said, clock.utcnow())
    row = wishing.wish_row(member_id)
    wishing.set_rhythms(member_id, forms.all_at(rhythm, {*TOPICS, *(row.rhythms if row else ())}), clock.utcnow())
    db.session.commit()
    flash(_("Kept. We hold to it from the next mail on."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/mail/on")
@member_required
def on() -> Any:
    take_mail(signed_in().id)
    db.session.commit()
    flash(_("Good. We write to you again."), "good")
    return goto(url_for(".mine"))


@blueprint.post("/me/mail/works-again")
@member_required
@limited("mail-works", times=6, seconds=3600)
def works_again() -> Any:
    if bounces.works_again(signed_in().id):
        flash(_("Good to know. The next mail goes there."), "good")
    db.session.commit()
    return goto(url_for(".mine"))


def _stored(row: MailWish | None) -> dict[str, Any]:
    """As the form's fields hold it."""
    values: dict[str, Any] = {"language": "", "zone": "UTC", "weekday": 0, "hour": 8, **QUIET}
    if row is not None:
        values |= {name: getattr(row, name) for name in NAMES}
    wish = wish_of(row)
    named = [*TOPICS, *wish.rhythms]
    return values | {forms.FIELD + one: rhythm_of(wish, one) for one in named}


def _page(form: dict[str, Any], errors: dict[str, str]) -> Response:
    member, now = signed_in(), clock.utcnow()
    topics = _topics(member.id, form, now)
    stopped = bounces.stopped(member.id)
    page = render_template(
        "pages/mail_settings.html", form=_stored(None) | form, errors=dict.fromkeys((*NAMES, *_fields(topics)), "") | errors,
        topics=topics, follows=follows.mine(member), sorts=follows.sorts(),
        takes_mail=member.takes_mail, stopped=stopped, rhythms=_rhythms(), presets=forms.PRESETS,
        next_at=_next(member.id, now), weekdays=_weekdays(),
        hours=[(hour, f"{hour:02}:00") for hour in range(24)], zones=sorted(zones()), languages=_languages(),
    )  # fmt: skip
    answer = make_response(page)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _next(member_id: int, now: datetime) -> str:
    """When something of theirs goes as a digest, by their clock; empty where everything goes at once or never."""
    row = wishing.wish_row(member_id)
    wish = wish_of(row)
    follows_nothing = row is None or row.follows_due_at is None
    named = [one for one in (*TOPICS, *wish.rhythms) if not (one == FOLLOWING and follows_nothing)]
    used = {rhythm_of(wish, one) for one in named} & set(DIGESTS)
    if not used:
        return ""
    first = min(next_digest(wish, rhythm, now) for rhythm in used)
    return format_datetime(first.astimezone(wish.clock), "EEEE, d MMMM, HH:mm", rebase=False)


def _topics(member_id: int, form: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The house's topics, then the campaigns that run and those that something was said of."""
    said = [name.removeprefix(forms.FIELD) for name in form if name.startswith(forms.FIELD + CAMPAIGN)]
    running = [CAMPAIGN + campaign.slug for campaign, _joined in running_for(member_id, now, CAMPAIGNS_SHOWN)]
    asked = request.args.get("topic", "")
    campaigns = list(dict.fromkeys([*([asked] if forms.TOPIC.fullmatch(asked) else []), *running, *said]))
    # Whoever guesses the address of one that is not out yet does not read its title here.
    out = spans(one.removeprefix(CAMPAIGN) for one in campaigns)
    words = topic_words([*TOPICS, *(CAMPAIGN + slug for slug in out)])
    return [{"name": one, "field": forms.FIELD + one, "words": words.get(one, one.removeprefix(CAMPAIGN)),
             "hint": _hints().get(one, ""), "rhythms": _offered(one)}
            for one in (*TOPICS, *campaigns[:CAMPAIGNS_SHOWN])]  # fmt: skip


def _fields(topics: list[dict[str, Any]]) -> list[str]:
    return [topic["field"] for topic in topics]


def _hints() -> dict[str, str]:
    return {
        "mine": _("Thanks, pins, answers to you."),
        "questions": _("Were you there? Did you do this together? One click answers."),
        "news": _("What the council tells everybody, or people like you."),
        "events": _("Calls you could come to, and what came of them."),
        FOLLOWING: _("A digest of what came of the people, groups, campaigns and tags on your list below."),
        COMMUNITY: _("A digest of deeds, big and small, of thanks, and of what you could do next."),
    }


def _rhythms() -> dict[str, str]:
    return {NOW: _("At once"), DAY: _("Once a day"), WEEK: _("Once a week"), MONTH: _("Once a month"), NEVER: _("Never by mail")}


def _offered(topic: str) -> list[tuple[str, str]]:
    words = _rhythms()
    return [(one, words[one]) for one in RHYTHMS if forms.is_rhythm(topic, one)]


def _weekdays() -> list[tuple[int, str]]:
    days = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return list(enumerate(days))


def _languages() -> list[tuple[str, str]]:
    """Each in its own words, so that everybody finds theirs."""
    names = {code: Locale.parse(code, sep="-").get_display_name() or code for code in LANGUAGES}
    named = [(code, name[:1].upper() + name[1:]) for code, name in names.items()]
    return [("", _("As it was written")), *sorted(named, key=lambda one: one[1])]
