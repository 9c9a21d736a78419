"""What is said about a badge from elsewhere, here and now, in the reader's language."""

from dataclasses import dataclass

from flask_babel import gettext as _

from recognition.backpack.models import ExternalBadge
from recognition.backpack.rules import EXPIRED, FALSE, GOOD, NOT_YET, REVOKED, UNSURE, last_sure
from recognition.badges.portable.verdicts import UNPROVEN
from recognition.web.templating import day


@dataclass(frozen=True)
class Standing:
    """`kind`: good, care or wrong; `sign`: an icon; `short`: two or three words, `words`: a sentence with its day."""

    kind: str
    sign: str
    short: str
    words: str


def standing(badge: ExternalBadge) -> Standing:
    on = day(badge.checked_at)
    if badge.standing == GOOD and UNPROVEN & {one["code"] for one in badge.findings}:
        return Standing("care", "circle-alert", _("Unchanged, issuer not proven"),
                        _("Nobody changed it, as looked at on %(day)s. Who made it, it does not prove.", day=on))  # fmt: skip
    return {
        GOOD: Standing("good", "circle-check", _("Genuine"), _("Genuine when it was last looked at, on %(day)s.", day=on)),
        EXPIRED: Standing("care", "hourglass", _("Its time is over"), _over(badge, on)),
        REVOKED: Standing("wrong", "circle-x", _("Taken back by its issuer"),
                          _("Its issuer took it back, as we heard on %(day)s.", day=on)),
        NOT_YET: Standing("care", "clock", _("Not valid yet"), _("Its time has not begun, as of %(day)s.", day=on)),
        FALSE: Standing("wrong", "circle-x", _("Not genuine"), _("It did not hold when it was looked at on %(day)s.", day=on)),
        UNSURE: Standing("care", "circle-alert", _("Could not be checked"), _unsure(badge, on)),
    }[badge.standing]  # fmt: skip


def _over(badge: ExternalBadge, on: str) -> str:
    if badge.expires_at is None:
        return _("It was genuine, and its time is over, as of %(day)s.", day=on)
    return _("It was genuine and valid until %(end)s, as looked at on %(day)s.", end=day(badge.expires_at), day=on)


def _unsure(badge: ExternalBadge, on: str) -> str:
    sure = last_sure(badge.facts)
    if sure is not None and sure[0] == GOOD:
        return _("It could not be checked on %(day)s. On %(before)s it was genuine.", day=on, before=day(sure[1]))
    return _("It could not be checked on %(day)s.", day=on)


def not_mine(has_addresses: bool) -> str:
    """Why a badge is not taken for the member's own, and what to do about it."""
    if not has_addresses:
        return _(
            "It names its holder by an e-mail address, and your sign-in gives us none that is confirmed. So we cannot tell that "
            "it is yours, and only you see it."
        )
    return _(
        "It was given to another e-mail address than the one you sign in with. If that is an address of yours too, add it where "
        "you sign in and let us look again; until then only you see it."
    )
