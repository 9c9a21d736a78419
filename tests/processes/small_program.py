"""A supervisor with small children in the place of web, worker and Valkey. Argument: a folder to leave notes in."""

import sys
from pathlib import Path

from recognition.processes import lifeline, supervisor
from recognition.processes.supervisor import GaveUp, Part, Stopped, Supervisor

# Each child notes that it began, keeps a child of its own as RQ does, and notes when it is told to end.
CHILD = """
import os, signal, sys
name, notes, folder = sys.argv[1:]
sys.path.insert(0, folder)  # the module alone: importing the whole package takes a second
import lifeline
lifeline.GRACE_SECONDS = 1
lifeline.protect_forks()
lifeline.watch_parent()
def note(text):
    with open(notes, "a") as file:
        print(name, text, file=file)
def leave(*_):
    note("ends")
    sys.exit()
if os.fork() == 0:
    signal.pause()
signal.signal(signal.SIGTERM, leave)
note("begins")
while True:
    signal.pause()
"""


def main(folder: Path) -> None:
    notes = str(folder / "notes")
    Path(notes).touch()

    def part(name: str, code: str = CHILD, stop_order: int = 0) -> Part:
        return Part(name, [sys.executable, "-c", code, name, notes, str(Path(lifeline.__file__).parent)], stop_order=stop_order)

    # The stubborn child is given less time than a real part.
    supervisor.STOP_SECONDS = 1.0
    program = Supervisor(lambda text: print(text, flush=True))
    program.listen()
    try:
        program.start(part("server", stop_order=1))
        print("finished with", program.finish(part("once", "raise SystemExit(3)")), flush=True)
        program.start(part("worker"))
        program.start(part("stubborn", CHILD.replace("sys.exit()", "pass")))
        program.wait_until(lambda: Path(notes).read_text().count("begins") == 3, 20)
        print("ready", flush=True)
        if "--broken" in sys.argv:
            program.start(part("broken", "raise SystemExit(1)"))
            program.wait_until(lambda: False, 60)
        program.serve()
    except Stopped:
        print("stopped", flush=True)
    except GaveUp as fault:
        print(fault, flush=True)
    finally:
        program.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
