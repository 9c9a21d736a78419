"""From the address of somebody's page elsewhere to their name there, and whether a token stands where only they can put it.
Pure: addresses and bytes in, values out."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from recognition.activities.sources import discourse, github, mediawiki
from recognition.inlets.rules import fold

TOKEN_PREFIX = "recognition-"  # noqa: S105 - what the word that proves begins with
PROOF_PAGE = "recognition.css"
"""On a wiki everybody writes on everybody's page; below it, what ends like this only its owner can."""
_NAME = re.compile(r"[^\x00-\x20/?#\\<>\[\]{}|]{1,100}")
_WIKI = re.compile(r"/(?:wiki/|w/index\.php/|index\.php/)?User:([^/]{1,200})(?:/.*)?", re.IGNORECASE)
_WRITTEN = {
    discourse.NAME: ("bio_raw", "bio_cooked", "website", "location"),
    github.NAME: ("bio", "blog", "company", "location"),
}
"""What of their page they write themselves; everything else on it may be somebody else's words."""


@dataclass(frozen=True)
class Name:
    source: str
    place: str
    name: str


def name_at(address: str, forums: Mapping[str, str], code_hosts: Sequence[str]) -> Name | None:
    """`forums`: addresses by host. None: no page of a person that we know how to read."""
    try:
        parts = urlsplit(address.strip() if "://" in address else f"https://{address.strip()}")
        host = parts.netloc.rpartition("@")[2].lower() if parts.scheme in ("http", "https") and parts.hostname else ""
        _port = parts.port  # raises for one that is no number
    except ValueError:
        return None
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if host in code_hosts:
        return _named(github.NAME, host, steps[0]) if len(steps) == 1 else None
    if host in forums:
        root = [step for step in urlsplit(forums[host]).path.split("/") if step]
        rest = steps[len(root) :] if steps[: len(root)] == root else []
        return _named(discourse.NAME, host, rest[1]) if len(rest) >= 2 and rest[0] in ("u", "users") else None
    title = next(iter(parse_qs(parts.query).get("title", [])), "")
    wiki = _WIKI.fullmatch(unquote(parts.path)) or _WIKI.fullmatch(f"/{title}")
    # A wiki writes spaces as "_", and begins each name with a capital.
    return _named(mediawiki.NAME, host, wiki[1].replace("_", " ").strip()) if wiki and host else None


def _named(source: str, place: str, name: str) -> Name | None:
    is_wiki = source == mediawiki.NAME
    ok = _NAME.fullmatch(name.replace(" ", "_") if is_wiki else name)
    return Name(source, place, name) if ok and fold(place, name, source) else None


def pages_of(source: str, place: str, name: str, forums: Mapping[str, str]) -> list[str]:
    """Where the token is looked for, one after another. Empty: the place is not known any more."""
    quoted = quote(name.replace(" ", "_"), safe="")
    if source == discourse.NAME:
        return [f"{forums[place].rstrip('/')}/u/{quoted}.json"] if place in forums else []
    if source == github.NAME:
        return [f"https://api.github.com/users/{quoted}" if place == github.HOST else f"https://{place}/api/v3/users/{quoted}"]
    title = f"User:{quoted}/{PROOF_PAGE}"
    return [f"https://{place}/{path}{title}{end}" for path, end in (
        ("wiki/", "?action=raw&ctype=text/css"), ("index.php?title=", "&action=raw&ctype=text/css"),
    )]  # fmt: skip


def is_proof(source: str, place: str, name: str, body: bytes, token: str) -> bool:
    wanted = TOKEN_PREFIX + token
    if source == mediawiki.NAME:
        return wanted in body.decode("utf-8", "replace")
    try:
        given: Any = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    key = "username" if source == discourse.NAME else "login"
    person = given.get("user") if source == discourse.NAME and isinstance(given, dict) else given
    if not isinstance(person, dict) or not isinstance(person.get(key), str) or fold(place, person[key]) != fold(place, name):
        return False
    return any(wanted in person[field] for field in _WRITTEN[source] if isinstance(person.get(field), str))
