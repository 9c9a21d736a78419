"""The key file on disk: read with care for who else can read it, written whole or not at all."""

import json
import os
import secrets
import stat
from pathlib import Path

from recognition.openbadges import keys
from recognition.openbadges.keys import Jwk, KeySet
from recognition.openbadges.rules import BadKeys


def read(path: Path) -> KeySet:
    """Raises BadKeys with every fault, one of them that people other than its owner and group can read it."""
    faults = []
    try:
        if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
            faults.append("everybody on this machine can read or change it; chmod 600 mends that")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadKeys(["it is not there; `recognition keys make` makes one"]) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise BadKeys([f"it cannot be read ({type(fault).__name__})"]) from None
    try:
        found = keys.parse(text)
    except BadKeys as fault:
        raise BadKeys(faults + fault.faults) from None
    if faults:
        raise BadKeys(faults)
    return found


def given(text: str | None, path: Path) -> KeySet:
    """From the text, or where there is none from the file. Raises BadKeys."""
    return read(path) if text is None else keys.parse(text)


def faults(text: str | None, path: Path) -> list[str]:
    """All that is wrong with what `given` reads."""
    try:
        given(text, path)
    except BadKeys as fault:
        return fault.faults
    return []


def load(path: Path) -> Jwk:
    """The JWK Set itself, secrets and all, for making the next one of it. Raises BadKeys."""
    read(path)
    found: Jwk = json.loads(path.read_text(encoding="utf-8"))
    return found


def create(path: Path, jwks: Jwk) -> bool:
    """Readable by its owner alone. False: there is a file of that name, and it stays as it is."""
    fresh = _written(path, jwks)
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return False
    finally:
        fresh.unlink(missing_ok=True)
    return True


def replace(path: Path, jwks: Jwk) -> None:
    """At once: whoever reads meanwhile reads the old one or the new one."""
    fresh = _written(path, jwks)
    mode = stat.S_IMODE(path.stat().st_mode)
    fresh.chmod(mode & ~(stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP))
    fresh.replace(path)


def kept(path: Path) -> KeySet:
    """The file of an installation that only this machine sees: made where there is none. Of several processes that start
    at once, all read the same one. Raises BadKeys."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        create(path, keys.make())
    return read(path)


def _written(path: Path, jwks: Jwk) -> Path:
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with open(fresh, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        json.dump(jwks, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    return fresh
