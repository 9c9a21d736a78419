"""One rule file into one badge of ours, or a sentence that says why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from recognition.badges.rules import BadBadge, check_spec
from recognition.catalog.fedora import people
from recognition.catalog.fedora.counting import Count, Counted, Counter, Several
from recognition.catalog.fedora.looks import band_of, look_of
from recognition.catalog.fedora.reading import File, Refused, one_line
from recognition.catalog.fedora.topics import AWARDED, Topics, kind_of, label_of
from recognition.catalog.fedora.triggers import Fields, Reader

_TEXTS = ("name", "description", "image_url", "creator", "discussion", "issuer_id", "tags")
KEYS = frozenset((*_TEXTS, "trigger", "criteria", "condition", "previous", *people.KEYS, *people.LOOKUPS))
ORDER = "the old rule looked only when {topics} came; here the parts may come in any order"
Trigger = Mapping[str, Fields]


@dataclass(frozen=True)
class Draft:
    """A badge on its way. `after`: the badge before it in a series, as the file names it. `kinds`: what each kind that the
    rule needs is called."""

    file: str
    slug: str
    texts: Mapping[str, str]
    criteria: Mapping[str, Any]
    kinds: Mapping[str, str]
    after: str = ""
    levels: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"slug": self.slug, **self.texts}
        if self.levels:
            data["levels"] = list(self.levels)
        return data | {"criteria": dict(self.criteria)}

    def check(self) -> None:
        """Raises Refused where a badge of ours may not be so."""
        try:
            check_spec(self.as_data())
        except BadBadge as fault:
            raise Refused(f"as a badge of ours: {fault}") from fault


def convert(file: File, slug: str, topics: Topics) -> Draft:
    """Raises Refused."""
    rule = file.data or {}
    unknown = sorted(set(rule) - KEYS)
    if unknown:
        raise Refused(f"the key {unknown[0][:40]!r} is not known, and may change what the rule means")
    name, summary = one_line(rule.get("name")), one_line(rule.get("description"))
    if not name or not summary:
        raise Refused("it has no name" if not name else "it has no description")
    reader = Reader(topics)
    trigger = reader.read(rule.get("trigger"))
    notes = reader.notes
    given_to = people.recipient(rule, trigger, notes)
    builder = _Builder(trigger, notes)
    criteria = builder.criteria(_counted(rule, Counter(topics, given_to, frozenset(trigger), notes)))
    family, glyph = look_of(trigger, name)
    texts = {"name": name[:80], "family": family, "glyph": glyph, "band": band_of(name), "summary": _short(summary),
             "story": _story(rule, summary)}  # fmt: skip
    draft = Draft(file.name, slug, texts, criteria, builder.kinds, _after(rule), (), tuple(dict.fromkeys(notes)))
    draft.check()
    return draft


def _counted(rule: Mapping[str, Any], counter: Counter) -> Counted:
    previous, condition = rule.get("previous"), rule.get("condition")
    if isinstance(previous, Mapping):
        if rule.get("criteria") is not None:
            raise Refused("it counts twice, in criteria and in previous")
        return counter.query(previous, condition if condition is not None else {"at least": 1}, "previous")
    if rule.get("criteria") is not None:
        if condition is not None:
            raise Refused("condition: belongs inside criteria")
        return counter.criteria(rule["criteria"])
    goal = counter.goal(condition, "rule") if condition is not None else 1
    if goal > 1:
        raise Refused(f"condition: asks for {goal}, but nothing before the message itself is counted (no previous)")
    return Count(1, same=True)


def _after(rule: Mapping[str, Any]) -> str:
    previous = rule.get("previous")
    if previous is None or isinstance(previous, Mapping):
        return ""
    if isinstance(previous, list) and len(previous) == 1:
        previous = previous[0]
    if not one_line(previous):
        raise Refused("previous: names no badge and counts nothing")
    return one_line(previous)


@dataclass
class _Builder:
    """Criteria of ours from what is counted. `kinds` gathers the kinds they need."""

    trigger: Trigger
    notes: list[str]
    kinds: dict[str, str] = field(default_factory=dict)

    def criteria(self, counted: Counted) -> dict[str, Any]:
        if isinstance(counted, Several):
            parts = [self.criteria(part) for part in counted.parts]
            return parts[0] if len(parts) == 1 else {"all" if counted.every else "any": parts}
        if not counted.same:
            return self._one(counted, self.trigger)
        if counted.goal == 1 and not counted.window and not counted.fields:
            return self._set_off(self.trigger)
        alone = [
            self._one(replace(counted, same=False, topics=frozenset({topic})), {topic: fields})
            for topic, fields in sorted(self.trigger.items())
        ]
        return alone[0] if len(alone) == 1 else {"any": alone}

    def _one(self, count: Count, trigger: Trigger) -> dict[str, Any]:
        """Where each deed that counts also sets the rule off, the count says all. Where one is enough and what sets it off
        counts itself, that says all."""
        own = {"count": self._filter(count.topics, count.fields, count.window), "at_least": count.goal}
        if count.topics is not None and all(t in trigger and set(trigger[t]) <= set(count.fields) for t in count.topics):
            return own
        counts_itself = all(
            (count.topics is None or topic in count.topics) and set(count.fields) <= set(fields)
            for topic, fields in trigger.items()
        )
        if count.goal == 1 and not count.window and counts_itself:
            return self._set_off(trigger)
        self.notes.append(ORDER.format(topics=" or ".join(sorted(trigger))))
        return {"all": [own, self._set_off(trigger)]}

    def _set_off(self, trigger: Trigger) -> dict[str, Any]:
        alike: dict[Fields, set[str]] = {}
        for topic, fields in trigger.items():
            alike.setdefault(fields, set()).add(topic)
        found = [{"count": self._filter(frozenset(topics), fields), "at_least": 1} for fields, topics in alike.items()]
        found.sort(key=str)
        return found[0] if len(found) == 1 else {"any": found}

    def _filter(self, topics: frozenset[str] | None, fields: Fields, window: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
        """Each message counts, also one that looks like another: messages have no words to tell them apart."""
        where: dict[str, Any] = {"repeats": "all"}
        if topics is None:
            self.notes.append("no topic is named: every deed counts, whatever its kind")
        else:
            where["kind"] = sorted({self._kind(topic) for topic in topics})
        if fields:
            where["fields"] = {name: _compared(test) for name, test in fields}
            self.notes.append("the deeds need these fields from the messages: " + ", ".join(name for name, _test in fields))
        return where | ({"window": dict(window)} if window else {})

    def _kind(self, topic: str) -> str:
        kind = kind_of(topic)
        if kind == AWARDED:
            self.notes.append("a badge award of the old system is one of ours; here each level is an award")
        elif self.kinds.setdefault(kind, label_of(topic)) != label_of(topic):
            raise Refused(f"two topics would be the same kind, {kind}")
        return kind


def _compared(test: Any) -> dict[str, Any]:
    return {"at_least": test.at_least} if test.at_least is not None else {"is": list(test.one_of)}


def _short(text: str) -> str:
    return text if len(text) <= 300 else text[:299].rstrip() + "…"


def _story(rule: Mapping[str, Any], summary: str) -> str:
    """Who made it and where it was talked over, so that credit stays with it."""
    creator, discussion = one_line(rule.get("creator")), one_line(rule.get("discussion"))
    said = [summary] if len(summary) > 300 else []
    said.append(f"It came from another badge system, where {creator[:80]} made it." if creator
                else "It came from another badge system.")  # fmt: skip
    if discussion.startswith(("https://", "http://")) and len(discussion) <= 300:
        said.append(f"It was talked over at {discussion}")
    return " ".join(said)[:4000]
