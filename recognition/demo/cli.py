"""`recognition demo load`."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from recognition import clock
from recognition.demo import services

demo = AppGroup("demo", help="The invented community.")


@demo.command("load")
def load() -> None:
    """Fill the house with invented people and ten weeks of their deeds. Safe to repeat."""
    if not current_app.extensions["settings"].demo:
        raise click.ClickException("This is not a demo (RECOGNITION_DEMO), so nobody was invented.")
    click.echo(json.dumps(services.load(clock.utcnow())))
