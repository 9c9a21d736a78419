"""From a draft to an entry, and back out again. All of it waits for the contest's row, so that every limit is exact; the
time is judged once that row is ours."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError

from recognition.announcements.services import Message, tell, untell
from recognition.contests import jury
from recognition.contests.eligible import meets
from recognition.contests.entries import FIELDS, Draft, lacks
from recognition.contests.models.contest import Contest
from recognition.contests.models.entry import DRAFT, IN, OUT, WITHDRAWN, Entry
from recognition.contests.queries import entry_by_key, handed_in_count, stand_of, used_by
from recognition.contests.rules import ENTERING, ENTRIES_MAX, PERSON, UPCOMING, BadEntry, NotAllowed, WrongPhase
from recognition.contests.secret import entry_key
from recognition.contests.services.authors import ask_co_authors, name_authors
from recognition.contests.services.entered import settle_facts
from recognition.contests.services.locks import hold_contest
from recognition.database import moment
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.queries import member_by_handle
from recognition.media import services as media
from recognition.media.rules import BadPicture
from recognition.media.services import Prepared

WHOLE = "entry"
_PLAIN = ("title", "story", "alt", "text", "url", "licence")


def save_entry(contest: Contest, member: Member, token: str, draft: Draft, picture: Prepared | None = None) -> Entry:
    """A new draft, or the changed one: the same token from the same member is the same entry, however often it is sent.
    Raises WrongPhase, NotAllowed, BadEntry, BadPicture."""
    held, now = _hold(contest.id)
    key = entry_key(held.id, member.id, token)
    entry = entry_by_key(held, key) or _new(held, member, key, now)
    return _change(held, entry, draft, picture, now)


def change_entry(entry: Entry, member: Member, draft: Draft, picture: Prepared | None = None) -> Entry:
    """What is handed in already has to stay whole. Raises WrongPhase, NotAllowed, BadEntry, BadPicture."""
    held, now = _hold(entry.contest_id)
    _own(entry, member)
    return _change(held, entry, draft, picture, now)


def receive(
    contest: Contest, member: Member, at: Entry | str, draft: Draft, picture: Prepared | None, hands_in: bool
) -> tuple[Entry, dict[str, str]]:
    """What a form brings. `at`: the entry that it changes, or the token of a new one. All that fits is kept, so that
    nothing is typed or sent twice; the sentences say what does not, and then it is not handed in: under WHOLE why not at
    all. Raises WrongPhase, NotAllowed."""
    errors: dict[str, str] = {}
    while True:
        try:
            with db.session.begin_nested():
                if isinstance(at, Entry):
                    entry = change_entry(at, member, draft, picture)
                else:
                    entry = save_entry(contest, member, at, draft, picture)
            break
        except BadPicture as bad:
            errors["picture"], picture = str(bad), None
        except BadEntry as fault:
            known = at if isinstance(at, Entry) else entry_by_key(contest, entry_key(contest.id, member.id, at))
            if known is not None and fault.errors.keys() <= errors.keys():
                return known, errors
            errors |= fault.errors
            kept = draft_from(known) if known else Draft()
            draft = replace(draft, **{name: getattr(kept, name) for name in fault.errors.keys() & FIELDS})
    if hands_in and not errors:
        try:
            hand_in(entry, member)
        except BadEntry as fault:
            errors |= fault.errors
        except NotAllowed as refused:
            errors[WHOLE] = str(refused)
    return entry, errors


def draft_from(entry: Entry) -> Draft:
    """What is stored, as the form has it."""
    named = tuple(author.member.handle for author in entry.authors if author.member_id != entry.member_id)
    nominee = entry.nominee.handle if entry.nominee else ""
    return Draft(**{name: getattr(entry, name) for name in _PLAIN}, co_authors=named, nominee=nominee)


def hand_in(entry: Entry, member: Member) -> Entry:
    """Asked twice, it is done once. Raises WrongPhase, NotAllowed, BadEntry."""
    held, now = _hold(entry.contest_id)
    _own(entry, member)
    _refuse_gone(entry)
    if entry.state == IN:
        return entry
    _refuse_unfit(held, member, now)
    _refuse_lacking(held, entry)
    if handed_in_count(held.id) >= ENTRIES_MAX:
        raise NotAllowed(_("This contest has all the entries that it can hold. Your draft stays where it is."))
    entry.state, entry.handed_in_at, entry.changed_at = IN, now, now
    settle_facts(entry, now)
    _ask(held, entry, now)
    return entry


def withdraw_entry(entry: Entry, member: Member) -> None:
    """For good, with its picture; another one can take its place. Asked twice, it is done once. Raises WrongPhase,
    NotAllowed."""
    _held, now = _hold(entry.contest_id)
    _own(entry, member)
    if entry.state == WITHDRAWN:
        return
    if entry.state == OUT:
        raise NotAllowed(_("The council has taken this entry out of the contest, so it stays as it is."))
    entry.state, entry.changed_at = WITHDRAWN, now
    settle_facts(entry, now, member.id, "withdrawn")
    _set_picture(entry, None)
    untell([f"co_author:{entry.id}:{author.member_id}" for author in entry.authors] + [_named_key(entry)], heard=False)


def take_out_facts(entry: Entry, actor_id: int | None, reason: str, now: datetime) -> None:
    """Once it is disqualified: what the log says of its makers counts no longer."""
    settle_facts(entry, now, actor_id, reason)


def put_back_facts(entry: Entry, now: datetime) -> None:
    settle_facts(entry, now)


def _hold(contest_id: int) -> tuple[Contest, datetime]:
    """The contest while it takes entries."""
    held = hold_contest(contest_id)
    now = moment()
    phase = stand_of(held, now).phase if held else ""
    if held is None or phase != ENTERING:
        waits = _("Entries are not taken yet.") if phase == UPCOMING else _("Entries are not taken any more. All stays as it is.")
        raise WrongPhase(waits)
    return held, now


def _own(entry: Entry, member: Member) -> None:
    db.session.refresh(entry, with_for_update={"of": Entry})
    if entry.member_id != member.id:
        raise NotAllowed(_("Only whoever began this entry can change it."))


def _refuse_gone(entry: Entry) -> None:
    if entry.state == WITHDRAWN:
        raise NotAllowed(_("You took this entry back. Begin a new one instead."))
    if entry.state == OUT:
        raise NotAllowed(_("The council has taken this entry out of the contest, so it stays as it is."))


def _new(contest: Contest, member: Member, key: str, now: datetime) -> Entry:
    _refuse_unfit(contest, member, now)
    if used_by(contest.id, member.id) >= contest.entries_each:
        raise NotAllowed(ngettext(
            "You have an entry here already, and one is what each of us may have. You can still change it.",
            "You have %(num)d entries here already, and that is what each of us may have. You can still change them.",
            contest.entries_each))  # fmt: skip
    entry = Entry(contest_id=contest.id, key=key, member_id=member.id, created_at=now, changed_at=now, state=DRAFT)
    db.session.add(entry)
    db.session.flush()
    return entry


def _refuse_unfit(contest: Contest, member: Member, now: datetime) -> None:
    if not meets(contest.may_enter, member, now):
        raise NotAllowed(_("Something that this contest asks for is still missing; its page says what."))
    if why := jury.why_apart(contest.id, member.id):
        raise NotAllowed(why)


def _change(contest: Contest, entry: Entry, draft: Draft, picture: Prepared | None, now: datetime) -> Entry:
    _refuse_gone(entry)
    if entry.state == IN and entry.nominee_agreed and entry.story != draft.story:
        # Their yes was to other words; these they read first.
        entry.nominee_agreed = None
        untell([_named_key(entry)])
    for name in _PLAIN:
        setattr(entry, name, getattr(draft, name))
    if picture is not None:
        _set_picture(entry, picture)
    if contest.takes == PERSON:
        _name(contest, entry, draft.nominee)
    else:
        name_authors(entry, draft.co_authors)
    entry.changed_at = now
    db.session.flush()
    if entry.state == IN:
        _refuse_lacking(contest, entry)
        settle_facts(entry, now)
        _ask(contest, entry, now)
    return entry


def _refuse_lacking(contest: Contest, entry: Entry) -> None:
    errors = lacking(contest, entry)
    if errors:
        raise BadEntry(errors)


def lacking(contest: Contest, entry: Entry) -> dict[str, str]:
    """What has to be there before it can be handed in, by field."""
    nominee = "x" if entry.nominee_id is not None else ""
    held = Draft(**{name: getattr(entry, name) for name in _PLAIN}, nominee=nominee)
    return lacks(contest.takes, held, entry.media_id is not None, contest.licences)


def _set_picture(entry: Entry, prepared: Prepared | None) -> None:
    """The one before is forgotten; the same file sent again changes nothing."""
    old = entry.media
    if old is not None and prepared is not None and old.content_hash == prepared.content_hash:
        return
    entry.media_id = None
    db.session.flush()
    if old is not None:
        db.session.expunge(old)
        media.forget_picture(old.id)
    if prepared is not None:
        entry.media_id = media.keep_picture(prepared, entry.member_id).id
        db.session.flush()
    db.session.expire(entry, ["media"])


def _name(contest: Contest, entry: Entry, handle: str) -> None:
    """Nobody names themselves, and nobody is named twice, nor again after a no."""
    nominee = member_by_handle(handle) if handle else None
    if handle and (nominee is None or nominee.state != "active"):
        raise BadEntry({"nominee": _("We know nobody called @%(handle)s who is active here.", handle=handle)})
    if nominee is not None and nominee.id == entry.member_id:
        raise BadEntry({"nominee": _("Naming oneself is not how this works. Whom else do you think of?")})
    wanted = nominee.id if nominee else None
    if wanted == entry.nominee_id:
        return
    if entry.state == IN:
        raise BadEntry({"nominee": _("They have been asked already. Take this one back if you would rather name somebody else.")})
    try:
        with db.session.begin_nested():
            entry.nominee_id, entry.nominee_agreed = wanted, None
            db.session.flush()
    except IntegrityError:
        db.session.refresh(entry, ["nominee_id", "nominee_agreed"])
        raise BadEntry({"nominee": _named_already()}) from None
    said_no = sa.exists().where(Entry.contest_id == contest.id, Entry.nominee_id == wanted, Entry.nominee_agreed.is_(False))
    if wanted is not None and db.session.scalar(sa.select(said_no)):
        raise BadEntry({"nominee": _named_already()})


def _named_already() -> str:
    """Also after a no, which is nobody else's business."""
    return _("Somebody has named them already, and once is enough. Whom else do you think of?")


def _ask(contest: Contest, entry: Entry, now: datetime) -> None:
    if contest.takes != PERSON:
        ask_co_authors(contest, entry, now)
    elif entry.nominee_id is not None:
        tell([Message(entry.nominee_id, kind="contest.nominated", key=_named_key(entry),
                      path=f"/contests/{contest.slug}/entries/{entry.key}/agree",
                      data={"person": entry.member_id, "contest": contest.title})], now)  # fmt: skip


def _named_key(entry: Entry) -> str:
    return f"nominated:{entry.id}"
