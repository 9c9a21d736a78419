import hashlib
from pathlib import Path

import pytest

from recognition.media.store import FileStore, store_at


def test_a_file_lies_under_its_hash_in_small_folders(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    name = store.put(b"hello")
    assert name == hashlib.sha256(b"hello").hexdigest()
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()] == [f"{name[:2]}/{name[2:4]}/{name}"]
    with store.open(name) as file:
        assert file.read() == b"hello"
    assert store.put(b"hello") == name


def test_nothing_half_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        FileStore(tmp_path).put(b"hello")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64])
def test_other_names_are_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        FileStore(tmp_path).open(name)


def test_the_address_may_hold_spaces(tmp_path: Path) -> None:
    store = store_at(f"file://{tmp_path}/my%20media")
    store.put(b"x")
    assert (tmp_path / "my media").is_dir()


def test_old_ones_are_found_and_removed(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    name = store.put(b"x")
    assert (list(store.older_than(0)), list(store.older_than(1e12))) == ([], [name])
    store.remove(name)
    store.remove(name)
    assert list(store.older_than(1e12)) == []
