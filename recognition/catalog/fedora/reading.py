"""A folder of YAML files into plain data. Everything that could be a trap is refused with a sentence."""

import os
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SUFFIXES = (".yml", ".yaml")
MOST_BYTES = 64 * 1024
MOST_FILES = 5_000
DEEPEST = 16


class Refused(ValueError):
    """Why a rule stays behind, for the people who wrote it."""


class TooMany(ValueError):
    """More files than any rule set has: surely the wrong folder."""


@dataclass(frozen=True)
class File:
    """`name` is the way from the folder, with slashes. `data` None: it was refused for `reason`."""

    name: str
    data: dict[str, Any] | None
    reason: str = ""

    @property
    def stem(self) -> str:
        return Path(self.name).stem


def read_folder(folder: Path) -> list[File]:
    """Every rule file below the folder, ordered by name. Raises TooMany."""
    found = []
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        try:
            found.append(File(name, load(_text(path))))
        except Refused as fault:
            found.append(File(name, None, str(fault)))
        if len(found) > MOST_FILES:
            raise TooMany(f"{folder}: more than {MOST_FILES:,} rule files")
    return sorted(found, key=lambda file: file.name)


def _paths(folder: Path) -> Iterator[Path]:
    """Links are told, never followed: they may lead out of the folder, or round in a circle."""
    for top, folders, files in os.walk(folder):
        for name in folders:
            if Path(top, name).is_symlink():
                yield Path(top, name)
        for name in files:
            if name.lower().endswith(SUFFIXES):
                yield Path(top, name)


def _text(path: Path) -> str:
    if path.is_symlink():
        raise Refused("is a link; only what lies in the folder itself is read")
    try:
        if not path.is_file():
            raise Refused("is not a plain file")
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise Refused(f"cannot be read: {fault.strerror}") from fault
    if len(raw) > MOST_BYTES:
        raise Refused(f"is larger than {MOST_BYTES // 1024} KiB; a rule is a page at most")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Refused(f"is not UTF-8 text (byte {fault.start})") from fault


def load(text: str) -> dict[str, Any]:
    """One YAML document that is a table with words as keys. Raises Refused."""
    try:
        data = _Loader(text).get_single_data()
    except yaml.MarkedYAMLError as fault:
        line = f"line {fault.problem_mark.line + 1}: " if fault.problem_mark else ""
        raise Refused(f"is not YAML that we read: {line}{fault.problem or fault.context}") from fault
    except yaml.YAMLError as fault:
        raise Refused("is not YAML that we read: it holds signs that no text has") from fault
    except (ValueError, OverflowError, RecursionError) as fault:
        raise Refused("holds a number or a date that does not exist") from fault
    if not isinstance(data, dict):
        raise Refused("is empty" if data is None else "is not a table of keys such as name and trigger")
    return data


class _Loader(yaml.SafeLoader):
    """The safe loader, and stricter: no aliases (a few of them can grow to gigabytes), no tags, no key twice, and not
    deeper than any rule is. Depth is looked at while scanning, since deep brackets alone take minutes."""

    depth = 0

    def fetch_flow_collection_start(self, token_class: Any) -> None:
        if self.flow_level >= DEEPEST:
            raise self._fault(f"is nested deeper than {DEEPEST}")
        super().fetch_flow_collection_start(token_class)

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise self._fault("holds an alias (*); write it out")
        if getattr(event, "tag", None) not in (None, "!"):
            raise self._fault("holds a tag (!); plain values only")
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._fault(f"is nested deeper than {DEEPEST}")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
                raise yaml.constructor.ConstructorError(None, None, "a key is not a word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def _fault(self, problem: str) -> yaml.MarkedYAMLError:
        return yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark())


_SPACE = re.compile(r"\s+")


def one_line(value: Any) -> str:
    return _SPACE.sub(" ", value).strip() if isinstance(value, str) else ""
