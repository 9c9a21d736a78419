"""`recognition verify FILE_OR_URL`: what `/verify` tells, for a terminal or a script."""

import json
import sys
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from recognition import clock
from recognition.badges.forms.brought import Brought, as_url
from recognition.badges.portable import looking
from recognition.badges.portable.asking import fetcher
from recognition.badges.portable.findings import sentence
from recognition.badges.portable.looking import MATCH
from recognition.badges.portable.models import SigningKey
from recognition.badges.portable.verdicts import verdict
from recognition.config import is_loopback
from recognition.extensions import db, only_reading
from recognition.openbadges import addresses
from recognition.openbadges.addresses import Forbidden, Target
from recognition.openbadges.checking import reading
from recognition.openbadges.checking.report import Finding, Report

_NO_TABLES = (
    "The database has no tables yet, or does not answer (`recognition db upgrade` makes them), so our own address is asked over "
    "the network."
)
_OTHER_PORT = (
    "By the settings this house is {base}. If {there} was this house too, set RECOGNITION_BASE_URL={there} and check again."
)
_WITHIN = ("fetch_private", "fetch_port")
_SIGNS = {"ok": "ok   ", "info": "     ", "wrong": "WRONG", "unsure": "?    "}


@click.command("verify")
@click.argument("badge", metavar="FILE_OR_URL")
@click.option("--recipient", metavar="ADDRESS", help="The e-mail address of who is said to hold it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--from-outside", is_flag=True, help="Ask our own address over the network too: to try an archive served there.")
@with_appcontext
def verify(badge: str, recipient: str | None, as_json: bool, from_outside: bool) -> None:
    """Check a badge: JSON, JWS, baked PNG or SVG, as a file (- is standard input) or at a URL.

    One line for each finding, the verdict last. Ends with 0 only if the badge is good, and with --recipient only if it is also
    theirs."""
    if not from_outside and not _has_tables():
        click.echo(_NO_TABLES, err=True)
        from_outside = True
    report = looking.look(_handed(badge), clock.utcnow(), recipient or "", fetcher(from_outside)).report
    click.echo(json.dumps(_plain(report), ensure_ascii=False) if as_json else "\n".join(_lines(report)))
    for hint in _hints(report):
        click.echo(hint, err=True)
    is_theirs = not recipient or MATCH in {one.code for one in report.findings}
    sys.exit(0 if verdict(report) == "good" and is_theirs else 1)


def _has_tables() -> bool:
    try:
        with only_reading():
            return sa.inspect(db.engine).has_table(SigningKey.__tablename__)
    except SQLAlchemyError:
        return False


def _hints(report: Report) -> set[str]:
    """A house on this machine may have signed it under another port: who runs it can tell."""
    base: str = current_app.extensions["settings"].base_url
    if not is_loopback(addresses.target(base).host):
        return set()
    asked = {_target(one.detail) for one in report.findings if one.code in _WITHIN}
    here = {there.origin.replace("https://", "http://", 1) for there in asked if there and is_loopback(there.host)}
    return {_OTHER_PORT.format(base=base, there=there) for there in here}


def _target(url: str) -> Target | None:
    try:
        return addresses.target(url)
    except Forbidden:
        return None


def _handed(badge: str) -> Brought:
    """A file goes before an address without its scheme."""
    url = as_url(badge)
    if url and (url == badge or not Path(badge).exists()):
        return Brought(url=url)
    try:
        with sys.stdin.buffer if badge == "-" else Path(badge).open("rb") as file:
            return Brought(file.read(reading.MOST_BYTES + 1))
    except OSError as fault:
        raise click.ClickException(f"{badge} cannot be read: {fault.strerror}") from fault


def _lines(report: Report) -> list[str]:
    told = [f"{_SIGNS[one.level]} {one.code}: {sentence(one)}{_detail(one)}" for one in report.findings]
    named = report.badge and (report.badge.name, report.badge.issuer_name or report.badge.issuer_id)
    return [*told, f"{verdict(report)}: {_one_line(' · '.join(filter(None, named)))}" if named else verdict(report)]


def _detail(finding: Finding) -> str:
    return f" [{_one_line(finding.detail)}]" if finding.detail else ""


def _one_line(text: str) -> str:
    """A stranger's text must neither look like a line of ours nor steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _plain(report: Report) -> dict[str, object]:
    badge = report.badge
    return {
        "standing": verdict(report),
        "findings": [
            {"code": one.code, "level": one.level, "detail": one.detail, "text": sentence(one)} for one in report.findings
        ],
        "badge": badge
        and {
            "version": badge.version, "id": badge.identifier, "name": badge.name, "description": badge.description,
            "issuer": badge.issuer_id, "issuer_name": badge.issuer_name, "picture": badge.picture_url,
            "issued_at": badge.issued_at and badge.issued_at.isoformat(),
            "expires_at": badge.expires_at and badge.expires_at.isoformat(),
        },
    }  # fmt: skip
