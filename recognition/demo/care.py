"""Who stands by whom, what they ask each other, and how the community stays in touch with people around whom it got quiet."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition import clock
from recognition.database import insert_new
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.mentoring.models import MentorLink, MentorOffer
from recognition.mentoring.rules import MENTOR, OfferForm
from recognition.mentoring.services import asks, links, looking, offers
from recognition.quiet.models import QuietNote, QuietRule
from recognition.quiet.rules import Terms
from recognition.quiet.services import ruling

OFFERS = (
    ("mirembe", 5, "Your first three months, and what to do when a meeting goes silent."),
    ("lior", 5, "How to find what you are good at, and how to say no to the rest."),
    ("devika", 4, "Teaching a room in which nobody knows each other yet."),
    ("catalina", 4, "Translating together without stepping on toes. Spanish, Portuguese, English."),
    ("saoirse", 2, "Writing things down so that the next one finds them."),
    ("chidi", 2, "Small groups that want to stay small."),
)
ASKS = (
    ("kofi", 2, "", "Our workshop had three people last month and one this week. Do I go on, or try another day?"),
    ("priya", 9, "", "I would like to give a talk and have never done one. How did you begin?"),
    ("hana", 1, "", "Is there somebody who knows how to ask a library for a room?"),
    ("olena", 3, MENTOR, "I localise in the evenings and would like somebody to think with now and then."),
)
"""(who, days ago, what they want, in which words)"""
ANSWER = "Ask something that everybody can answer with a thing from their bag. Then be quiet for longer than feels polite."
ANSWERED = ("teo", 30, "mirembe", "How do you get a shy group to talk?", ANSWER)
WORDS = (
    ("malik", "good", "He asks one question and then waits. I did not know that this helps."),
    ("mei", "mixed", "Kind and wise, but our time zones hardly meet. Perhaps somebody closer?"),
)
THANKED = ("alma", "pavel", "grace", "henrik", "rosa", "tomasz", "ingrid", "zeynep", "jonas", "anders", "marta", "luca")
"""Around whom it was quiet for a while in the year before; the first ones were asked as well."""
ASKED = 8
SAID = {"alma": "pause", "pavel": "pause", "grace": "pause", "henrik": "alumni", "rosa": "alumni", "tomasz": "here"}


def leave(ids: Mapping[str, int], now: datetime) -> None:
    """Each row once, also where the demo is loaded again."""
    _mentors(ids, now)
    _stay_in_touch(ids, now)
    looking.count(now)


def _mentors(ids: Mapping[str, int], now: datetime) -> None:
    if db.session.scalar(sa.select(sa.exists().where(MentorOffer.most > 0))):
        return
    for handle, most, words in OFFERS:
        if handle in ids:
            offers.save(ids[handle], OfferForm(True, most, words, None), now - timedelta(days=90))
    links.settle(ids.values(), now - timedelta(days=80))
    if {"teo", "bram"} <= ids.keys():
        long_ago = {"since": now - timedelta(days=700), "ended_at": now - timedelta(days=400), "ended_by": "mentee"}
        insert_new(MentorLink.__table__, [{"mentee_id": ids["teo"], "mentor_id": ids["bram"], **long_ago}])
    _talk(ids, now)


def _talk(ids: Mapping[str, int], now: datetime) -> None:
    people = {one.handle: one for one in db.session.scalars(sa.select(Member).where(Member.id.in_(list(ids.values()))))}
    mentee, ago, mentor, question, answer = ANSWERED
    if {mentee, mentor} <= people.keys() and people[mentee].mentor_id == ids[mentor]:
        then = now - timedelta(days=ago)
        asks.answer(asks.ask(people[mentee], question, then).id, people[mentor], answer, then + timedelta(days=2))
    for who, days, want, words in ASKS:
        if who in people:
            asks.ask(people[who], words, now - timedelta(days=days), want or "word")
    asks.pass_on(now)
    for who, mood, words in WORDS:
        if who in people:
            offers.say(people[who], people[who].mentor_id, mood, words, now - timedelta(days=4))


def _stay_in_touch(ids: Mapping[str, int], now: datetime) -> None:
    known = sa.select(sa.or_(sa.exists().where(QuietRule.version > 0), sa.exists().where(QuietNote.id > 0)))
    if db.session.scalar(known) or "amina" not in ids:
        return
    decided = now - timedelta(days=370)
    with clock.as_of(decided):
        ruling.save(Terms(is_on=True), ids["amina"], decided)
    rows = []
    for place, handle in enumerate(one for one in THANKED if one in ids):
        thanked = now - timedelta(days=300 - 18 * place)
        asked = thanked + timedelta(days=7) if place < ASKED else None
        said = SAID.get(handle)
        rows.append({
            "member_id": ids[handle], "rule_version": 1, "thanked_at": thanked, "asked_at": asked, "answer": said,
            "answered_at": asked + timedelta(days=1) if said and asked else None,
            "closed_at": None if said else thanked + timedelta(days=9),
        })  # fmt: skip
    insert_new(QuietNote.__table__, rows)
