"""`recognition verify FILE_OR_URL`: what `/verify` tells, for a terminal or a script."""

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from recognition import clock
from recognition.badges.portable.asking import fetcher
from recognition.badges.portable.findings import sentence
from recognition.openbadges.checking import reading
from recognition.openbadges.checking.checker import check
from recognition.openbadges.checking.report import Finding, Report

_SIGNS = {"ok": "ok   ", "info": "     ", "wrong": "WRONG", "unsure": "?    "}


@click.command("verify")
@click.argument("badge", metavar="FILE_OR_URL")
@click.option("--recipient", metavar="ADDRESS", help="The e-mail address of who is said to hold it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@with_appcontext
def verify(badge: str, recipient: str | None, as_json: bool) -> None:
    """Check a badge: JSON, JWS, baked PNG or SVG, as a file (- is standard input) or at a URL.

    One line for each finding, the standing last. Ends with 0 only if the badge is good."""
    report = check(_content(badge), fetcher(), clock.utcnow(), recipient or None)
    click.echo(json.dumps(_plain(report), ensure_ascii=False) if as_json else "\n".join(_lines(report)))
    sys.exit(0 if report.standing == "good" else 1)


def _content(badge: str) -> bytes | str:
    if badge.lower().startswith(("https://", "http://")):
        return badge
    try:
        with sys.stdin.buffer if badge == "-" else Path(badge).open("rb") as file:
            return file.read(reading.MOST_BYTES + 1)
    except OSError as fault:
        raise click.ClickException(f"{badge} cannot be read: {fault.strerror}") from fault


def _lines(report: Report) -> list[str]:
    told = [f"{_SIGNS[one.level]} {one.code}: {sentence(one)}{_detail(one)}" for one in report.findings]
    named = report.badge and (report.badge.name, report.badge.issuer_name or report.badge.issuer_id)
    return [*told, f"{report.standing}: {_one_line(' · '.join(filter(None, named)))}" if named else report.standing]


def _detail(finding: Finding) -> str:
    return f" [{_one_line(finding.detail)}]" if finding.detail else ""


def _one_line(text: str) -> str:
    """A stranger's text must neither look like a line of ours nor steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _plain(report: Report) -> dict[str, object]:
    badge = report.badge
    return {
        "standing": report.standing,
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
