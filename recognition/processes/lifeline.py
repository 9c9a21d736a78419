"""No process outlives the one that started it, not even when that one is killed without a word.

On Linux the kernel sees to it. Everywhere, a child whose standard input is held open by its parent notices its end.
Run as a program (`python lifeline.py PARENT COMMAND ...`) this sets the kernel's part and becomes the command; it
therefore imports the standard library only.
"""

import ctypes
import os
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1  # linux/prctl.h
GRACE_SECONDS = 8


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the starting thread ends. Survives exec, not fork."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def watch_parent() -> None:
    """Stop this process, politely and then surely, once nobody holds the other end of standard input."""
    threading.Thread(target=_wait_for_the_end, name="lifeline", daemon=True).start()


def _wait_for_the_end() -> None:
    while os.read(0, 1024):
        pass
    # A timer thread: the polite signal is handled by the main thread, which may be stuck.
    threading.Timer(GRACE_SECONDS, os._exit, [1]).start()
    os.kill(os.getpid(), signal.SIGTERM)


def protect_forks() -> None:
    """What is forked from here (RQ forks for every job) gets a lifeline of its own."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=die_with_parent)


if __name__ == "__main__":
    expected_parent = int(sys.argv[1])
    die_with_parent()
    # The parent may have died before the kernel was asked.
    if os.name != "nt" and os.getppid() != expected_parent:
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])
