"""The `recognition` command: every package's commands on one Flask group."""

import sys

from flask.cli import FlaskGroup

from recognition import create_app
from recognition.config import Settings, SettingsError


def main() -> None:
    try:
        settings = Settings.from_env()
    except SettingsError as fault:
        sys.exit(str(fault))
    FlaskGroup(
        name="recognition",
        create_app=lambda: create_app(settings),
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,
    ).main(prog_name="recognition")


if __name__ == "__main__":
    main()
