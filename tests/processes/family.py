"""Who is alive: a process, and all that descend from it, also those in a session of their own."""

import contextlib
from pathlib import Path

Table = dict[int, tuple[int, str]]


def table() -> Table:
    """Process id -> (parent id, command line); zombies, which only wait to be counted, left out."""
    found: Table = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold anything, so the fields are counted from the last bracket.
            state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            if state != "Z":
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = (int(parent), words.decode(errors="replace").strip())
    return found


def descendants(ancestor: int) -> dict[int, str]:
    everybody = table()
    found: dict[int, str] = {}
    fresh = {ancestor}
    while fresh:
        fresh = {pid for pid, (parent, _words) in everybody.items() if parent in fresh}
        found |= {pid: everybody[pid][1] for pid in fresh}
    return found


def alive(pids: set[int]) -> set[int]:
    return pids & set(table())
