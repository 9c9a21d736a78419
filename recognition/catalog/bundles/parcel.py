"""The parcel of a campaign: names and texts, packed into one file or taken from one.

`campaign.toml`, `kinds.toml`, `quests/<slug>/quest.toml` and its Markdown, `badges/<slug>.toml`, `contests/<slug>.toml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from recognition import toml
from recognition.parcels import MEGABYTE, BadParcel, Data, Limits, packed, parsed, unpacked

FILE_BYTES_MAX = 4 * MEGABYTE
_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
_NAME = re.compile(
    rf"campaign\.toml|kinds\.toml|(?:badges|contests)/{_SLUG}\.toml|"
    rf"quests/{_SLUG}/(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9._-]{{0,79}}"
)
LIMITS = Limits("a campaign's file", _NAME, FILE_BYTES_MAX, together_max=8 * MEGABYTE, files_max=400,
                one_max=lambda _name: MEGABYTE)  # fmt: skip


@dataclass
class Parcel:
    """Data of catalogue files by slug. `texts`: the Markdown of each quest by the name of its file."""

    campaign: Data
    quests: dict[str, Data] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    badges: dict[str, Data] = field(default_factory=dict)
    contests: dict[str, Data] = field(default_factory=dict)
    kinds: list[Data] = field(default_factory=list)

    def slugs(self, sort: str) -> set[str]:
        """Of what it holds of a sort: campaign, quest, badge or contest."""
        return {self.campaign["slug"]} if sort == "campaign" else set(getattr(self, f"{sort}s"))


def pack(parcel: Parcel) -> bytes:
    return packed({name: text.encode() for name, text in files(parcel).items()})


def files(parcel: Parcel) -> dict[str, str]:
    found = {"campaign.toml": toml.dumps(parcel.campaign)}
    if parcel.kinds:
        found["kinds.toml"] = toml.dumps({"kinds": parcel.kinds})
    for slug, data in parcel.quests.items():
        found[f"quests/{slug}/quest.toml"] = toml.dumps(data)
        found |= {f"quests/{slug}/{name}": text.rstrip("\n") + "\n" for name, text in parcel.texts.get(slug, {}).items()}
    for sort, those in (("badges", parcel.badges), ("contests", parcel.contests)):
        found |= {f"{sort}/{slug}.toml": toml.dumps(data) for slug, data in those.items()}
    return found


def unpack(content: bytes) -> Parcel:
    """Raises BadParcel."""
    return of_texts({name: _decoded(name, text) for name, text in unpacked(content, LIMITS).items()})


def _decoded(name: str, text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as fault:
        raise BadParcel(f"{name} is no text in UTF-8") from fault


def of_folder(folder: Path) -> Parcel:
    """One that comes with the product."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return of_texts({path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths})


def of_texts(texts: Mapping[str, str]) -> Parcel:
    if "campaign.toml" not in texts:
        raise BadParcel("campaign.toml is missing")
    parcel = Parcel(parsed("campaign.toml", texts["campaign.toml"]))
    if "kinds.toml" in texts:
        kinds = parsed("kinds.toml", texts["kinds.toml"])
        if (
            set(kinds) != {"kinds"}
            or not isinstance(kinds["kinds"], list)
            or not all(isinstance(k, dict) for k in kinds["kinds"])
        ):
            raise BadParcel("kinds.toml needs to be a list of tables, [[kinds]]")
        parcel.kinds = kinds["kinds"]
    for name, text in texts.items():
        sort, _slash, rest = name.partition("/")
        if sort == "quests":
            _add_quest(parcel, name, rest, text)
        elif sort in ("badges", "contests"):
            those = parcel.badges if sort == "badges" else parcel.contests
            data = parsed(name, text)
            those[_own_slug(name, rest.removesuffix(".toml"), data)] = data
    missing = sorted(set(parcel.texts) - set(parcel.quests))
    if missing:
        raise BadParcel(f"quests/{missing[0]}/quest.toml is missing")
    return parcel


def _add_quest(parcel: Parcel, name: str, rest: str, text: str) -> None:
    slug, _slash, inner = rest.partition("/")
    if inner == "quest.toml":
        data = parsed(name, text)
        parcel.quests[_own_slug(name, slug, data)] = data
    else:
        parcel.texts.setdefault(slug, {})[inner] = text


def _own_slug(name: str, slug: str, data: Data) -> str:
    if data.get("slug") != slug:
        raise BadParcel(f"{name}: slug: differs from the name of its file")
    return slug
