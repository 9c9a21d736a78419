"""The `recognition` command: every package's commands in one group."""

import sys

from flask.cli import ScriptInfo

from recognition import create_app
from recognition.config import Settings, SettingsError


def main() -> None:
    try:
        app = create_app(Settings.from_env())
    except SettingsError as fault:
        sys.exit(str(fault))
    app.cli.help = "Deeds become quests, contests and badges. Settings are environment variables: docs/settings.md."
    app.cli.main(prog_name="recognition", obj=ScriptInfo(create_app=lambda: app))


if __name__ == "__main__":
    main()
