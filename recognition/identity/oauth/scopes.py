"""What a program may be allowed to do for a member, and how the page that asks says it."""

from flask_babel import lazy_gettext

_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
READ_BADGES = _OPEN_BADGES + "credential.readonly"
BRING_BADGES = _OPEN_BADGES + "credential.upsert"
READ_PROFILE = _OPEN_BADGES + "profile.readonly"
CHANGE_PROFILE = _OPEN_BADGES + "profile.update"
STAY = "offline_access"
"""Asked for by many programs beside a refresh token; it allows nothing by itself."""

SCOPES = (READ_BADGES, BRING_BADGES, READ_PROFILE, CHANGE_PROFILE, STAY)

ASKS = {
    READ_BADGES: (
        lazy_gettext("Read your badges"),
        lazy_gettext("All that you have accepted, also those that you do not show, and those that you brought from elsewhere."),
    ),
    BRING_BADGES: (
        lazy_gettext("Bring badges to your backpack"),
        lazy_gettext("Badges that you earned elsewhere, or newer issues of them. Each is checked before it comes in."),
    ),
    READ_PROFILE: (
        lazy_gettext("Read your profile"),
        lazy_gettext("Your name and story if members see them, your picture if everybody does. Never your mail address."),
    ),
    CHANGE_PROFILE: (
        lazy_gettext("Change your profile"),
        lazy_gettext("Your name and your story, nothing else."),
    ),
}  # fmt: skip
"""By scope: what it is in a few words, and how far it goes. Of `STAY` the page tells how long the connection lasts."""


def listed(scope: str) -> list[str]:
    """Each once, in the order of SCOPES; what we do not know comes last."""
    asked = dict.fromkeys(scope.split())
    return [name for name in SCOPES if name in asked] + [name for name in asked if name not in SCOPES]
