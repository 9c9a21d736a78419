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


def outcomes() -> dict[str, str]:
    return {WAITING: _("on its way"), SENT: _("arrived"), FAILED: _("given up"), DROPPED: _("not sent")}
