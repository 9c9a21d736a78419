"""Who gets a badge. A deed of ours has one doer, so only words for the one who acted can be followed."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from recognition.catalog.fedora import expressions
from recognition.catalog.fedora.reading import Refused

KEYS = ("recipient", "recipient_key")
LOOKUPS = ("recipient_nick2fas", "recipient_email2fas", "recipient_openid2fas", "recipient_krb2fas", "recipient_distgit2fas",
           "recipient_github2fas")  # fmt: skip
"""These turn a nickname or an address into a member; here a deed names its member already."""
_DOERS = {
    "agent_name", "agent", "msg.agent", "msg.agent.username", "msg.agent.name", "msg.agent_name", "msg.committer",
    "msg.commit.username", "msg.commit.agent", "msg.comment.author", "msg.comment.user", "msg.comment.user.name",
    "msg.vote.user", "msg.voter",
}  # fmt: skip
"""Say plainly who did it."""
_OWNERS = re.compile(
    r"username|msg(\.(user|update|override|build|package_listing|post|article|test))?"
    r"\.(user|username|userid|user\.name|name|owner|author|submitter|creator)"
)
"""Say whose thing it is: the same person, unless the topic is about what others do with it."""
_BY_OTHERS = {"comment", "vote", "karma", "member", "sponsor", "role", "acl", "flag", "review", "assign", "assigned"}
EVERYBODY = "everybody"
_ALL_NAMED = {"usernames", "message.usernames"}


def recipient(rule: Mapping[str, Any], topics: Iterable[str], notes: list[str]) -> str:
    """The dotted name of the one who gets it, EVERYBODY if the rule names nobody. Raises Refused."""
    given = [rule[key] for key in KEYS if rule.get(key) is not None]
    if len(given) > 1:
        raise Refused("recipient: stands there twice")
    lookups = [key for key in LOOKUPS if rule.get(key)]
    if lookups:
        notes.append(f"{', '.join(lookups)}: our deeds name their member already, so nothing is looked up")
    if not given:
        notes.append("no recipient is named: it goes to the member whose deed it is")
        return EVERYBODY
    name = _name(given[0], "recipient")
    if name in _ALL_NAMED:
        notes.append("the recipient is everybody whom a message names: it goes to the member whose deed it is")
        return EVERYBODY
    _check(name, topics, "recipient")
    return name


def check_counted(users: Any, given_to: str, topics: Iterable[str]) -> bool:
    """Whether a count asks for deeds of the one who gets the badge; False: it asks for nobody's in particular. Raises
    Refused where it counts the deeds of another."""
    if users is None:
        return False
    names = [_name(item, "users") for item in (users if isinstance(users, list) else [users])]
    if not names:
        return False
    for name in names:
        if name != "recipient" and name != given_to and not (given_to == EVERYBODY and name in _ALL_NAMED):
            _check(name, topics, "users")
            if given_to != EVERYBODY:
                raise Refused(f"users: counts the deeds of {name}, but the badge goes to {given_to}")
    return True


def _name(value: Any, place: str) -> str:
    if isinstance(value, Mapping) and set(value) == {"lambda"}:
        value = value["lambda"]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise Refused(f"{place}: names several people, or none; we follow only the one who acted")
    if value.strip() in ("recipient", *_ALL_NAMED):
        return value.strip()
    path = expressions.path_of(value)
    if path is None:
        raise Refused(f"{place}: is code, or a fixed name, that we do not follow: {value[:120]}")
    return ".".join(path)


def _check(name: str, topics: Iterable[str], place: str) -> None:
    if name in _DOERS:
        return
    if not _OWNERS.fullmatch(name):
        raise Refused(f"{place}: {name} may be somebody else than the one who acted")
    for topic in sorted(topics):
        if _BY_OTHERS & set(topic.split(".")):
            hint = "; for belonging to a group, make a badge with belongs_to" if "member" in topic.split(".") else ""
            raise Refused(f"{place}: with {topic}, {name} may be somebody else than the one who acted{hint}")
