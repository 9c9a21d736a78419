"""The `recognition` command: every package's commands in one group."""

import sys

from flask.cli import ScriptInfo

from recognition import create_app
from recognition.badges.portable import cli as keys_cli
from recognition.config import Settings, SettingsError


def main() -> None:
    if sys.argv[1:2] == ["keys"] and sys.argv[2:3] and sys.argv[2] in keys_cli.WITHOUT_THE_PROGRAM:
        # Without a key file the program does not start, and these make one.
        keys_cli.keys.main(sys.argv[2:], prog_name="recognition keys")
    try:
        app = create_app(Settings.from_env())
    except SettingsError as fault:
        sys.exit(str(fault))
    app.cli.help = "Deeds become quests, contests and badges. Settings are environment variables: docs/settings.md."
    app.cli.main(prog_name="recognition", obj=ScriptInfo(create_app=lambda: app))


if __name__ == "__main__":
    main()
