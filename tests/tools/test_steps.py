import subprocess
import sys
from pathlib import Path

import pytest

from tools import steps


def test_a_failure_is_one_sentence_below_what_the_command_said() -> None:
    with pytest.raises(steps.SetupError) as failure:
        steps.run([sys.executable, "-c", "raise SystemExit('no disk')"], "It could not be made.")
    assert str(failure.value) == "    no disk\nIt could not be made."


def test_a_missing_program_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(steps.SetupError, match=r"^It could not be made\. \("):
        steps.run([tmp_path / "nothing"], "It could not be made.")


def test_a_stamp_goes_with_its_folder_and_its_sources(tmp_path: Path) -> None:
    source = tmp_path / "lock.txt"
    source.write_text("one")
    first = steps.digest(source)
    steps.put_stamp(tmp_path, "run", first)
    assert steps.stamped(tmp_path, "run", first)
    source.write_text("two")
    assert not steps.stamped(tmp_path, "run", steps.digest(source))
    assert not steps.stamped(tmp_path / "elsewhere", "run", first)


def test_an_unknown_command_shows_what_there_is() -> None:
    done = subprocess.run([sys.executable, steps.ROOT / "dev.py", "dance"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "python3 dev.py test" in done.stderr


def test_the_lock_files_name_no_host() -> None:
    locks = [*steps.ROOT.glob("requirements/*.txt"), steps.ROOT / "package-lock.json"]
    assert len(locks) == 5
    assert [lock.name for lock in locks for line in lock.read_text().splitlines() if "index-url" in line] == []
    assert '"resolved"' not in (steps.ROOT / "package-lock.json").read_text()
