"""What kinds and forms of events are called."""

from flask_babel import lazy_gettext

KIND_WORDS = {
    "call": lazy_gettext("Call"), "meeting": lazy_gettext("Meeting"), "workshop": lazy_gettext("Workshop"),
    "sprint": lazy_gettext("Sprint"), "talk": lazy_gettext("Talk"), "other": lazy_gettext("Something else"),
}  # fmt: skip
FORM_WORDS = {"online": lazy_gettext("online"), "site": lazy_gettext("on site"), "both": lazy_gettext("on site and online")}
REPEAT_WORDS = {
    "once": lazy_gettext("Once"), "week": lazy_gettext("Every week"), "fortnight": lazy_gettext("Every two weeks"),
    "month": lazy_gettext("Every month, on the same weekday"),
}  # fmt: skip
