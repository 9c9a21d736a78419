"""Plans what everybody did: the same words on the same days before today, each time. Touches no database."""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

SPAN_DAYS = 70
SEED = "the hall in the evening"
DARK_FUNNEL, DARK_FUNNEL_DAYS_AGO = "dark-funnel-week", 49
MDM_LINE, MDM_LINE_DAYS_AGO = "what-is-mdm", 12

_TOGETHER = {"event.hosted", "event.attended", "meeting", "planning", "onboarding", "duty"}
_SEEN_BY_OTHERS = {"event.hosted", "talk", "meeting", "mentoring", "onboarding"}
_LEAVES_TRACES = {"testing", "translation", "voice", "documentation"}
_IN_A_LANGUAGE = {"translation", "voice"}
_NUMBER = re.compile(r"\[(\d+)-(\d+)\]")
_TAGS = re.compile(r"( #[\w-]+)+$")
_REPEATED = (17, 98, 203, 291)
"""Deeds that somebody told twice, by accident: every community has them."""


@dataclass(frozen=True)
class Deed:
    """One deed, `ago` days before today, at `hour` o'clock."""

    key: str
    handle: str
    ago: int
    hour: int
    kind: str
    text: str
    tags: tuple[str, ...] = ()
    group: str | None = None
    campaign: str | None = None
    evidence: int = 0
    visibility: str = "members"
    reporter: str | None = None


def plan(
    people: Sequence[Mapping[str, Any]], texts: Mapping[str, Sequence[str]], finds: Sequence[Mapping[str, Any]]
) -> list[Deed]:
    """The oldest first."""
    used: Counter[str] = Counter()
    curators = {group: person["handle"] for person in people for group in person.get("curates", ())}
    deeds = [deed for person in people for deed in _of(person, texts, used, curators)]
    deeds += [replace(deeds[i], key=f"{deeds[i].key}-again", hour=deeds[i].hour + 1) for i in _REPEATED]
    deeds += [_find(find, i) for i, find in enumerate(finds)]
    return sorted(deeds, key=lambda deed: (-deed.ago, deed.hour, deed.key))


def _of(
    person: Mapping[str, Any], texts: Mapping[str, Sequence[str]], used: Counter[str], curators: Mapping[str, str]
) -> list[Deed]:
    """Somebody's everyday deeds. `used` counts how often each text was told by anybody."""
    chance = random.Random(f"{SEED}:{person['handle']}")
    kinds: Sequence[str] = person.get("does", ())
    weights = [4, 3, 3, 2, 2, 1, 1, 1][: len(kinds)]
    told: set[str] = set()
    deeds = []
    for number in range(person["deeds"]):
        kind = chance.choices(kinds, weights)[0]
        text = _choose(person["handle"], texts[kind], told, used, chance)
        told.add(text)
        used[text] += 1
        deeds.append(_told(person, f"{person['handle']}-{number}", kind, text, curators, chance))
    return deeds


def _choose(handle: str, texts: Sequence[str], told: set[str], used: Counter[str], chance: random.Random) -> str:
    """What only this member can tell comes first, then what was heard least."""
    mine = [text for text in texts if text.startswith(f"@{handle} ") and text not in told]
    if mine and chance.random() < 0.7:
        return mine[0]
    common = [text for text in texts if not text.startswith("@")]
    fresh = [text for text in common if text not in told] or common
    least = min(used[text] for text in fresh)
    return chance.choice([text for text in fresh if used[text] == least])


def _told(person: Mapping[str, Any], key: str, kind: str, text: str, curators: Mapping[str, str], chance: random.Random) -> Deed:
    words, tags = written(text, person, chance)
    if kind in _IN_A_LANGUAGE:
        tags = (*tags, language_of(person).lower().replace(" ", "-"))
    campaign = MDM_LINE if kind == "campaign" else None
    latest = MDM_LINE_DAYS_AGO if campaign else min(SPAN_DAYS, person["joined_days"])
    group = _group(person, kind, chance)
    curator = curators.get(group or "")
    for_them = curator if curator != person["handle"] and chance.random() < 0.12 else None
    return Deed(
        key=key, handle=person["handle"], ago=chance.randrange(latest), hour=chance.randrange(7, 21), kind=kind,
        text=words, tags=tags, group=group, campaign=campaign, evidence=2 if for_them else _evidence(kind, chance),
        visibility=_visibility(person, chance), reporter=for_them,
    )  # fmt: skip


def written(text: str, person: Mapping[str, Any], chance: random.Random) -> tuple[str, tuple[str, ...]]:
    """Fills in numbers, language and city, and takes the tags off the end."""
    text = text.removeprefix(f"@{person['handle']} ")
    found = _TAGS.search(text)
    tags = tuple(tag.lstrip("#") for tag in found[0].split()) if found else ()
    text = _TAGS.sub("", text)
    text = _NUMBER.sub(lambda span: str(chance.randint(int(span[1]), int(span[2]))), text)
    return text.replace("{lang}", language_of(person)).replace("{city}", person["place"].split(",")[0]), tags


def language_of(person: Mapping[str, Any]) -> str:
    """The member's own: the first that is not English."""
    return next((str(language) for language in person["languages"] if language != "English"), "English")


def _group(person: Mapping[str, Any], kind: str, chance: random.Random) -> str | None:
    groups = person.get("groups", ())
    if not groups or chance.random() > (0.8 if kind in _TOGETHER else 0.25):
        return None
    return str(groups[0] if chance.random() < 0.75 else groups[-1])


def _evidence(kind: str, chance: random.Random) -> int:
    if kind in _SEEN_BY_OTHERS and chance.random() < 0.4:
        return 2
    return 1 if kind in _LEAVES_TRACES and chance.random() < 0.35 else 0


def _visibility(person: Mapping[str, Any], chance: random.Random) -> str:
    if person.get("profile") == "closed":
        return "me"
    if chance.random() < person["share"]:
        return "public"
    return "me" if chance.random() < 0.12 else "members"


def _find(find: Mapping[str, Any], number: int) -> Deed:
    return Deed(
        key=f"dark-funnel-{number}", handle=find["by"], ago=DARK_FUNNEL_DAYS_AGO - find["day"], hour=17 + number % 5,
        kind="campaign", text=find["text"], tags=("dark-funnel",), campaign=DARK_FUNNEL, evidence=number % 3 % 2,
        visibility="members" if number % 4 == 3 else "public",
    )  # fmt: skip
