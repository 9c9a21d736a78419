"""Topics of messages as kinds of deeds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from recognition.activities.rules import INTERNAL_KINDS, slugify
from recognition.catalog.fedora.expressions import has_code
from recognition.catalog.fedora.reading import Refused

_HOST = re.compile(r"[a-z]+\.[a-z0-9-]+\.(prod|stg|dev)\.(.+)", re.ASCII)
_AWARD = re.compile(r"(fedbadges|badges|tahrir)\.badge\.award")
_KIND = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
AWARDED = "badge.awarded"


def short(topic: str) -> str:
    """Without its sender: `org.example.prod.wiki.article.edit` is `wiki.article.edit`. Raises Refused."""
    if has_code(topic):
        raise Refused(f"the topic {topic[:80]!r} is not a plain name")
    found = _HOST.fullmatch(topic)
    if found and found[1] != "prod":
        raise Refused(f"the topic {topic[:80]!r} is that of a test system")
    return found[2] if found else topic.strip(".")


def is_whole(topic: str) -> bool:
    return _HOST.fullmatch(topic) is not None


def kind_of(topic: str) -> str:
    """A kind's slug. A badge award of the old system is one of ours. Raises Refused."""
    if _AWARD.fullmatch(topic):
        return AWARDED
    kind = slugify(topic)
    if len(topic) > 80 or not _KIND.fullmatch(kind):
        raise Refused(f"the topic {topic[:80]!r} cannot be the name of a kind")
    if kind in INTERNAL_KINDS:
        raise Refused(f"the topic {topic!r} has the name of a fact that we write ourselves")
    return kind


@dataclass(frozen=True)
class Topics:
    """Every topic that a set of rules names, short. What a category holds is known from these alone."""

    known: frozenset[str] = frozenset()
    used: dict[str, str] = field(default_factory=dict, hash=False)

    def of_category(self, category: Any) -> frozenset[str]:
        if not isinstance(category, str) or has_code(category):
            raise Refused(f"the category {str(category)[:80]!r} is not a plain name")
        found = frozenset(topic for topic in self.known if topic.split(".")[0] == category)
        if not found:
            raise Refused(f"no rule names a topic of the category {category!r}, so we cannot know which kinds of deeds it is; "
                          "name them with --topic")  # fmt: skip
        return found

    def ending_in(self, topic: Any) -> frozenset[str]:
        """A topic may be given by its end, which then fits several."""
        if not isinstance(topic, str):
            raise Refused("a topic is not a word")
        name = short(topic)
        if is_whole(topic):
            return frozenset({name})
        if "." not in name:
            raise Refused(f"the topic {name!r} is only the end of a name, and too many topics end so")
        return frozenset({name} | {known for known in self.known if known.endswith(f".{name}")})


def named_in(data: Any) -> Iterator[str]:
    """The plain topics that a rule names anywhere."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("topic", "topics"):
                yield from _plain(value)
            else:
                yield from named_in(value)
    elif isinstance(data, list):
        for item in data:
            yield from named_in(item)


def _plain(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [item for part in value.values() for item in (part if isinstance(part, list) else [part])]
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            try:
                name = short(item)
            except Refused:
                continue
            if "." in name:
                yield name


def all_of(rules: Iterable[Any], more: Iterable[str] = ()) -> Topics:
    named = {topic for rule in rules for topic in named_in(rule)} | {short(topic) for topic in more}
    return Topics(frozenset(named))


def label_of(topic: str) -> str:
    """ "bodhi.update.comment" becomes "Bodhi: update comment"."""
    category, _dot, rest = topic.partition(".")
    words = re.sub(r"[._-]+", " ", rest).strip()
    return f"{category[:1].upper()}{category[1:]}: {words}"[:120] if words else category[:120]
