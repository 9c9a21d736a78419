"""The desk's form: what was written, the announcement it makes, and a sentence for each field that makes none yet. Fields of
a text are called `text-0-title`, of a decision `decision-0-what`, of a mention `mention-0-url`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from recognition.activities.builder import words as rule_words
from recognition.activities.builder.cards import Card, Form, fresh, read
from recognition.activities.builder.making import make
from recognition.activities.builder.taking import take
from recognition.activities.criteria.parse import check_known, parse
from recognition.activities.criteria.values import BadCriteria
from recognition.activities.rules import BadReport, clean_text
from recognition.news.models import Announcement
from recognition.news.rules import (
    BODY_MAX,
    DECISION_STATES,
    LEAD_DAYS,
    MEMBERS,
    RECORDS_MAX,
    SORTS,
    TEXTS_MAX,
    TITLE_MAX,
    URL_MAX,
    Decision,
    NewsSpec,
    Text,
)
from recognition.news.words import is_language
from recognition.pages.badge_studio.choices import known
from recognition.pages.news_desk.about import Subject, subject

RULE = "rule"
"""What the names of the rule's own fields begin with."""
PLAIN = ("sort", "who", "is_public", "about", "send_at", "seen")
OF_TEXT = ("language", "title", "body")
OF_DECISION = ("what", "decider", "consulted", "informed", "outcome", "state", "day", "url")
OF_MENTION = ("title", "url")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Written:
    """What was written, as text. `spec` is None while `errors` has anything. `send_at` None: it goes
    when somebody says so. `audience` is there as soon as the rule by itself is one."""

    values: Mapping[str, str]
    channels: Sequence[str]
    texts: Sequence[Mapping[str, str]]
    decisions: Sequence[Mapping[str, str]]
    mentions: Sequence[Mapping[str, str]]
    card: Card
    errors: Mapping[str, str] = field(default_factory=dict)
    spec: NewsSpec | None = None
    audience: dict[str, Any] | None = None
    about: Subject | None = None
    send_at: datetime | None = None


def blank(about: Subject | None, texts: Sequence[Mapping[str, str]]) -> Written:
    values = {"sort": "news", "who": "all", "is_public": "1", "about": about.ref if about else "", "send_at": "", "seen": ""}
    return Written(values, [MEMBERS], texts, [], [], fresh())


def stored(one: Announcement) -> Written:
    values = {
        "sort": one.sort, "who": "all" if one.audience is None else "rule", "is_public": "1" if one.is_public else "",
        "about": one.about_ref, "send_at": f"{one.send_at:%Y-%m-%dT%H:%M}" if one.send_at else "", "seen": seen_of(one),
    }  # fmt: skip
    texts = [{"language": text.language, "title": text.title, "body": text.body} for text in one.texts]
    card = fresh() if one.audience is None else take(one.audience)
    decisions = [dict.fromkeys(OF_DECISION, "") | each for each in one.decisions]
    return Written(values, list(one.channels), texts, decisions, one.mentions, card)


def seen_of(one: Announcement) -> str:
    """Changes with every change."""
    return f"{one.changed_at.isoformat()} {one.state}"


def sent(form: MultiDict[str, str]) -> Written:
    """As it came. Raises cards.TooLarge."""
    return Written(
        {name: form.get(name, "") for name in PLAIN}, form.getlist("channels"), _rows(form, "text", OF_TEXT, TEXTS_MAX),
        _rows(form, "decision", OF_DECISION, RECORDS_MAX), _rows(form, "mention", OF_MENTION, RECORDS_MAX), read(form, RULE),
    )  # fmt: skip


def _rows(form: Form, stem: str, names: Sequence[str], most: int) -> list[dict[str, str]]:
    """Those with anything in them; the first text always."""
    rows = []
    for place in range(most + 1):
        one = {name: form.get(f"{stem}-{place}-{name}", "") for name in names}
        said = [one[name] for name in names if name not in ("language", "state")]
        if any(text.strip() for text in said) or (stem == "text" and place == 0):
            rows.append(one)
    return rows[:most]


def checked(draft: Written, channels: Sequence[str]) -> Written:
    """All faults at once. `channels`: those that there are."""
    errors: dict[str, str] = {}
    audience = _audience(draft, errors)
    about = subject(draft.values["about"]) if draft.values["about"] else None
    if draft.values["about"] and about is None:
        errors["about"] = str(_("That is not there any more. Choose another one, or nothing."))
    chosen = tuple(one for one in draft.channels if one == MEMBERS or one in channels)
    is_public = bool(draft.values["is_public"])
    if not chosen and not is_public:
        errors["channels"] = str(_("It has to go somewhere: choose a channel, or make it public."))
    if not is_public and set(chosen) - {MEMBERS}:
        errors["is_public"] = str(_("What goes outside is public. Let it stand in the archive too, or tell only members."))
    spec = NewsSpec(
        texts(draft, errors), _one_of(draft.values["sort"], SORTS), audience, is_public, chosen,
        about.ref if about else "", about.begins if about else None, _decisions(draft, errors), _mentions(draft, errors),
        about.lead_days if about else LEAD_DAYS,
    )  # fmt: skip
    at = _moment(draft.values["send_at"], errors)
    return replace(draft, errors=errors, spec=None if errors else spec, audience=audience, about=about, send_at=at)


def _one_of(text: str, known_ones: Sequence[str]) -> str:
    return text if text in known_ones else known_ones[0]


def _audience(draft: Written, errors: dict[str, str]) -> dict[str, Any] | None:
    if draft.values["who"] != "rule":
        return None
    made = make(draft.card, RULE)
    try:
        criteria = parse(made.data)
        check_known(made.data, known(criteria))
    except BadCriteria as fault:
        errors[made.field_at(fault.place)] = rule_words.fault(fault)
        return None
    return made.data


def texts(draft: Written, errors: dict[str, str]) -> tuple[Text, ...]:
    found: list[Text] = []
    for place, one in enumerate(draft.texts):
        language = one["language"].strip().replace("_", "-")
        if not is_language(language):
            errors[f"text-{place}-language"] = str(_("A short code of a language, please, such as en, de or pt-BR."))
        elif language.lower() in {text.language.lower() for text in found}:
            errors[f"text-{place}-language"] = str(_("This language is there already."))
        title = _text(one["title"], f"text-{place}-title", TITLE_MAX, errors)
        body = _text(one["body"], f"text-{place}-body", BODY_MAX, errors)
        found.append(Text(language, " ".join(title.split()), body))
    return tuple(found)


def _text(text: str, name: str, limit: int, errors: dict[str, str]) -> str:
    try:
        clean = clean_text(text.replace("\r\n", "\n").replace("\r", "\n"), name, limit)
    except BadReport as fault:
        errors[name] = rule_words.fault(BadCriteria(name, fault.reason))
        return ""
    if not clean:
        errors[name] = str(_("A few words, please."))
    return clean


def _decisions(draft: Written, errors: dict[str, str]) -> tuple[Decision, ...]:
    """A record is whole or none: what, by whom, after asking whom, told to whom, what comes of it, when, and where to read on."""
    found = []
    for place, one in enumerate(draft.decisions):
        stem = f"decision-{place}"
        names = ("what", "decider", "consulted", "informed", "outcome")
        said = {name: _text(one.get(name, ""), f"{stem}-{name}", 300, errors) for name in names}
        day, url = _day(one["day"], f"{stem}-day", errors), _url(one["url"], f"{stem}-url", errors)
        if f"{stem}-url" in errors:
            errors[f"{stem}-url"] = str(
                _("A decision needs a link to where it can be read: a whole address, or one of this site such as /campaigns/.")
            )
        found.append(Decision(state=_one_of(one["state"], DECISION_STATES), day=day, url=url, **said))
    return tuple(found)


def _mentions(draft: Written, errors: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_text(one["title"], f"mention-{place}-title", 200, errors), _url(one["url"], f"mention-{place}-url", errors))
        for place, one in enumerate(draft.mentions)
    )


def _day(text: str, name: str, errors: dict[str, str]) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        errors[name] = str(_("A day, please, such as 2026-12-01."))
        return ""


def _url(text: str, name: str, errors: dict[str, str]) -> str:
    url = text.strip()
    is_whole = url.startswith(("https://", "http://")) and url.isprintable() and " " not in url and len(url) <= URL_MAX
    is_ours = url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable() and len(url) <= URL_MAX
    if not (is_whole or is_ours):
        errors[name] = str(_("A whole web address, please, such as https://example.org/notes."))
    return url


def _moment(text: str, errors: dict[str, str]) -> datetime | None:
    found = moment_of(text)
    if found is None and text.strip():
        errors["send_at"] = str(_("Please give a day and a time, such as 2026-12-01 18:00."))
    return found


def moment_of(text: str) -> datetime | None:
    """As a browser sends it, in UTC; None where it is no moment."""
    try:
        found = datetime.fromisoformat(text.strip()[:25]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if _EARLIEST <= found < _LATEST else None
