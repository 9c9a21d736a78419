"""What comes out of the form about a channel: a checked one, or a sentence for each field that needs another look."""

from collections.abc import Mapping

from flask import current_app
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from recognition.announcements.channels import file
from recognition.news.adapters import ADAPTERS, offered
from recognition.news.jobs import REACHABLE
from recognition.news.models import Channel
from recognition.news.services.places import ChannelSpec
from recognition.news.words import is_language
from recognition.openbadges import addresses
from recognition.openbadges.addresses import Forbidden
from recognition.text import is_blank, is_showable

NAMES = ("adapter", "name", "address", "user", "category", "room", "folder", "secret", "covers", "language")
BLANK = dict.fromkeys(NAMES, "") | {"adapter": "forum"}
NAME_MAX, COVERS_MAX, FIELD_MAX, SECRET_MAX = 120, 300, 500, 1000


def values_of(form: MultiDict[str, str]) -> dict[str, str]:
    return {name: form.get(name, "").strip() for name in NAMES}


def stored(one: Channel) -> dict[str, str]:
    """The secret is not among it: it never leaves again."""
    return BLANK | dict(one.config) | {"adapter": one.adapter, "name": one.name, "covers": one.covers, "language": one.language}


def checked(values: Mapping[str, str], one: Channel | None, to_group: bool = False) -> tuple[ChannelSpec | None, dict[str, str]]:
    errors: dict[str, str] = {}
    adapter = one.adapter if one is not None else values["adapter"]
    if adapter not in (ADAPTERS if one is not None else offered(to_group)):
        errors["adapter"] = str(_("Choose what sort of place it is."))
        return None, errors
    for name, most in (("name", NAME_MAX), ("covers", COVERS_MAX)):
        if is_blank(values[name]) or not is_showable(values[name]) or len(values[name]) > most:
            errors[name] = str(_("A few words, please, at most %(most)s signs.", most=most))
    if values["language"] and not is_language(values["language"]):
        errors["language"] = str(_("A short code of a language, please, such as en, de or pt-BR."))
    config = {name: values[name] for name in ADAPTERS[adapter].fields}
    for name, text in config.items():
        fault = _fault(name, text)
        if fault:
            errors[name] = fault
    is_asked_for = one is None or not one.sealed or _moves(one, config)
    if ADAPTERS[adapter].asks_secret and (
        (is_asked_for and not values["secret"])
        or len(values["secret"]) > SECRET_MAX
        or not (values["secret"].isascii() and values["secret"].isprintable())
    ):
        errors["secret"] = str(_("The other side gives you this. Without it we are not let in."))
    elif adapter == "chat" and values["secret"] and not _may_be_asked(values["secret"]):
        errors["secret"] = _address_words()
    secret = values["secret"] if ADAPTERS[adapter].asks_secret else ""
    spec = ChannelSpec(adapter, values["name"], config, secret, values["covers"], values["language"])
    return (None if errors else spec), errors


def _moves(one: Channel, config: Mapping[str, str]) -> bool:
    """A secret is told only to the house that gave it: whoever writes another address has to know it."""
    return "address" in config and config["address"].rstrip("/") != str(one.config.get("address", "")).rstrip("/")


def _fault(name: str, text: str) -> str:
    if name == "address" and not _may_be_asked(text):
        return _address_words()
    if name == "category" and text and not (text.isascii() and text.isdigit() and len(text) < 10):
        return str(_("The number of a category, or nothing."))
    if name == "folder" and not (file.FOLDER.fullmatch(text) and len(text) <= file.FOLDER_MAX):
        return str(
            _("Small letters, digits and hyphens, please, at most %(most)s: the name of one folder.", most=file.FOLDER_MAX)
        )
    if name in ("user", "room") and (not text or not text.isascii() or not text.isprintable() or len(text) > FIELD_MAX):
        return str(_("As it is called there, please."))
    return ""


def _address_words() -> str:
    return str(_("This has to be a public web address, such as https://forum.example.org, without a name or password."))


def _may_be_asked(url: str) -> bool:
    """As far as it can be told without asking: where its name leads is looked at each time. A secret goes along, so nobody
    on the way may read it."""
    try:
        found = addresses.target(url)
    except Forbidden:
        return False
    let_in = (found.host, found.port) in current_app.extensions.get(REACHABLE, ())
    is_open = found.scheme == "https" and not addresses.is_private_at_sight(found)
    return len(url) <= SECRET_MAX and (let_in or is_open)
