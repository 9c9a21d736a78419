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
    "external.expired": lazy_gettext("The time of %(badge)s, which you earned elsewhere, is over. Its page says so now."),
    "external.revoked": lazy_gettext("%(badge)s, which you earned elsewhere, was taken back there. Its page says so now."),
    "external.false": lazy_gettext("%(badge)s, which you earned elsewhere, does not hold any more. Only you see it now."),
    "endorsement.said": lazy_gettext("%(person)s about your pin %(badge)s: “%(words)s” You decide whether it shows."),
    "endorsement.shown": lazy_gettext("%(person)s shows what you said about the pin %(badge)s."),
    "endorsement.removed": lazy_gettext(
        "What you said about the pin %(badge)s was taken down. The reason: “%(words)s” The council is there to talk to."
    ),
    "nomination.approved": lazy_gettext("You spoke up for %(person)s, and it was heard: %(badge)s is approved."),
    "nomination.refused": lazy_gettext("You spoke up for %(person)s. %(badge)s was not given this time; the page says why."),
    "thanks.received": lazy_gettext("%(person)s says thank you: “%(words)s”"),
    "deed.confirmed": lazy_gettext("%(person)s was there too, and says so. Your deed counts as confirmed."),
    "deed.vouched": lazy_gettext("%(person)s knows that it happened, and says so. Your deed counts as confirmed."),
    "deed.named": lazy_gettext("%(person)s names you in a deed. Is it so?"),
    "deed.named_with": lazy_gettext("%(person)s says that you did this together: “%(words)s” Is it so?"),
    "deed.named_seen": lazy_gettext("%(person)s says that you saw this: “%(words)s” Is it so?"),
    "deed.deputy": lazy_gettext("%(person)s told this: “%(words)s” If you know that it happened, one click says so."),
    "deed.listed": lazy_gettext("%(person)s wrote down that you were there: “%(words)s” One click takes it off your record."),
    "deed.comment": lazy_gettext("%(person)s about your deed: “%(words)s”"),
    "content.kept": lazy_gettext(
        "Somebody asked whether something of yours should stand here. The council looked, and it stays. Their words: “%(words)s”"
    ),
    "content.taken_down": lazy_gettext(
        "The council took down something of yours. The reason: “%(words)s” They are there to talk to."
    ),
    "content.kept.asked": lazy_gettext(
        "Thank you for your word. The council looked at what you reported, and it stays. The reason: “%(words)s”"
    ),
    "content.taken_down.asked": lazy_gettext(
        "Thank you for your word. The council looked at what you reported and took it down. The reason: “%(words)s”"
    ),
    "sightings.week": lazy_gettext("Some of what was seen elsewhere may be yours. Keep what you like, drop the rest."),
    "badge.silent": lazy_gettext("The rule of %(badge)s used to give pins and has gone quiet. It may be worth a look."),
    "webhook.resting": lazy_gettext("Your webhook %(name)s has not answered for three days, so it rests. Its page says more."),
    "community.quiet": lazy_gettext("Nobody told a deed for two weeks. Perhaps the moment for a new invitation."),
    "contest.co_author": lazy_gettext("%(person)s names you among those who made “%(entry)s”. Is that so?"),
    "contest.co_author_agreed": lazy_gettext("%(person)s says so too: you made “%(entry)s” together."),
    "contest.nominated": lazy_gettext("%(person)s names you in %(contest)s. Read why, and say whether you would like that."),
    "contest.nomination_answered": lazy_gettext("%(person)s has answered what you wrote about them for %(contest)s."),
    "contest.remark": lazy_gettext("%(person)s about “%(entry)s”: “%(words)s”"),
    "contest.talk": lazy_gettext("The talk about “%(entry)s” is open to all now. Somebody has something to say to you."),
    "contest.hidden": lazy_gettext("“%(entry)s” is hidden for now. The reason: “%(words)s” Its page says who to talk to."),
    "contest.shown": lazy_gettext("“%(entry)s” is shown again."),
    "contest.out": lazy_gettext("“%(entry)s” takes no further part. The reason: “%(words)s” Its page says who to talk to."),
    "contest.back": lazy_gettext("“%(entry)s” takes part again."),
    "contest.remark_hidden": lazy_gettext(
        "A remark of yours is hidden now. The reason: “%(words)s” The page says who to talk to."
    ),
    "contest.flag_settled": lazy_gettext("Thank you for your word about “%(entry)s”. The council has looked at it."),
    "contest.reminder": lazy_gettext("If you would like to vote in %(contest)s: it is still open."),
    "contest.jury": lazy_gettext("You are asked to be on the jury of %(contest)s."),
    "contest.deputy": lazy_gettext("The jury of %(contest)s could use your eyes now: you are its deputy."),
    "contest.first": lazy_gettext("“%(entry)s” came first in %(contest)s. Thank you for making it."),
    "contest.chosen": lazy_gettext("You were chosen in %(contest)s. Its page says why you were named."),
    "contest.results": lazy_gettext("The results of %(contest)s are here."),
    "contest.corrected": lazy_gettext("The result of %(contest)s was corrected. The reason: “%(words)s”"),
    "contest.called_off": lazy_gettext("%(contest)s was called off. The reason: “%(words)s”"),
}
"""Named places: `badge` is the badge's name, `contest` and `entry` the titles of these, `words` what somebody wrote,
`person` the id of the member it is about, whose name is looked up for each reader when it is read."""
ANSWERED_BY_LINK = frozenset({"deed.named", "deed.named_with", "deed.named_seen", "deed.deputy"})
"""Their path is a signed address: whoever holds the mail may answer there."""
PERSON = "person"
WORDS = "words"
WORDS_MAX_CHARS = 200


def sentence(kind: str, data: Mapping[str, Any], people: Mapping[int, str]) -> str:
    """`people`: names by id, as the reader may see them. A kind or a fact that we do not know makes a plain sentence."""
    filled = {name: _short(value) for name, value in data.items()}
    try:
        if PERSON in data:
            named = people.get(data[PERSON])
            filled[PERSON] = named or _("Somebody")
            if named is None and WORDS in filled:
                # What was said by somebody who is gone or suspended is for nobody.
                filled[WORDS] = "…"
        return str(SENTENCES[kind]) % filled
    except (KeyError, TypeError, ValueError):
        return _("There is something new for you.")


def _short(value: Any) -> str:
    """On one line, and no longer than a line or two."""
    text = " ".join(str(value).split())
    return text if len(text) <= WORDS_MAX_CHARS else text[: WORDS_MAX_CHARS - 1].rstrip() + "…"
