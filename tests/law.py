"""The import law of the house, read from source with `ast`: floors, neighbours on one floor, rooms of one package."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

GROUND, FIRST, SECOND, THIRD, ROOF, WIRING = range(6)
FLOORS = {
    "config": GROUND, "clock": GROUND, "refs": GROUND, "text": GROUND, "extensions": GROUND, "database": GROUND, "driver": GROUND,
    "toml": GROUND, "i18n": GROUND, "jobs": GROUND, "audit": GROUND, "media": GROUND, "web": GROUND, "processes": GROUND,
    "openbadges": GROUND, "locks": GROUND, "parcels": GROUND, "crowds": GROUND, "tongues": GROUND,
    "identity": FIRST, "activities": FIRST, "announcements": FIRST,
    "badges": SECOND, "leaderboards": SECOND, "metrics": SECOND,
    "quests": THIRD, "campaigns": THIRD, "contests": THIRD, "backpack": THIRD,
    "inlets": THIRD, "webhooks": THIRD,
    "news": THIRD, "surveys": THIRD, "mentoring": THIRD, "quiet": THIRD, "events": THIRD, "questions": THIRD,
    "roles": THIRD, "resources": THIRD, "teams": THIRD, "vouching": THIRD,
    "objectives": ROOF, "pages": ROOF, "catalog": ROOF, "demo": ROOF, "archive": ROOF,
    "wiring": WIRING, "": WIRING, "__main__": WIRING,
}  # fmt: skip
FOUNDATION = {"config", "clock", "refs", "text", "extensions", "database", "driver", "toml", "i18n", "locks", "crowds"}
NEIGHBOURS = {
    ("config", "openbadges.keyfile"), ("config", "openbadges.keys"),
    ("media", "web"), ("media", "jobs"), ("processes", "jobs"), ("activities", "identity"),
    ("activities", "announcements"), ("announcements", "identity"),
    ("quests", "campaigns.queries"), ("contests", "campaigns.queries"),
    ("surveys", "campaigns.queries"), ("events", "campaigns.queries"), ("news", "campaigns.queries"),
    ("demo", "catalog"), ("demo", "objectives"), ("pages", "objectives.models"), ("pages", "catalog.bundles.coming"),
    ("pages", "catalog.bundles.leaving"), ("pages", "catalog.bundles.parcel"), ("pages", "catalog.bundles.templates"),
    ("pages", "catalog.bundles.pictures"),
}  # fmt: skip
"""Who may import whom on the same floor, and why, stands in docs/decisions/0002-floors-and-neighbours.md."""

ROOMS = {
    "models": 0,
    "rules": 1,
    "policy": 1,
    "queries": 2,
    "services": 3,
    "forms": 4,
    "views": 5,
    "api": 5,
    "jobs": 5,
    "cli": 5,
}
DOORS = {"views", "api", "jobs", "cli"}
NO_ROOMS = {"utils", "helpers", "common", "base", "util", "helper", "misc"}


@dataclass(frozen=True)
class Import:
    """`of` and `what` are dotted paths below `recognition`, such as "badges.services"."""

    of: str
    what: str
    line: int

    @property
    def packages(self) -> tuple[str, str]:
        return self.of.partition(".")[0], self.what.partition(".")[0]


def imports(module: str, source: str, modules: Mapping[str, str]) -> Iterator[Import]:
    """`from recognition.badges import services` counts as an import of `badges.services` where that is a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == "recognition":
                    yield Import(module, name.name.removeprefix("recognition").lstrip("."), node.lineno)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "recognition":
            base = (node.module or "").removeprefix("recognition").lstrip(".")
            for name in node.names:
                inner = f"{base}.{name.name}".lstrip(".")
                yield Import(module, inner if inner in modules else base, node.lineno)


def violations(modules: Mapping[str, str]) -> list[str]:
    """`modules`: source by dotted path below `recognition`. Each fault as one sentence."""
    faults: list[str] = []
    for module, source in sorted(modules.items()):
        faults += _names(module)
        for one in imports(module, source, modules):
            fault = _floor(one) or _room(one)
            if fault:
                faults.append(f"{one.of}:{one.line} imports {one.what}: {fault}")
    return faults


def _names(module: str) -> list[str]:
    faults = []
    if set(module.split(".")) & NO_ROOMS:
        faults.append(f"{module}: no room has this name; find its noun")
    if module.partition(".")[0] not in FLOORS:
        faults.append(f"{module}: stands on no floor")
    return faults


def _floor(one: Import) -> str:
    own, other = one.packages
    if own == other or own not in FLOORS or other not in FLOORS:
        return ""
    if FLOORS[other] > FLOORS[own]:
        return "floors import downward only"
    if FLOORS[other] < FLOORS[own] or FLOORS[own] == WIRING:
        return ""
    if other in FOUNDATION and (own not in FOUNDATION or (own, other) in _FOUNDATION_ORDER):
        return ""
    if (own, other) in NEIGHBOURS or (own, one.what) in NEIGHBOURS:
        return ""
    return "neighbours on one floor do not import each other"


_FOUNDATION_ORDER = {
    ("extensions", "config"),
    ("database", "extensions"),
    ("database", "clock"),
    ("driver", "database"),
    ("driver", "extensions"),
    ("i18n", "extensions"),
}


def _room(one: Import) -> str:
    own, other = one.packages
    if own != other or "." not in one.of or "." not in one.what:
        return ""
    mine, theirs = one.of.split(".")[1], one.what.split(".")[1]
    if mine not in ROOMS or theirs not in ROOMS or mine == theirs:
        return ""
    if mine in DOORS and theirs in DOORS:
        return "doors never import each other"
    if ROOMS[theirs] > ROOMS[mine]:
        return f"{mine} stands below {theirs}"
    return ""
