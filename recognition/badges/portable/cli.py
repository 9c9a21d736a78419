"""`recognition keys ...`: what badges are signed with. Making and rotating touch a file only, so that they work before the
program can start."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from recognition import clock
from recognition.badges.portable import keys as signing_keys
from recognition.extensions import db
from recognition.openbadges import keyfile
from recognition.openbadges import keys as key_sets
from recognition.openbadges.keys import Jwk
from recognition.openbadges.rules import BadKeys
from recognition.refs import KEY_MAY_BEGIN_WITH_A_DASH

WITHOUT_THE_PROGRAM = ("make", "rotate")

keys = AppGroup("keys", help="What badges are signed with: make a key file, rotate it, withdraw a key.")


@keys.command("make", with_appcontext=False)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def make(file: Path) -> None:
    """Make the key file FILE, readable by its owner alone. An existing one stays as it is."""
    try:
        made = key_sets.make()
        if not keyfile.create(file, made):
            raise click.ClickException(f"{file} is there already; `recognition keys rotate {file}` adds a new pair to it.")
    except OSError as fault:
        raise click.ClickException(f"{file} cannot be written: {_why(fault)}.") from fault
    _told(file, made)
    click.echo(f"Name it in RECOGNITION_SIGNING_KEY_FILE, and keep a copy where the backups are not: {file}", err=True)


@keys.command("rotate", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def rotate(file: Path) -> None:
    """Put a new pair in front of FILE. Of the older ones only the public halves stay: they sign no more, and what they
    signed verifies for ever."""
    try:
        made = key_sets.rotated(keyfile.load(file))
        keyfile.replace(file, made)
    except BadKeys as fault:
        raise click.ClickException(f"{file} cannot be rotated: {'; '.join(fault.faults)}.") from fault
    except OSError as fault:
        raise click.ClickException(f"{file} cannot be written: {_why(fault)}.") from fault
    _told(file, made)
    click.echo("Start web, worker and scheduler anew, so that they sign with the new pair.", err=True)


@keys.command("list")
def list_keys() -> None:
    """Every key that ever signed here. Prints JSON, the newest first."""
    found = [
        {"kid": key.kid, "kind": key.kind, "first_used": key.created_at.isoformat(timespec="seconds"),
         "withdrawn": key.withdrawn_at.isoformat(timespec="seconds") if key.withdrawn_at else None,
         "reason": key.withdrawn_reason or None}
        for key in signing_keys.listed()
    ]  # fmt: skip
    click.echo(json.dumps(found))


@keys.command("withdraw", context_settings=KEY_MAY_BEGIN_WITH_A_DASH)
@click.argument("kid")
@click.option("--reason", required=True, help="Why; it is kept in the audit.")
def withdraw(kid: str, reason: str) -> None:
    """The private half of KID may be in wrong hands: publish it no more, and sign anew all that it signed. Rotate first."""
    try:
        count = signing_keys.withdraw(kid, reason[: signing_keys.REASON_MAX], None, clock.utcnow())
    except (signing_keys.NoKey, BadKeys) as fault:
        raise click.ClickException(str(fault)) from fault
    db.session.commit()
    click.echo(json.dumps({"withdrawn": kid, "awards_to_sign_anew": count}))


def _why(fault: OSError) -> str:
    return "make its folder first" if isinstance(fault, FileNotFoundError) else (fault.strerror or str(fault)).lower()


def _told(file: Path, made: Jwk) -> None:
    """The pair in front; never a secret."""
    click.echo(json.dumps({"file": str(file), "signs_with": [key["kid"] for key in made["keys"][:2]]}))
