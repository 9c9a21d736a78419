"""What webhooks and their messages are called on pages."""

from flask_babel import gettext as _

from recognition.webhooks.rules import DROPPED, FAILED, GIVEN, OFF, ON, RESTING, SENT, TEST, TOLD, WAITING, WITHDRAWN


def events() -> dict[str, str]:
    return {
        TOLD: _("A deed was told"), WITHDRAWN: _("A deed is there no longer"), GIVEN: _("A badge was given"),
        TEST: _("A test"),
    }  # fmt: skip


def states() -> dict[str, str]:
    return {ON: _("on"), OFF: _("off"), RESTING: _("rests")}


def fault(error: str) -> str:
    """Why a message did not arrive, or was not sent."""
    known = {
        "private": _("its address leads to no public place"), "port": _("its port is not one of the web"),
        "name": _("nobody knows its name"), "connection": _("nobody answers there"), "slow": _("it took too long to answer"),
        "certificate": _("its certificate is not good"), "redirects": _("it sends us elsewhere; change the address"),
        "large": _("its answer has no end"), "garbled": _("its answer cannot be read"),
        "the webhook rests": _("the webhook rests"), "the webhook is not on": _("the webhook was not on"),
        "not to be seen any more": _("you cannot see that deed any more"), "not shown to you": _("its holder does not show it"),
        "it is still there": _("the deed is still there"), "it was never told here": _("it was never told here"),
    }  # fmt: skip
    return known.get(error, "")


def outcomes() -> dict[str, str]:
    return {WAITING: _("on its way"), SENT: _("arrived"), FAILED: _("given up"), DROPPED: _("not sent")}
