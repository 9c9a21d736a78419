"""Who may tell, put right and confirm what."""

from collections.abc import Collection

from recognition.activities.models import Activity
from recognition.activities.rules import INTERNAL_KINDS
from recognition.identity.models import Member
from recognition.identity.rules import may_see


def can_tell_for_others(actor: Member) -> bool:
    """In the log under another member's name, by a program."""
    return actor.state != "suspended" and bool(actor.roles & {"council", "admin"})


def can_put_right(actor: Member | None, deed: Activity) -> bool:
    """Withdraw or correct it: whoever did it. What the product wrote by itself is not told anew by anybody."""
    return _is_a_live_deed(deed) and actor is not None and actor.id == deed.member_id and actor.state != "suspended"


def can_confirm(witness: Member | None, deed: Activity) -> bool:
    """Of those who may see the deed: anybody but the doer."""
    return _is_a_live_deed(deed) and witness is not None and witness.id != deed.member_id and witness.state != "suspended"


def can_comment(member: Member | None, deed: Activity) -> bool:
    """Of those who may see the deed: every member, the doer too."""
    return _is_a_live_deed(deed) and member is not None and member.state != "suspended"


def can_report(member: Member | None, owner_id: int) -> bool:
    """To the council, that something should not stand here: what is not their own."""
    return member is not None and member.id != owner_id and member.state != "suspended"


def can_decide(actor: Member, owner_id: int | None, reporter_ids: Collection[int]) -> bool:
    """About a report: the council, but nobody about what is theirs or what they reported themselves."""
    return "council" in actor.roles and actor.state != "suspended" and actor.id not in {owner_id, *reporter_ids}


def can_thank(giver: Member | None, receiver: Member) -> bool:
    """Anybody else who shows the giver their name."""
    if giver is None or giver.id == receiver.id or giver.state == "suspended":
        return False
    return may_see(receiver, "name", giver)


def _is_a_live_deed(deed: Activity) -> bool:
    return deed.withdrawn_at is None and deed.kind not in INTERNAL_KINDS
