"""Raw input from any door (text box, API, file) into a checked Report, or a sentence for each wrong field."""

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from recognition.activities.models import EVIDENCE
from recognition.activities.rules import (
    DEFAULT_KIND,
    INTERNAL_KINDS,
    RESERVED_SOURCES,
    TEXT_MAX_CHARS,
    VISIBILITIES,
    BadReport,
    Report,
    clean_moment,
    clean_tags,
    clean_text,
    clean_url,
    link_in,
    slug_of,
    with_tags_of,
)
from recognition.text import shown_only

KIND_MAX_CHARS = 120
FIELDS = (
    "member", "occurred_at", "kind", "text", "tags", "url", "group", "campaign", "source", "source_key", "visibility",
    "object", "evidence",
)  # fmt: skip


BOX_FIELDS = ("text", "tags", "kind", "day", "url", "place", "group", "visibility", "nonce")
PLACE_MAX_CHARS = 120
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_BETWEEN_TAGS = re.compile(r"[,;\s]+")


class Faults(ValueError):
    """`by_field`: what is wrong with each input, in words for the person who sent it."""

    def __init__(self, by_field: dict[str, str]) -> None:
        self.by_field = by_field
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in by_field.items()))


@dataclass(frozen=True)
class Known:
    """What names in the input stand for: member ids by handle, group ids by slug."""

    members: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)


def report_of(
    given: Mapping[str, Any],
    known: Known,
    now: datetime,
    reporter_id: int | None = None,
    data: dict[str, Any] | None = None,
    own_source: bool = False,
) -> Report:
    """`given` holds FIELDS; what is missing or null has its default. `own_source`: a door of the product itself, which
    may use a reserved source. Raises Faults naming every wrong field."""
    read = _Reader(given)
    label = read.text("kind", KIND_MAX_CHARS)
    text = read.text("text")
    member_id = read.take(_member, given.get("member"), known)
    kind = read.take(_kind, label)
    occurred_at = read.take(_moment, given.get("occurred_at"), now)
    tags = read.take(_tags, given.get("tags"), text) if given.get("tags") or "#" in text else ()
    url = read.take(clean_url, given["url"]) if given.get("url") else None
    place = read.text("place", PLACE_MAX_CHARS) or None
    group_id = read.take(_group, given["group"], known) if given.get("group") else None
    campaign = read.take(_campaign, given["campaign"]) if given.get("campaign") else None
    subject = read.text("object", 160) or None
    evidence = read.take(_evidence, given["evidence"]) if given.get("evidence") else 0
    visibility = read.take(_visibility, given["visibility"]) if given.get("visibility") else "members"
    source = read.take(_source, read.text("source", 64), own_source)
    source_key = read.take(_source_key, read.text("source_key", 200))
    if read.faults:
        raise Faults(read.faults)
    return Report(
        member_id=member_id, source=source, source_key=source_key, occurred_at=occurred_at, kind=kind, kind_label=label,
        text=text, tags=tags, url=url, place=place, group_id=group_id, campaign=campaign, object=subject, evidence=evidence,
        visibility=visibility, reporter_id=reporter_id, data=data or None,
    )  # fmt: skip


class _Reader:
    """Goes on after a fault, so that all of them are told at once."""

    __slots__ = ("faults", "given")

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.faults: dict[str, str] = {}

    def take(self, clean: Callable[..., Any], *values: Any) -> Any:
        try:
            return clean(*values)
        except BadReport as fault:
            self.faults.setdefault(fault.field, fault.reason)
            return None

    def text(self, name: str, limit: int = 0) -> str:
        value = self.given.get(name)
        if value is None or value == "":
            return ""
        limit = limit or TEXT_MAX_CHARS
        if isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= limit:
            return value.strip()
        return str(self.take(clean_text, value, name, limit) or "")


def _member(handle: Any, known: Known) -> int:
    if handle is None or handle == "":
        raise BadReport("member", "no member is named")
    if not isinstance(handle, str):
        raise BadReport("member", "must be a handle, as text")
    member_id = known.members.get(handle)
    if member_id is None:
        raise BadReport("member", f"nobody here has the handle “{handle[:60]}”")
    return member_id


def _kind(label: str) -> str:
    kind = slug_of(label) if label else DEFAULT_KIND
    if kind in INTERNAL_KINDS:
        raise BadReport("kind", "is written by the program itself, never reported")
    return kind


def _moment(value: Any, now: datetime) -> datetime:
    if value is None or value == "":
        raise BadReport("occurred_at", "is missing; say when it happened, such as 2026-11-21")
    return clean_moment(value, now)


def _tags(value: Any, text: str) -> tuple[str, ...]:
    if value is not None and not isinstance(value, list):
        raise BadReport("tags", "must be a list of words")
    return with_tags_of(text, clean_tags(value or ()))


def _group(slug: Any, known: Known) -> int:
    group_id = known.groups.get(slug) if isinstance(slug, str) else None
    if group_id is None:
        raise BadReport("group", "is not a group we know")
    return group_id


def _campaign(value: Any) -> str:
    return slug_of(clean_text(value, "campaign", 200))


def _evidence(value: Any) -> int:
    if not isinstance(value, str) or value not in EVIDENCE:
        raise BadReport("evidence", f"must be one of {', '.join(EVIDENCE)}")
    return EVIDENCE[value]


def _visibility(value: Any) -> str:
    if not isinstance(value, str) or value not in VISIBILITIES:
        raise BadReport("visibility", f"must be one of {', '.join(VISIBILITIES)}")
    return value


def _source(value: str, own: bool) -> str:
    if not value:
        raise BadReport("source", "is missing")
    if value in RESERVED_SOURCES and not own:
        raise BadReport("source", "is a name that the program keeps for itself")
    return value


def _source_key(value: str) -> str:
    if not value:
        raise BadReport("source_key", "is missing; it tells a repeat from a new deed")
    return value


def new_nonce() -> str:
    """What tells one opened text box from another."""
    return secrets.token_urlsafe(16)


def deed_of_box(
    form: Mapping[str, str], member_id: int, kinds: Collection[str], groups: Mapping[str, int], now: datetime
) -> Report:
    """The text box. Words alone are enough. The same words from the same opened box are the same deed, so that a double
    click adds nothing; other words typed into a box that the browser brought back are a deed of their own."""
    sent = {name: shown_only(form.get(name, "").replace("\r\n", "\n")).strip() for name in BOX_FIELDS}
    nonce = sent["nonce"] if _NONCE.fullmatch(sent["nonce"]) else new_nonce()
    content = hashlib.blake2b("\x1f".join(sent[name] for name in BOX_FIELDS[:-1]).encode("utf-8", "replace"), digest_size=8)
    today = not sent["day"] or sent["day"] == now.date().isoformat()
    given = {
        **sent, "url": sent["url"] or link_in(sent["text"]), "member": "me", "source": "web",
        "source_key": f"{member_id}:{nonce}:{content.hexdigest()}",
        "occurred_at": now.isoformat() if today else sent["day"],
        "tags": [tag for tag in _BETWEEN_TAGS.split(sent["tags"]) if tag],
    }  # fmt: skip
    faults: dict[str, str] = {}
    if not sent["text"]:
        faults["text"] = _("A few words are enough, but we need those.")
    if sent["kind"] and sent["kind"] not in kinds:
        faults["kind"] = _("Please choose one of these kinds, or none.")
    try:
        report = report_of(given, Known({"me": member_id}, groups), now, reporter_id=member_id, own_source=True)
    except Faults as found:
        said = {name: _said(name, reason) for name, reason in found.by_field.items()}
        faults = {"day" if name == "occurred_at" else name: words for name, words in said.items()} | faults
    if faults:
        raise Faults(faults)
    return report


def _said(name: str, reason: str) -> str:
    """The sentence for a person where the one for programs would be too dry."""
    if name == "text" and "longer" in reason:
        return _("This is longer than a deed can be. It is all still here: please shorten it, or link to the long part.")
    if name == "occurred_at" and "future" in reason:
        return _("That day is still to come. Tell us once it has happened.")
    return {
        "occurred_at": _("This is not a day in our calendar. Choose another one."),
        "tags": _("These are more, or longer, tags than we can keep. Twenty short words are enough."),
        "url": _("A link starts with http:// or https://. You can also leave it out."),
        "place": _("This is longer than the name of a place. A town, or the name of the house, is enough."),
        "group": _("Choose one of your groups, or none."),
        "visibility": _("Choose who may see it."),
    }.get(name, _("Please look at this again."))
