"""The parcel of a campaign: names and texts, packed into one file or taken from one.

`campaign.toml`, `kinds.toml`, `quests/<slug>/quest.toml` and its Markdown, `badges/<slug>.toml`, `contests/<slug>.toml`; in other
languages `campaign.<language>.toml` and `quests/<slug>/quest.<language>.toml`; `pictures/<SHA-256 of the file>.webp`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from recognition import toml
from recognition.parcels import MEGABYTE, BadParcel, Data, Limits, packed, parsed, unpacked
from recognition.tongues import CODE, DRAFT, LANGUAGES_MAX, LETTERS_MAX, READY

FILE_BYTES_MAX = 10 * MEGABYTE
TEXT_BYTES_MAX = MEGABYTE
PICTURES_MAX = 40
FILES_MAX = 400
TOO_LARGE = f"it would be larger than {FILE_BYTES_MAX // MEGABYTE} MB, mostly by the pictures in its quests"
_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
_LANGUAGE = CODE.pattern.replace("(", "(?:")
_PICTURE = re.compile(r"pictures/[0-9a-f]{64}\.webp")
_CAMPAIGN_WORDS = re.compile(rf"campaign\.({_LANGUAGE})\.toml")
_QUEST_WORDS = re.compile(rf"quest\.({_LANGUAGE})\.toml")
_NAME = re.compile(
    rf"campaign\.toml|kinds\.toml|campaign\.{_LANGUAGE}\.toml|{_PICTURE.pattern}|(?:badges|contests)/{_SLUG}\.toml|"
    rf"quests/{_SLUG}/(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9._-]{{0,79}}"
)
LIMITS = Limits("a campaign's file", _NAME, FILE_BYTES_MAX, together_max=24 * MEGABYTE, files_max=FILES_MAX,
                one_max=lambda name: FILE_BYTES_MAX if _PICTURE.fullmatch(name) else TEXT_BYTES_MAX)  # fmt: skip


@dataclass
class Parcel:
    """Data of catalogue files by slug. `texts`: the Markdown of each quest by the name of its file. `campaign_words`: by
    language; `quest_words`: by slug and language. `pictures`: by name, "pictures/<hash>.webp", as the words call them."""

    campaign: Data
    quests: dict[str, Data] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    badges: dict[str, Data] = field(default_factory=dict)
    contests: dict[str, Data] = field(default_factory=dict)
    kinds: list[Data] = field(default_factory=list)
    campaign_words: dict[str, Data] = field(default_factory=dict)
    quest_words: dict[str, dict[str, Data]] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def slugs(self, sort: str) -> set[str]:
        """Of what it holds of a sort: campaign, quest, badge or contest."""
        return {self.campaign["slug"]} if sort == "campaign" else set(getattr(self, f"{sort}s"))


def pack(parcel: Parcel) -> bytes:
    """Raises BadParcel where it would be more than a house takes in."""
    held = files(parcel)
    if len(held) > FILES_MAX:
        raise BadParcel(f"it would have more than {FILES_MAX} parts")
    too_long = next((name for name, content in held.items() if len(content) > LIMITS.one_max(name)), "")
    if too_long:
        raise BadParcel(f"{too_long} would be too long")
    content = packed(held)
    if len(content) > FILE_BYTES_MAX:
        raise BadParcel(TOO_LARGE)
    return content


def files(parcel: Parcel) -> dict[str, bytes]:
    return {name: text.encode() for name, text in _texts(parcel).items()} | parcel.pictures


def _texts(parcel: Parcel) -> dict[str, str]:
    found = {"campaign.toml": toml.dumps(parcel.campaign)}
    found |= {f"campaign.{language}.toml": toml.dumps(data) for language, data in parcel.campaign_words.items()}
    if parcel.kinds:
        found["kinds.toml"] = toml.dumps({"kinds": parcel.kinds})
    for slug, data in parcel.quests.items():
        found[f"quests/{slug}/quest.toml"] = toml.dumps(data)
        found |= {f"quests/{slug}/{name}": text.rstrip("\n") + "\n" for name, text in parcel.texts.get(slug, {}).items()}
    for slug, tongues in parcel.quest_words.items():
        found |= {f"quests/{slug}/quest.{language}.toml": toml.dumps(data) for language, data in tongues.items()}
    for sort, those in (("badges", parcel.badges), ("contests", parcel.contests)):
        found |= {f"{sort}/{slug}.toml": toml.dumps(data) for slug, data in those.items()}
    return found


def unpack(content: bytes) -> Parcel:
    """Raises BadParcel."""
    return of_files(unpacked(content, LIMITS))


def _decoded(name: str, text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as fault:
        raise BadParcel(f"{name} is no text in UTF-8") from fault


def of_folder(folder: Path) -> Parcel:
    """One that comes with the product."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return of_files({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


def of_files(files: Mapping[str, bytes]) -> Parcel:
    """Raises BadParcel."""
    pictures = {name: content for name, content in files.items() if _PICTURE.fullmatch(name)}
    if len(pictures) > PICTURES_MAX:
        raise BadParcel(f"there are more than {PICTURES_MAX} pictures in it")
    parcel = _of_texts({name: _decoded(name, text) for name, text in files.items() if name not in pictures})
    parcel.pictures = pictures
    return parcel


def _of_texts(texts: Mapping[str, str]) -> Parcel:
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
        told = _CAMPAIGN_WORDS.fullmatch(name)
        if told is not None:
            parcel.campaign_words[told[1]] = _words(name, text)
        elif sort == "quests":
            _add_quest(parcel, name, rest, text)
        elif sort in ("badges", "contests"):
            those = parcel.badges if sort == "badges" else parcel.contests
            data = parsed(name, text)
            those[_own_slug(name, rest.removesuffix(".toml"), data)] = data
    if any(len(tongues) > LANGUAGES_MAX for tongues in (parcel.campaign_words, *parcel.quest_words.values())):
        raise BadParcel(f"something in it is told in more than {LANGUAGES_MAX} languages")
    missing = sorted({*parcel.texts, *parcel.quest_words} - set(parcel.quests))
    if missing:
        raise BadParcel(f"quests/{missing[0]}/quest.toml is missing")
    return parcel


def _add_quest(parcel: Parcel, name: str, rest: str, text: str) -> None:
    slug, _slash, inner = rest.partition("/")
    if inner == "quest.toml":
        data = parsed(name, text)
        parcel.quests[_own_slug(name, slug, data)] = data
    elif (told := _QUEST_WORDS.fullmatch(inner)) is not None:
        parcel.quest_words.setdefault(slug, {})[told[1]] = _words(name, text)
    else:
        parcel.texts.setdefault(slug, {})[inner] = text


def _words(name: str, text: str) -> Data:
    """What a translation is in a file: its state, its words by place, and what they were translated from where that differs."""
    data = parsed(name, text)
    strange = sorted(set(data) - {"state", "words", "was"})
    if strange:
        raise BadParcel(f"{name}: {strange[0][:80]} is not known")
    if data.get("state") not in (DRAFT, READY):
        raise BadParcel(f"{name}: state needs one of {DRAFT}, {READY}")
    for part in ("words", *(("was",) if "was" in data else ())):
        table = data.get(part)
        if not isinstance(table, dict) or not all(isinstance(one, str) and "\x00" not in one for one in table.values()):
            raise BadParcel(f"{name}: {part} needs a table of texts")
        if any(len(one) > LETTERS_MAX for one in table.values()):
            raise BadParcel(f"{name}: {part} holds a text of more than {LETTERS_MAX} characters")
    if not all(data["words"].values()):
        raise BadParcel(f"{name}: words holds an empty text")
    return data


def _own_slug(name: str, slug: str, data: Data) -> str:
    if data.get("slug") != slug:
        raise BadParcel(f"{name}: slug: differs from the name of its file")
    return slug
