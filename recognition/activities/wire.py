"""What `/api/v1/activities` takes and gives, for its description."""

from recognition.activities.models import EVIDENCE
from recognition.activities.rules import TEXT_MAX_CHARS, VISIBILITIES
from recognition.web.openapi import CURSOR, Answer, Body, Operation, Parameter, limit
from recognition.web.schemas import Schema, many, maybe, moment, one_of, page_of, record, text, whole

PAGE, PAGE_MAX, ITEMS_MAX, KEY_MAX_CHARS = 50, 100, 1000, 200


def _empty_or(*values: str) -> Schema:
    return {"enum": [*values, "", None]}


_GIVEN = {
    "occurred_at": text(64, 1, words="A day such as 2026-11-21, or a moment with its zone. Never in the future."),
    "text": maybe(text(TEXT_MAX_CHARS, words="What was done, in any words.")),
    "kind": maybe(text(120, words="Words or a slug; empty is \"other\".")),
    "tags": maybe(many(text(words="At most 64 characters."))),
    "url": maybe(text(1000, words="Starts with http:// or https://.")),
    "member": maybe(text(64, words="A handle; the token's owner if left out.")),
    "group": maybe(text(64, words="The slug of a group that the owner is in, or of a partner from outside.")),
    "campaign": maybe(text(200)),
    "source": maybe(text(64, words="Where it comes from; \"api\" if left out.")),
    "source_key": maybe(text(200, words="Its name there. It tells a repeat; an Idempotency-Key may stand for it.")),
    "visibility": _empty_or(*VISIBILITIES),
    "object": maybe(text(160, words="What it was about, such as event:5. For tokens of the council.")),
    "evidence": _empty_or(*EVIDENCE),
}  # fmt: skip
NEW_ACTIVITY = record(_GIVEN, [name for name in _GIVEN if name != "occurred_at"], "NewActivity")
_ADDRESS = {"source": text(), "source_key": text()}
STORED = record(
    {
        "id": whole(1), "outcome": one_of("created", "repeated"), **_ADDRESS, "points": {"type": "integer"},
        "likely_repeat_of": whole(1), "differs": {"const": True},
    },
    ["points", "likely_repeat_of", "differs"], "StoredActivity",
)  # fmt: skip
_FAULT = record({"field": text(), "reason": text()}, name="Fault")
REFUSED = record({"outcome": one_of("refused"), "errors": many(_FAULT)}, name="RefusedActivity")
_EACH = record({"items": many({"anyOf": [STORED, REFUSED]})}, name="Outcomes")
ACTIVITY = record(
    {
        "id": whole(1), "member": text(words="A handle."), "occurred_at": moment(), "kind": text(), "kind_label": text(),
        "text": text(), "tags": many(text()), "url": maybe(text()), "group": maybe(text(words="A slug.")),
        "campaign": maybe(text(words="A slug.")), "visibility": one_of(*VISIBILITIES), "evidence": one_of(*EVIDENCE), **_ADDRESS,
    },
    name="Activity",
)  # fmt: skip

_KEY = Parameter(
    "Idempotency-Key",
    "The same key with the same body gets the same answer again for seven days; with another body it is refused.",
    text(KEY_MAX_CHARS, pattern="[\\x21-\\x7e]*"),
    where="header",
)
ADD = Operation(
    "addActivities",
    "Tell one deed, or up to 1,000 at once",
    {
        201: Answer("All of it is new.", {"anyOf": [STORED, _EACH]}),
        200: Answer("All of it was known before; nothing changed.", {"anyOf": [STORED, _EACH]}),
        207: Answer("Each item says its own outcome.", _EACH),
    },
    "A deed is known by its `source` and `source_key`: sent again, it is answered with the first row. A list is answered item "
    "by item, in its order; the good ones are stored. Deeds of others need an owner who is on the council or an admin.",
    (_KEY,),
    Body({"anyOf": [NEW_ACTIVITY, many(NEW_ACTIVITY, ITEMS_MAX, 1)]}),
)
LIST = Operation(
    "listActivities",
    "The deeds that the token's owner may see",
    {200: Answer("One page.", page_of(ACTIVITY))},
    "In the order in which they were told, so that what is new comes on a later page.",
    (
        Parameter("member", "Of one member, by handle.", text(160)),
        Parameter("kind", "Of one kind, by slug.", text(160)),
        Parameter("tag", "With one tag.", text(160)),
        Parameter("group", "For one group, by slug.", text(160)),
        limit(PAGE_MAX, PAGE),
        CURSOR,
    ),
)
