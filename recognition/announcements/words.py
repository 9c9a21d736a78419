"""What a notice says. One sentence for each kind, in the reader's language; calm, never a reproach."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from recognition.announcements.rules import QUESTIONS

DIGEST, FOLLOWED = "digest", "followed"
"""What people did, and what came of what somebody follows, for those who want that by mail."""
ONLY_BY_MAIL = (DIGEST, FOLLOWED)
"""No news on the page of notices."""
SENTENCES: dict[str, Any] = {
    DIGEST: lazy_gettext("What people did lately, by mail."),
    FOLLOWED: lazy_gettext("What came of what you follow, by mail."),
    "campaign.held": lazy_gettext("“%(title)s” was to go out by itself and is a draft still: %(words)s"),
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
    "event.soon": lazy_gettext("Tomorrow or sooner: %(event)s."),
    "event.moved": lazy_gettext("Another time or place: %(event)s."),
    "event.off": lazy_gettext("%(event)s was called off. The reason: “%(words)s”"),
    "event.results": lazy_gettext("What came of “%(event)s” stands on its page."),
    "role.ending": lazy_gettext("Your term as %(role)s ends on %(day)s. Would you like to go on?"),
    "role.changed": lazy_gettext("What is written about the role “%(title)s” is new, version %(number)s: “%(note)s”"),
    "role.placed": lazy_gettext(
        "%(person)s wrote down that you are “%(title)s” in the team of %(group)s. If that is not so, one click lays it down."
    ),
    "role.place_ended": lazy_gettext("You are not “%(title)s” in the team of %(group)s any more. The reason: “%(words)s”"),
    "role.accepted": lazy_gettext("You would like to take on “%(title)s”, and the answer is yes: “%(words)s”"),
    "role.declined": lazy_gettext("About “%(title)s”, which you would have taken on: “%(words)s” Its page names other ways."),
    "vouch.said": lazy_gettext("%(person)s vouches for you: “%(words)s” You decide who sees it."),
    "task.done": lazy_gettext("%(person)s says that “%(title)s” is done. A word of thanks would be nice."),
    "task.back": lazy_gettext(
        "You had “%(title)s” for two weeks, and it is anybody's again, so that nobody waits. If you are at it still, take it on "
        "once more."
    ),
    "task.again": lazy_gettext(
        "“%(title)s” in %(group)s is on the list again, since something of it is left to do. What you did was a help, thank you."
    ),
    "task.off": lazy_gettext(
        "“%(title)s”, which you had taken on in %(group)s, is not needed any more. Thank you for having been there."
    ),
    "resource.granted": lazy_gettext("You asked for “%(title)s”, and the answer is yes: “%(words)s”"),
    "resource.partly": lazy_gettext("You asked for “%(title)s”, and part of it is yours: “%(words)s”"),
    "resource.declined": lazy_gettext("You asked for “%(title)s”. Not this time, and the reason is: “%(words)s”"),
    "resource.words_down": lazy_gettext(
        "What you wrote about “%(title)s” is not on the list for everybody any more. The reason: “%(words)s”"
    ),
    "resource.told": lazy_gettext("%(person)s tells what came of “%(title)s”, which you had a part in."),
    "milestone.help": lazy_gettext("%(person)s offers to help with “%(title)s”."),
    "objective.quiet": lazy_gettext("It has been a while since there was news about “%(title)s”. One sentence is enough."),
    "question.answered": lazy_gettext("The council answered what you asked: “%(title)s”"),
    "question.declined": lazy_gettext("The council says why it does not answer “%(title)s”."),
    "question.hidden": lazy_gettext("The council took down what you asked. The reason: “%(words)s” They are there to talk to."),
    "question.replied": lazy_gettext("You wanted to know too: “%(title)s” The council has replied."),
    "idea.answered": lazy_gettext("The council answered your idea “%(title)s”."),
    "idea.declined": lazy_gettext("The council says why “%(title)s” is not for now. Thank you for thinking of it."),
    "idea.replied": lazy_gettext("You liked an idea: “%(title)s” The council has replied."),
    "idea.taken_up": lazy_gettext("Your idea “%(title)s” becomes a campaign. Thank you!"),
    "news": "%(title)s",
    "news.preview": lazy_gettext("This is how it will reach the others: “%(title)s”"),
    "news.failed": lazy_gettext("“%(title)s” did not get into %(channel)s. Its page says why, and sends it once more."),
    "review.asked": lazy_gettext("Somebody wrote an answer in a quest and would like it read. Have you got ten minutes?"),
    "review.pool": lazy_gettext("An answer in %(quest)s still waits for a reader. You offered to help: now would be the moment."),
    "review.passed": lazy_gettext("Your answer in %(quest)s was read, and it holds: “%(words)s”"),
    "review.passed_plain": lazy_gettext("Your answer in %(quest)s was read, and it holds. Thank you for writing it."),
    "review.returned": lazy_gettext("Your answer in %(quest)s was read and comes back with a word: “%(words)s”"),
    "review.now_passed": lazy_gettext("Somebody looked at your answer in %(quest)s again, and it holds after all: “%(words)s”"),
    "review.now_returned": lazy_gettext(
        "Somebody looked at your answer in %(quest)s again, and it comes back after all: “%(words)s” Nothing you wrote is lost."
    ),
    "webhook.resting": lazy_gettext("Your webhook %(name)s has not answered for three days, so it rests. Its page says more."),
    "quiet.thanks": lazy_gettext("Something of yours that is remembered here: “%(words)s” Thank you for it."),
    "quiet.thanks.quest": lazy_gettext("You walked the whole way of “%(quest)s” with us. Thank you for that."),
    "quiet.thanks.plain": lazy_gettext("It is good that you are one of us. Thank you for having come in."),
    "quiet.question": lazy_gettext(
        "How would you like to stay in touch? Here, on a pause, or among the alumni: "
        "one click says so, and no answer is fine too."
    ),
    "mentor.chosen": lazy_gettext("%(person)s chose you as their mentor. A hello would be a good beginning."),
    "mentor.found": lazy_gettext("%(person)s stands by you as your mentor from now on."),
    "mentor.ended": lazy_gettext(
        "%(person)s cannot go on as your mentor. Two clicks choose somebody else; in a week everybody who offers to be a mentor "
        "sees that you may be glad of one, unless you say no thanks."
    ),
    "mentor.gone": lazy_gettext(
        "A word about mentoring: your mentor is not here any more. Two clicks choose somebody else; in a week everybody who "
        "offers to be a mentor sees that you may be glad of one, unless you say no thanks."
    ),
    "mentor.carry": lazy_gettext("“%(event)s” is over. If you have talked about it with those you stand by, one click says so."),
    "mentor.asked": lazy_gettext("%(person)s has a question for you as their mentor."),
    "mentor.answered": lazy_gettext("%(person)s answered your question: “%(words)s”"),
    "mentor.passed_on": lazy_gettext("Your question went on to everybody who offers to help. One of them will answer."),
    "mentor.pool": lazy_gettext("Somebody would like a word from one of those who offer to help. Perhaps from you?"),
    "mentor.ways": lazy_gettext(
        "A word about mentoring: several people are there to answer you, and another mentor is two clicks away."
    ),
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
    "contest.results": lazy_gettext("The results of “%(contest)s” are here."),
    "contest.corrected": lazy_gettext("The result of %(contest)s was corrected. The reason: “%(words)s”"),
    "contest.called_off": lazy_gettext("%(contest)s was called off. The reason: “%(words)s”"),
    "survey.opened": lazy_gettext("We would like to know what you think: “%(survey)s” It takes two minutes."),
    "survey.reminder": lazy_gettext("If you would like to say something to %(survey)s: it is still open."),
    "survey.results": lazy_gettext("“%(survey)s” has closed. Thank you to everybody; the page tells what we honestly know now."),
}
"""Named places: `badge` is the badge's name, `contest` and `entry` the titles of these, `group` its name, `words` what
somebody wrote, `person` the id of the member it is about, whose name is looked up for each reader when it is read."""
ANSWERED_BY_LINK = frozenset({"deed.named", "deed.named_with", "deed.named_seen", "deed.deputy", "quiet.question"})
"""Their path is a signed address: whoever holds the mail may answer there."""


def topic_of(kind: str, topic: str) -> str:
    """By what rhythm it goes: a question that is answered from the mail has one of its own."""
    return QUESTIONS if kind in ANSWERED_BY_LINK else topic


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
