"""Whether the badge was given to the owner of an e-mail address."""

from collections.abc import Sequence
from typing import Any

from recognition.openbadges import identities
from recognition.openbadges.checking import members
from recognition.openbadges.checking.case import Case

_MAIL = {"email", "emailAddress"}
_MOST = 20


def check(case: Case, stated: Sequence[dict[str, Any]]) -> None:
    """`stated`: identity objects of either version; former addresses of the holder may be among them."""
    mails = [one for one in stated if _MAIL & {members.text(one, "identityType"), members.text(one, "type")}][:_MOST]
    if case.address is None:
        case.say("recipient_unasked" if mails else "recipient_none")
    elif not mails:
        case.say("recipient_unlike")
    elif any(identities.matches(one, case.address) for one in mails):
        case.say("recipient_ok")
    else:
        case.say("recipient_other")
