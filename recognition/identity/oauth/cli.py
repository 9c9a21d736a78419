"""`recognition programs ...`"""

import json

import click
from flask.cli import AppGroup

from recognition.extensions import db
from recognition.identity.oauth import queries, services
from recognition.refs import KEY_MAY_BEGIN_WITH_A_DASH
from recognition.web.templating import iso

programs = AppGroup("programs", help="Programs of other people that members let in.")


@programs.command("list")
def programs_list() -> None:
    """Every program that is registered, as JSON, the newest first."""
    told = [
        {
            "client_id": client.key, "name": client.name, "redirect_uris": client.redirect_uris,
            "registered_at": iso(client.created_at), "members": members,
        }
        for client, members in queries.every_client()
    ]  # fmt: skip
    click.echo(json.dumps(told, ensure_ascii=False))


@programs.command("remove", context_settings=KEY_MAY_BEGIN_WITH_A_DASH)
@click.argument("client_id")
@click.option("--reason", required=True)
def programs_remove(client_id: str, reason: str) -> None:
    """Take a program out that does harm: it is unknown from the next request on, and so are all its tokens."""
    client = queries.client_by_key(client_id)
    if client is None:
        raise click.ClickException(f"There is no program {client_id}.")
    if not 0 < len(reason.strip()) <= services.REASON_MAX_CHARS:
        raise click.ClickException(f"Say why, in at most {services.REASON_MAX_CHARS} characters.")
    name = client.name
    services.remove(client, reason.strip())
    db.session.commit()
    click.echo(f"{name} ({client_id}) is out.")
