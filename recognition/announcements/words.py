"""What a notice says. One sentence for each kind, in the reader's language; calm, never a reproach."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

SENTENCES: dict[str, Any] = {
    "award.given": lazy_gettext("A pin for you: %(badge)s."),
    "award.revoked": lazy_gettext("The pin %(badge)s was taken back. Its page says why, and who to talk to."),
    "award.expiring": lazy_gettext("The pin %(badge)s is near the end of its time. Its page says how it can be renewed."),
    "award.expired": lazy_gettext("The pin %(badge)s has come to the end of its time. It stays yours, with its dates."),
    "award.renewed": lazy_gettext("The pin %(badge)s is renewed."),
    "nomination.approved": lazy_gettext("You spoke up for %(person)s, and it was heard: %(badge)s is approved."),
    "nomination.refused": lazy_gettext("You spoke up for %(person)s. %(badge)s was not given this time; the page says why."),
    "thanks.received": lazy_gettext("%(person)s says thank you: “%(words)s”"),
    "deed.confirmed": lazy_gettext("%(person)s was there too, and says so. Your deed counts as confirmed."),
    "badge.silent": lazy_gettext("The rule of %(badge)s used to give pins and has gone quiet. It may be worth a look."),
    "community.quiet": lazy_gettext("Nobody told a deed for two weeks. Perhaps the moment for a new invitation."),
}
"""Named places: `badge` is the badge's name, `words` what somebody wrote, `person` the id of the member it is about, whose
name is looked up for each reader when it is read."""
PERSON = "person"
WORDS_MAX_CHARS = 200


def sentence(kind: str, data: Mapping[str, Any], people: Mapping[int, str]) -> str:
    """`people`: names by id, as the reader may see them. A kind or a fact that we do not know makes a plain sentence."""
    filled = {name: _short(value) for name, value in data.items()}
    try:
        if PERSON in data:
            filled[PERSON] = people.get(data[PERSON]) or _("Somebody")
        return str(SENTENCES[kind]) % filled
    except (KeyError, TypeError, ValueError):
        return _("There is something new for you.")


def _short(value: Any) -> str:
    """On one line, and no longer than a line or two."""
    text = " ".join(str(value).split())
    return text if len(text) <= WORDS_MAX_CHARS else text[: WORDS_MAX_CHARS - 1].rstrip() + "…"
