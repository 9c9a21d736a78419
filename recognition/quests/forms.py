"""What people send to a quest, checked; a fault is a BadAnswer with a sentence for the field."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from recognition.activities.criteria.parse import parse
from recognition.activities.criteria.tree import ANY_KIND, leaves
from recognition.activities.models import CONFIRMED
from recognition.activities.rules import (
    DEFAULT_KIND,
    INTERNAL_KINDS,
    VISIBILITIES,
    BadReport,
    Report,
    clean_tags,
    clean_text,
    clean_url,
    tags_in,
)
from recognition.identity.models import Member
from recognition.identity.queries import member_by_handle
from recognition.identity.rules import may_see
from recognition.quests.models import Quest, Step
from recognition.quests.rules import REFLECTION_MAX_CHARS, BadAnswer

DEED_MAX_CHARS = 5000
ANSWER_MAX_CHARS = 5000
READER_WORDS_MAX_CHARS = 1000


def reflection(form: Mapping[str, str]) -> str:
    return _text(form, REFLECTION_MAX_CHARS, _("Write at least a word. Nobody but you will read it."))


def free_answer(form: Mapping[str, str]) -> str:
    return _text(form, ANSWER_MAX_CHARS, _("Write at least a sentence."))


def words_of_reader(form: Mapping[str, str]) -> str:
    """May be empty; whether it must not be depends on the decision."""
    return _text(form, READER_WORDS_MAX_CHARS, "", name="words") if form.get("words", "").strip() else ""


def deed(form: Mapping[str, str], member_id: int, quest: Quest, step: Step, now: datetime) -> Report:
    """The step's own tag is added. Sending the same words twice is the same deed."""
    text = _text(form, DEED_MAX_CHARS, _("Tell us in a sentence what you did."))
    try:
        url = clean_url(form.get("url", "").strip())
    except BadReport:
        raise BadAnswer("url", _("A link starts with http:// or https://. You can also leave it out.")) from None
    try:
        tags = clean_tags([*filter(None, [step.data["tag"]]), *tags_in(text)])
    except BadReport:
        raise BadAnswer("text", _("These are more #tags than we can keep. Twenty are enough.")) from None
    visibility = form.get("visibility", "members")
    if visibility not in VISIBILITIES:
        raise BadAnswer("visibility", _("Choose who may see it."))
    words = hashlib.blake2b(f"{text}\x1f{url}".encode(), digest_size=12).hexdigest()
    key = f"deed:{member_id}:{step.id}:{words}"
    return Report(
        member_id=member_id, source="quests", source_key=key, occurred_at=now, kind=_kind(step), text=text, tags=tags,
        url=url, campaign=quest.campaign, object=f"quest:{quest.slug}", visibility=visibility,
    )  # fmt: skip


def asks_for_a_witness(step: Step) -> bool:
    """One's own word is not enough for its proof."""
    return any(leaf.where.evidence == CONFIRMED for leaf in leaves(parse(step.data["proof"])))


def witness(form: Mapping[str, str], member: Member) -> Member | None:
    """Whom they name as who was there; None: nobody. A handle that is free and somebody who cannot be asked look the same."""
    handle = form.get("seen", "").strip().lstrip("@").lower()
    if not handle:
        return None
    found = member_by_handle(handle[:40])
    if found is None or found.id == member.id or found.state == "suspended" or not may_see(found, "name", member):
        raise BadAnswer("seen", _("We know nobody called @%(handle)s who can be asked. You can also leave them out.",
                                  handle=handle[:40]))  # fmt: skip
    return found


def _kind(step: Step) -> str:
    """What the proof asks for by name, so that the box on the page can prove it."""
    named = [kind for leaf in leaves(parse(step.data["proof"])) for kind in sorted(leaf.listens_to)]
    return next((kind for kind in named if kind not in (ANY_KIND, *INTERNAL_KINDS)), DEFAULT_KIND)


def _text(form: Mapping[str, str], limit: int, if_empty: str, name: str = "text") -> str:
    given = form.get(name, "").replace("\r\n", "\n")
    if len(given) > limit:
        over = len(given) - limit
        raise BadAnswer("text", _("This is %(over)s characters too long. It is all still here; please shorten it.", over=over))
    try:
        text = clean_text(given, "text", limit)
    except BadReport:
        raise BadAnswer("text", _("There are signs in it that cannot be shown. Please remove them.")) from None
    if not text:
        raise BadAnswer("text", if_empty)
    return text
