"""The command of a house that may also ask servers on this machine: those in RECOGNITION_TEST_REACHES, as host:port with blanks
between. Its processes are started by the same command, so that they may as well."""

import os
import sys

import recognition
from recognition import __main__ as command
from recognition.news.jobs import REACHABLE
from recognition.processes import cli

built = recognition.create_app


def create_app(settings: recognition.config.Settings) -> recognition.Flask:
    places = (place.rpartition(":") for place in os.environ["RECOGNITION_TEST_REACHES"].split())
    app = built(settings)
    app.extensions[REACHABLE] = {(host, int(port)) for host, _colon, port in places}
    return app


def _itself(*words: str) -> list[str]:
    return [sys.executable, "-m", "tests.servers.reaching", *words]


if __name__ == "__main__":
    command.create_app, cli._recognition = create_app, _itself
    command.main()
