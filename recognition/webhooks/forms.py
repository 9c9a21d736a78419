"""What comes out of the form about a webhook: checked values, or a sentence for each field that needs another look."""

from flask import current_app
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from recognition.openbadges import addresses
from recognition.openbadges.addresses import Forbidden
from recognition.text import is_blank, is_showable
from recognition.webhooks.keeping import HookSpec
from recognition.webhooks.rules import EVENTS, ONLY_MINE, REACHABLE

NAME_MAX, URL_MAX = 120, 1000


def hook_form(form: MultiDict[str, str]) -> tuple[HookSpec, dict[str, str]]:
    """The values are only for use if there are no errors."""
    errors: dict[str, str] = {}
    name = " ".join(form.get("name", "").split())
    if is_blank(name) or not is_showable(name) or len(name) > NAME_MAX:
        errors["name"] = _("Call it something, in at most %(most)s characters.", most=NAME_MAX)
    url = form.get("url", "").strip()
    if not _may_be_asked(url):
        errors["url"] = _("This has to be a public web address, such as https://example.org/hook, without a name or password.")
    chosen = [event for event in EVENTS if event in form.getlist("events")]
    if not chosen:
        errors["events"] = _("Choose at least one thing to hear of.")
    mine = [ONLY_MINE] if form.get("whose", ONLY_MINE) == ONLY_MINE else []
    return HookSpec(name, url, tuple(chosen + mine)), errors


def _may_be_asked(url: str) -> bool:
    """As far as it can be told without asking: where its name leads is looked at each time."""
    try:
        found = addresses.target(url)
    except Forbidden:
        return False
    let_in = (found.host, found.port) in current_app.extensions.get(REACHABLE, ())
    return len(url) <= URL_MAX and (let_in or not addresses.is_private_at_sight(found))
