"""Contests as files: `contests/<slug>.toml`. Moments carry their zone; people are named by handle. What came of a contest
(entries, ballots, results, the seed) is no part of it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from recognition import toml
from recognition.contests import jury
from recognition.contests.models.contest import Contest, Round
from recognition.contests.models.vote import DEPUTY, JUROR
from recognition.contests.rules import DRAFT, PUBLISHED, BadContest, ContestSpec, RoundSpec, WrongPhase
from recognition.contests.services import making
from recognition.extensions import db

_OF_CONTEST = {one.name: one for one in fields(ContestSpec)}
_OF_ROUND = {one.name: one for one in fields(RoundSpec)}
_TABLES = ("may_enter", "may_vote")
_LISTS = ("licences", "prizes", "jurors", "deputies")
_NUMBERS = ("entries_each", "most_choices", "advance_count", "weight", "quorum", "extend_days")
_MOMENTS = ("entries_from", "entries_until", "starts_at", "ends_at", "deputies_at")


class BadFile(ValueError):
    """Each fault on a line of its own, with the file and the place in it."""


def load(folder: Path, now: datetime) -> list[str]:
    """Every contest file of the folder, published; one that is out is changed as far as that is fair. Raises BadFile; the
    caller's transaction keeps all or nothing."""
    return [_load(path, now) for path in sorted(folder.glob("*.toml"))]


def _load(path: Path, now: datetime) -> str:
    spec = read(path)
    try:
        contest = making.save(spec, now, None)
        if contest.state == DRAFT:
            making.publish(contest.id, now, None, is_past_fine=True)
    except BadContest as fault:
        raise BadFile("\n".join(f"{path.name}: {_place(name)}: {why}" for name, why in fault.errors.items())) from fault
    except WrongPhase as fault:
        raise BadFile(f"{path.name}: {fault}") from fault
    return spec.slug


def _place(name: str) -> str:
    """As it stands in the file: `rounds[1].method` for the form's `rounds-2-method`."""
    found = re.fullmatch(r"rounds-(\d+)-(.+)", name)
    return f"rounds[{int(found[1]) - 1}].{found[2]}" if found else name


def read(path: Path) -> ContestSpec:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return spec_of(data)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as fault:
        raise BadFile(f"{path.name}: {fault}") from fault


def spec_of(data: dict[str, Any]) -> ContestSpec:
    """What a file holds. Raises ValueError."""
    data = dict(data)
    rounds = data.pop("rounds", [])
    if not isinstance(rounds, list) or not all(isinstance(one, dict) for one in rounds):
        raise ValueError("rounds needs to be a list of tables, [[rounds]]")
    made = tuple(RoundSpec(**_values(one, _OF_ROUND, f"rounds[{i}].")) for i, one in enumerate(rounds))
    return ContestSpec(rounds=made, **_values(data, _OF_CONTEST, "", but=("rounds",)))


def _values(data: Mapping[str, Any], known: Mapping[str, Any], where: str, but: tuple[str, ...] = ()) -> dict[str, Any]:
    unknown = sorted(set(data) - set(known) | set(data) & set(but))
    if unknown:
        raise ValueError(f"{where}{unknown[0]} is not known")
    missing = [name for name, one in known.items() if one.default is MISSING and name not in data and name not in but]
    if missing:
        raise ValueError(f"{where}{missing[0]} is missing")
    return {name: _value(name, value, where + name) for name, value in data.items()}


def _value(name: str, value: Any, place: str) -> Any:
    if name in _MOMENTS:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError(f"{place} needs a moment with its zone, such as 2026-12-01T18:00:00Z")
        return value.astimezone(UTC)
    if name in _LISTS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError(f"{place} needs a list of words")
        return tuple(value)
    kind, needs = (dict, "a rule") if name in _TABLES else (int, "a whole number") if name in _NUMBERS else (
        (bool, "true or false") if name == "shows_at_once" else (str, "a text"))  # fmt: skip
    if type(value) is not kind:
        raise ValueError(f"{place} needs {needs}")
    return value.strip() if isinstance(value, str) else value


def export(folder: Path) -> list[str]:
    """Write every contest that is out, so that loading the files gives the same contests."""
    folder.mkdir(parents=True, exist_ok=True)
    slugs = []
    for contest in db.session.scalars(sa.select(Contest).where(Contest.state == PUBLISHED).order_by(Contest.slug)).all():
        (folder / f"{contest.slug}.toml").write_text(toml.dumps(as_data(contest)), encoding="utf-8")
        slugs.append(contest.slug)
    return slugs


def as_data(contest: Contest) -> dict[str, Any]:
    data = _told(contest, _OF_CONTEST, but=("rounds", "prizes", *_TABLES))
    if contest.prizes:
        data["prizes"] = [prize.badge for prize in contest.prizes]
    data |= {name: toml.inlined(rule) for name in _TABLES if (rule := getattr(contest, name)) is not None}
    juries = jury.handles([one.id for one in contest.rounds])
    data["rounds"] = [_round_data(one, juries.get(one.id, {})) for one in contest.rounds]
    return data


def _round_data(one: Round, named: Mapping[str, list[str]]) -> dict[str, Any]:
    data = _told(one, _OF_ROUND, but=("jurors", "deputies"))
    people = {"jurors": named.get(JUROR, []), "deputies": named.get(DEPUTY, [])}
    return data | {name: handles for name, handles in people.items() if handles}


def _told(row: Contest | Round, known: Mapping[str, Any], but: tuple[str, ...]) -> dict[str, Any]:
    """What is not as it would be anyway."""
    values = {name: getattr(row, name) for name in known if name not in but}
    return {name: value for name, value in values.items() if value is not None and _is_told(value, known[name])}


def _is_told(value: Any, known: Any) -> bool:
    default = list(known.default) if isinstance(known.default, tuple) else known.default
    return known.default is MISSING or value != default
