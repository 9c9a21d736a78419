"""Announcements as files: only below the directory that the settings name, and whatever is typed leads nowhere else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from recognition.announcements.channels import file
from recognition.announcements.channels.faults import NotNow, Refused
from recognition.announcements.channels.piece import Piece, Place
from recognition.openbadges.fetching import Client

PIECE = Piece("news-1", 0, "Title\nof two lines", "Bring **gloves**.", "", "http://localhost/news/one")


@pytest.fixture
def root(app: Flask, tmp_path: Path) -> Iterator[Path]:
    settings = app.extensions["settings"]
    object.__setattr__(settings, "news_dir", tmp_path / "root")
    (tmp_path / "root").mkdir()
    with app.app_context():
        yield tmp_path / "root"
    object.__setattr__(settings, "news_dir", None)


def send(folder: str, piece: Piece = PIECE) -> str:
    return file.ADAPTER.send(Place({"folder": folder}, ""), piece, Client())


def test_a_file_holds_the_text_and_a_correction_takes_its_place(root: Path) -> None:
    assert (send("told"), send("told")) == ("", "")
    (path,) = (root / "told").iterdir()
    assert (path.name, path.read_text()) == (
        "news-1.md",
        "# Title of two lines\n\nBring **gloves**.\n\nhttp://localhost/news/one\n",
    )
    place = Place({"folder": "told"}, "")
    assert file.find(place, PIECE, Client()) == ""
    file.change(place, Piece("news-1", 1, "Title", "Corrected.", "", "u"), "", Client())
    assert path.read_text() == "# Title\n\nCorrected.\n\nu\n"


@pytest.mark.parametrize("folder", ["", ".", "..", "../away", "/etc", "a/b", "a\\b", "Told", "a\n", "a\0", "x" * 41, "-a"])
def test_no_name_leads_out(root: Path, folder: str) -> None:
    with pytest.raises(Refused):
        send(folder)
    with pytest.raises(Refused):
        send("told", Piece(f"../{folder}", 0, "", "", "", ""))
    assert not list(root.parent.glob("**/*.md"))


def test_a_folder_that_leads_elsewhere_is_not_followed(root: Path) -> None:
    (root.parent / "away").mkdir()
    (root / "told").symlink_to(root.parent / "away")
    with pytest.raises(Refused, match="leads to another place"):
        send("told")


def test_what_cannot_be_written_is_told_and_waits(root: Path) -> None:
    (root / "told").write_text("Somebody's own.")
    with pytest.raises(NotNow, match="could not be written"):
        send("told")
    assert [(path.name, path.read_text()) for path in root.iterdir()] == [("told", "Somebody's own.")]


def test_it_is_off_without_the_setting_and_waits_for_a_directory_that_is_away(app: Any, root: Path) -> None:
    root.rmdir()
    with pytest.raises(NotNow):
        send("told")
    object.__setattr__(app.extensions["settings"], "news_dir", None)
    assert file.is_offered() is False
    with pytest.raises(Refused, match="no directory is set"):
        send("told")
