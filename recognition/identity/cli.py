"""`recognition member ...` and `recognition token ...`."""

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from recognition import clock
from recognition.extensions import db
from recognition.identity import queries
from recognition.identity.models import ROLES, Member
from recognition.identity.rules import Refused
from recognition.identity.services import claims, imports, merging, roles, tokens, unmerging
from recognition.identity.services.roles import Said
from recognition.identity.words import BadText, clean, clean_handle
from recognition.text import is_blank

member = AppGroup("member", help="People: add them, import a roll, give and take roles.")
token = AppGroup("token", help="Keys for programs.")


@member.command("add")
@click.argument("handle")
@click.option("--name", required=True)
@click.option("--role", "wanted", multiple=True, type=click.Choice(ROLES))
def member_add(handle: str, name: str, wanted: tuple[str, ...]) -> None:
    """A member without a login; `claim-link` gives them one."""
    now = clock.utcnow()
    try:
        new = Member(handle=clean_handle(handle), name=clean(name, 120), joined_at=now)
    except BadText as fault:
        raise click.ClickException(str(fault)) from None
    if not new.name:
        raise click.ClickException("The name is empty.")
    if not queries.is_free(new.handle):
        raise click.ClickException(f"Somebody has the handle {handle}, or one that looks like it.")
    db.session.add(new)
    db.session.flush()
    for role in wanted:
        _try(lambda role=role: roles.grant(new, role, None, now))  # type: ignore[misc]
    db.session.commit()
    click.echo(f"{new.handle} is a member{' with the role ' + ', '.join(wanted) if wanted else ''}.")


@member.command("role")
@click.argument("handle")
@click.option("--grant", "granted", multiple=True, type=click.Choice(ROLES))
@click.option("--revoke", "revoked", multiple=True, type=click.Choice(ROLES))
@click.option("--by", default="", metavar="HANDLE", help="Who decided that a role is taken.")
@click.option("--reason", default="", help="Why a role is taken.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of its term; its holder is asked before it ends.")
def member_role(
    handle: str, granted: tuple[str, ...], revoked: tuple[str, ...], by: str, reason: str, until: datetime | None
) -> None:
    """Give roles to a member, with a term if there is one, and take others. A role is taken by a person, with a reason."""
    found, now = _member(handle), clock.utcnow()
    taken = [(role, _said(found, by, reason)) for role in revoked]
    for role in granted:
        _try(lambda role=role: roles.grant(found, role, None, now, until.date() if until else None))  # type: ignore[misc]
    for role, said in taken:
        _try(lambda role=role, said=said: roles.revoke(found, role, None, said))  # type: ignore[misc]
    db.session.commit()
    click.echo(f"{handle}: {', '.join(sorted(found.roles)) or 'no role'}")


def _said(about: Member, by: str, reason: str) -> Said:
    """No machine takes a role from anybody, or the house."""
    if not by or is_blank(reason):
        raise click.ClickException("A person decides that, with a reason: --by HANDLE --reason TEXT.")
    who = _member(by)
    if who.id == about.id or who.state == "suspended":
        raise click.ClickException(f"{by} cannot decide that about {about.handle}.")
    return Said(who.id, reason.strip())


@member.command("merge")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="INTO")
@click.option("--reason", required=True, help="Why these two are one person.")
def member_merge(source: str, target: str, reason: str) -> None:
    """Everything of FROM becomes INTO's; the empty row of FROM appears nowhere any more."""
    gone, kept = _member(source), _member(target)
    _try(lambda: merging.merge(gone, kept, None, reason, clock.utcnow()))
    db.session.commit()
    click.echo(f"{source} is {target} now. `recognition drain` adds what moved.")


@member.command("unmerge")
@click.argument("source", metavar="FROM")
@click.option("--reason", required=True, help="Why these are two people.")
def member_unmerge(source: str, reason: str) -> None:
    """Takes apart again what `merge` joined: FROM is a row of its own, with all that was its own. What came since stays."""
    done = unmerging.newest(_member(source).id)
    if done is None:
        raise click.ClickException(f"{source} was not joined to anybody.")
    left = _try(lambda: unmerging.unmerge(done.id, None, reason, clock.utcnow()))
    db.session.commit()
    click.echo(f"{source} is {source} again. {len(left)} rows were changed by somebody since and stay as they are.")


@member.command("suspend")
@click.argument("handle")
@click.option("--by", required=True, metavar="HANDLE", help="Who decided it.")
@click.option("--reason", required=True, help="Why.")
def member_suspend(handle: str, by: str, reason: str) -> None:
    """No writing, no login, no tokens, from the next request on. A person decides that, with a reason; both are kept."""
    found = _member(handle)
    said = _said(found, by, reason)
    _try(lambda: roles.suspend(found, None, clock.utcnow(), said))
    db.session.commit()
    click.echo(f"{handle} is suspended.")


@member.command("reinstate")
@click.argument("handle")
def member_reinstate(handle: str) -> None:
    """End a suspension."""
    found = _member(handle)
    _try(lambda: roles.reinstate(found, None))
    db.session.commit()
    click.echo(f"{handle} is {found.state}.")


@member.command("claim-link")
@click.argument("handle")
def member_claim_link(handle: str) -> None:
    """A link for two weeks and one use: who opens it and signs in is this member from then on."""
    click.echo(_try(lambda: claims.make_link(_member(handle))))


@member.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def member_import(file: Path) -> None:
    """A roll as CSV: member, status (rep or alumni), country, joined (YYYY-MM), left, mentor, groups, functional_areas.

    Prints what was done as JSON. Safe to repeat."""
    summary = _read_roll(file, clock.utcnow())
    db.session.commit()
    click.echo(json.dumps(summary.as_json(), ensure_ascii=False))


@token.command("add")
@click.argument("handle")
@click.argument("more_scopes", nargs=-1)
@click.option("--scope", "scopes", multiple=True, required=True, help=f"One of {', '.join(tokens.SCOPES)}; may be repeated.")
@click.option("--days", type=click.IntRange(1, 3660), help="How long it is good; for ever if left out.")
def token_add(handle: str, more_scopes: tuple[str, ...], scopes: tuple[str, ...], days: int | None) -> None:
    """Print a new token, once."""
    found = _member(handle)
    new = _try(lambda: tokens.add_token(found, (*scopes, *more_scopes), clock.utcnow(), days))
    db.session.commit()
    click.echo(new)


def _read_roll(file: Path, now: datetime) -> imports.Summary:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if "member" not in (reader.fieldnames or ()):
                raise click.ClickException("The first line names no column `member`.")
            return imports.import_members(((reader.line_num, row) for row in reader), now)
    except UnicodeDecodeError as fault:
        raise click.ClickException(f"The file is not UTF-8 ({fault.reason} at byte {fault.start}).") from None
    except csv.Error as fault:
        raise click.ClickException(f"The file is not CSV: {fault}.") from None


def _member(handle: str) -> Member:
    found = queries.member_by_handle(handle)
    if found is None:
        raise click.ClickException(f"There is no member {handle}.")
    return found


def _try(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Refused as fault:
        raise click.ClickException(str(fault)) from None
