"""What the council or a curator types about a forum or code host, checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from recognition.activities.sources import discourse, github
from recognition.identity.words import clean

NAME_MAX_CHARS = 120
FIELDS = ("source", "name", "url", "categories", "host", "only")
_CATEGORY = re.compile(r"[0-9]{1,9}", re.ASCII)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,190}[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9._-]{1,100})?", re.ASCII)
_BETWEEN = re.compile(r"[,;\s]+")
LIST_MAX = 50


class BadHook(ValueError):
    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("; ".join(errors))


@dataclass(frozen=True)
class HookForm:
    source: str
    name: str
    config: dict[str, Any]


def hook_form(given: Mapping[str, str]) -> HookForm:
    """Raises BadHook, with a sentence for each wrong field."""
    errors: dict[str, str] = {}
    source = given.get("source", "")
    if source not in (discourse.NAME, github.NAME):
        raise BadHook({"source": _("Choose what it is.")})
    try:
        name = clean(given.get("name", ""), NAME_MAX_CHARS)
    except ValueError:
        name = ""
    if not name:
        errors["name"] = _("A few words by which you know it, please.")
    config = _forum(given, errors) if source == discourse.NAME else _code_host(given, errors)
    if errors:
        raise BadHook(errors)
    return HookForm(source, name, config)


def _forum(given: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any]:
    url = given.get("url", "").strip().rstrip("/")
    try:
        parts = urlsplit(url)
        well = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
        )
        well = well and bool(_HOST.fullmatch(parts.netloc.lower())) and len(url) <= 200 and url.isascii()
    except ValueError:
        well = False
    if not well:
        errors["url"] = _("The address of the forum, such as https://forum.example.org.")
    categories = _listed(given.get("categories", ""))
    if len(categories) > LIST_MAX or not all(map(_CATEGORY.fullmatch, categories)):
        errors["categories"] = _("Numbers of categories, with commas between them.")
        return {}
    return {"url": url, "categories": sorted({int(one) for one in categories})}


def _code_host(given: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any]:
    host = given.get("host", "").strip().lower() or github.HOST
    if not _HOST.fullmatch(host):
        errors["host"] = _("A name such as github.com.")
    only = _listed(given.get("only", ""))
    if len(only) > LIST_MAX or not all(map(_REPOSITORY.fullmatch, only)):
        errors["only"] = _("Owners, or owners with a repository, with commas between them: community, community/handbook.")
    return {"host": host, "only": only}


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(one for one in _BETWEEN.split(text) if one))
