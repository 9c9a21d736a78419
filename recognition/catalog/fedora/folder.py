"""A folder of rules into a catalogue of ours, with a sentence for whatever stays behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recognition import toml
from recognition.activities.rules import slugify
from recognition.catalog.fedora import series
from recognition.catalog.fedora.looks import look_of
from recognition.catalog.fedora.reading import File, Refused, read_folder
from recognition.catalog.fedora.rules import Draft, convert
from recognition.catalog.fedora.topics import all_of

POINTS = 1
"""A message is a small thing, and there are many of them."""


@dataclass
class Report:
    """`files`: how many rule files each badge stands for, by slug."""

    read: int = 0
    badges: list[Draft] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "converted": self.read - len(self.refused),
            "refused": [{"file": name, "reason": self.refused[name]} for name in sorted(self.refused)],
            "badges": len(self.badges),
            "kinds": len(self.kinds()),
            "notes": [{"file": badge.file, "note": note} for badge in self.badges for note in badge.notes],
        }

    def kinds(self) -> dict[str, str]:
        return dict(sorted({kind: label for badge in self.badges for kind, label in badge.kinds.items()}.items()))


def read(folder: Path, topics: Iterable[str] = (), by_name: bool = False) -> Report:
    """Nothing is written. `topics`: further ones that exist, so that categories hold them. Raises TooMany, Refused."""
    files = read_folder(folder)
    known = all_of((file.data for file in files if file.data), topics)
    report = Report(len(files), refused={file.name: file.reason for file in files if file.data is None})
    drafts: list[Draft] = []
    taken: dict[str, str] = {}
    for file in files:
        if file.data is not None:
            try:
                slug = _slug(file, taken)
                drafts.append(convert(file, slug, known))
                taken[slug] = file.name
            except Refused as fault:
                report.refused[file.name] = str(fault)
    report.badges, refused, of = series.chain(drafts, by_name)
    report.files = {badge.slug: of[badge.file] for badge in report.badges}
    report.refused |= refused
    report.badges.sort(key=lambda badge: badge.slug)
    return report


def _slug(file: File, taken: Mapping[str, str]) -> str:
    slug = slugify(file.stem).replace(".", "-")[:64].strip("-")
    if not slug:
        raise Refused("its file name has no letter or digit to call the badge by")
    if slug in taken:
        raise Refused(f"the badge {slug} stands there already, from {taken[slug]}")
    return slug


def write(report: Report, folder: Path) -> None:
    """As `catalog load` reads it. The folder is new or empty."""
    (folder / "badges").mkdir(parents=True)
    for badge in report.badges:
        data = badge.as_data()
        data["criteria"] = toml.inlined(data["criteria"])
        (folder / "badges" / f"{badge.slug}.toml").write_text(toml.dumps(data), encoding="utf-8")
    kinds = [
        {"slug": kind, "label": label, "family": look_of([kind], label)[0], "points": POINTS, "offered": False}
        for kind, label in report.kinds().items()
    ]
    if kinds:
        (folder / "kinds.toml").write_text(toml.dumps({"kinds": kinds}), encoding="utf-8")
