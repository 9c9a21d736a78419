"""One quest as one file: `quest.toml`, the Markdown of its read steps, and `pictures/`."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from recognition import toml
from recognition.parcels import MEGABYTE, BadParcel, Limits, packed, parsed, unpacked
from recognition.quests.drafts import Draft, checked
from recognition.quests.models import READ
from recognition.quests.sheet_data import as_data
from recognition.quests.sheet_values import BadSheet
from recognition.quests.sheets import check

SHEET = "quest.toml"
FILE_BYTES_MAX = 10 * MEGABYTE
TEXT_BYTES_MAX = MEGABYTE // 2
FILES_MAX = 120
PICTURES_MAX = 40
ADDRESS = re.compile(r"/media/([\w-]{1,64})")
_PICTURE = re.compile(r"pictures/([0-9]{1,3})\.webp")
_NAME = re.compile(r"quest\.toml|[a-z0-9][a-z0-9._-]{0,79}\.md|pictures/[0-9]{1,3}\.webp")
LIMITS = Limits("a quest's file", _NAME, FILE_BYTES_MAX, together_max=24 * MEGABYTE, files_max=FILES_MAX,
                one_max=lambda name: FILE_BYTES_MAX if _PICTURE.fullmatch(name) else TEXT_BYTES_MAX)  # fmt: skip


@dataclass(frozen=True)
class Parcel:
    """`pictures`: content by the name that the words call them by, "pictures/1.webp"."""

    draft: Draft
    pictures: dict[str, bytes] = field(default_factory=dict)


def pack(draft: Draft, picture: Callable[[str], bytes | None]) -> bytes:
    """`picture` gives the content behind a key of ours; where there is none the address stays as it is. Raises BadSheet for a
    quest that is not whole."""
    sheet = checked(draft)
    texts = {step.data["file"]: step.body for step in sheet.steps if step.kind == READ}
    names, pictures = _pictures(texts.values(), picture)

    def named(found: re.Match[str]) -> str:
        return names.get(found[1], found[0])

    files = {name: (ADDRESS.sub(named, text) + "\n").encode() for name, text in texts.items()}
    return packed({SHEET: toml.dumps(as_data(sheet)).encode(), **files, **pictures})


def _pictures(texts: Iterable[str], picture: Callable[[str], bytes | None]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Names by key in the order in which the words show them, and the content by name."""
    names: dict[str, str] = {}
    pictures: dict[str, bytes] = {}
    for key in (key for text in texts for key in ADDRESS.findall(text)):
        content = picture(key) if key not in names and len(names) < PICTURES_MAX else None
        if content is not None:
            names[key] = f"pictures/{len(names) + 1}.webp"
            pictures[names[key]] = content
    return names, pictures


def unpack(content: bytes) -> Parcel:
    """A whole quest, or BadParcel."""
    files = unpacked(content, LIMITS)
    pictures = {name: one for name, one in files.items() if _PICTURE.fullmatch(name)}
    if len(pictures) > PICTURES_MAX:
        raise BadParcel(f"there are more than {PICTURES_MAX} pictures in it")
    return Parcel(_draft({name: one for name, one in files.items() if name not in pictures}), pictures)


def _draft(files: Mapping[str, bytes]) -> Draft:
    if SHEET not in files:
        raise BadParcel(f"{SHEET} is missing")
    try:
        texts = {name: content.decode() for name, content in files.items()}
    except UnicodeDecodeError as fault:
        raise BadParcel("there are letters in it that are no UTF-8") from fault
    data = parsed(SHEET, texts[SHEET])
    try:
        check(data, lambda name: _text(texts, name))
    except BadSheet as fault:
        raise BadParcel(f"{SHEET}: {fault}") from fault
    except ValueError as fault:
        raise BadParcel(f"{SHEET}: a number in it is too long") from fault
    except RecursionError as fault:
        raise BadParcel(f"{SHEET}: is nested too deeply") from fault
    steps = [{**step, "body": texts[step["file"]].strip()} if step["kind"] == READ else step for step in data["steps"]]
    return {"summary": "", "thanks": "", "after": "", "map": [50, 50], **data, "steps": steps}


def _text(texts: Mapping[str, str], name: str) -> str:
    if name not in texts:
        raise OSError(name)
    return texts[name]


def with_addresses(draft: Draft, addresses: Mapping[str, str]) -> Draft:
    """The words call their pictures by where they lie now."""

    def lies(found: re.Match[str]) -> str:
        return addresses.get(found[0], found[0])

    steps = [{**step, "body": _PICTURE.sub(lies, step["body"])} if "body" in step else step for step in draft["steps"]]
    return {**draft, "steps": steps}
