"""The commands: one JSON object on stdout, or exit 1 with the place of the fault."""

import json
import shutil

import sqlalchemy as sa

from recognition.catalog.services import MDM
from recognition.quests.models import Quest


def test_load_and_export_say_what_they_did(app, tmp_path):
    runner = app.test_cli_runner()
    loaded = runner.invoke(args=["catalog", "load", str(MDM)])
    written = runner.invoke(args=["catalog", "export", str(tmp_path / "out")])
    counts = {"kinds": 28, "boards": 6, "quests": 8, "badges": 24, "campaigns": 2, "contests": 0}
    assert (loaded.exit_code, json.loads(loaded.stdout)) == (0, counts)
    assert (written.exit_code, json.loads(written.stdout)) == (0, counts)


def test_a_fault_ends_with_1_and_leaves_the_house_as_it_was(app, db, tmp_path):
    folder = shutil.copytree(MDM, tmp_path / "mdm")
    (folder / "badges" / "maker.toml").write_text('slug = "maker"', encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["catalog", "load", str(folder)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Nothing was stored.\nbadges/maker.toml: " in result.stderr
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Quest)) == 0
