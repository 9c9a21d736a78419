"""`recognition badges ...`: who would get a badge, why not yet, and giving it for past deeds. All answer in JSON."""

import json
from collections import Counter
from pathlib import Path

import click
from flask.cli import AppGroup

from recognition import clock
from recognition.badges import explaining
from recognition.badges.forms import lists
from recognition.badges.held import award_id_of
from recognition.badges.models import PUBLISHED, Badge
from recognition.badges.portable import run
from recognition.badges.queries import badge_by_slug, handles_of
from recognition.badges.rules import NotGiven, Rule, rule_of
from recognition.badges.services import considering, giving, revoking
from recognition.extensions import db, only_reading
from recognition.identity.queries import member_by_handle
from recognition.refs import KEY_MAY_BEGIN_WITH_A_DASH
from recognition.text import is_blank

badges = AppGroup("badges", help="Badges: try a rule out, explain it, give it for past deeds.")


@badges.command("backfill")
@click.argument("slug")
@click.option("--again", is_flag=True, help="Look at everybody even if that was done before.")
def backfill(slug: str, again: bool) -> None:
    """Give SLUG to everybody who qualifies already."""
    badge = _badge(slug)
    if badge.state != PUBLISHED:
        raise click.ClickException(f"{slug} is a {badge.state} badge; only published ones are given.")
    if again:
        considering.look_back(badge)
    badge_id, look, awarded = badge.id, badge.look, 0
    place: int | None = 0
    while place is not None:
        made, place = considering.backfill_slice(badge_id, look, place, clock.utcnow())
        db.session.commit()
        awarded += made
    click.echo(json.dumps({"badge": slug, "awarded": awarded}))


@badges.command("dry-run")
@click.argument("slug")
@click.option("--limit", default=100, help="How many people to name.")
@only_reading()
def dry_run(slug: str, limit: int) -> None:
    """Who would get SLUG now by what every member may see, and who shows it and would not get it; nothing is given or taken."""
    badge = _badge(slug)
    rule, now = _rule(badge), clock.utcnow()
    would: dict[int, list[str]] = {}
    lost: list[int] = []
    place: int | None = 0
    while place is not None:
        found = considering.dry_run_slice(rule, place, now)
        would |= found.new
        lost += found.lost
        place = found.next_after
    handles = handles_of(list(would)[:limit])
    named = [{"member": handle, "levels": [int(o) for o in would[i] if o]} for i, handle in handles.items()]
    keep = {"holders_who_would_not": len(lost), "they_keep_it": list(handles_of(lost[:limit]).values())}
    click.echo(json.dumps({"badge": slug, "state": badge.state, "would_get": len(would), "members": named} | keep))


@badges.command("give")
@click.argument("slug")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Handles, one a line, or a CSV file with a column `handle`.",
)
@click.option("--reason", required=True, help="Why; it stands on the page of each award.")
@click.option("--level", type=int, help="Where the badge has levels: which one; the lowest if left out.")
def give(slug: str, path: Path, reason: str, level: int | None) -> None:
    """Give SLUG by hand to everybody in a file. Safe to repeat."""
    badge = _badge(slug)
    try:
        handles = [line.handle for line in lists.read_lines(lists.read_file(path.read_bytes()))]
        outcomes = giving.hand_out_to(badge, handles, reason[:500], level, clock.utcnow())
    except (lists.BadList, NotGiven) as fault:
        raise click.ClickException(str(fault)) from fault
    db.session.commit()
    told = [{"member": handle, "outcome": outcome} for handle, outcome in outcomes.items()]
    click.echo(json.dumps({"badge": slug, "outcomes": dict(sorted(Counter(outcomes.values()).items())), "members": told}))


@badges.command("revoke", context_settings=KEY_MAY_BEGIN_WITH_A_DASH)
@click.argument("key")
@click.option("--reason", required=True, help="Why; the holder reads it.")
def revoke(key: str, reason: str) -> None:
    """Take the award KEY (the last part of its address) back."""
    award_id = award_id_of(key)
    if award_id is None:
        raise click.ClickException(f"There is no award {key}.")
    if is_blank(reason):
        raise click.ClickException("Say why: its holder reads it.")
    done = revoking.revoke(award_id, None, reason.strip()[:500], clock.utcnow())
    db.session.commit()
    click.echo(json.dumps({"award": key, "revoked": done, "was_revoked_before": not done}))


@badges.command("sign")
def sign() -> None:
    """Sign now what waits for the helper: new awards, and those whose badge changed. Safe while the program runs."""
    click.echo(json.dumps({"signed": run.sign_all()}))


@badges.command("explain")
@click.argument("slug")
@click.argument("handle")
@click.option("--limit", default=20, help="How many deeds to list of each thing that counts.")
@only_reading()
def explain(slug: str, handle: str, limit: int) -> None:
    """How far HANDLE is on the way to SLUG, part by part: the deeds that count, and what is missing."""
    badge, member = _badge(slug), member_by_handle(handle)
    if member is None:
        raise click.ClickException(f"There is no member {handle}.")
    now = clock.utcnow()
    found = explaining.explain(badge, _rule(badge), member.id, now, limit)
    click.echo(json.dumps({"badge": slug, "member": handle, "at": now.isoformat(timespec="seconds"), **found}))


def _badge(slug: str) -> Badge:
    badge = badge_by_slug(slug)
    if badge is None:
        raise click.ClickException(f"There is no badge {slug}.")
    return badge


def _rule(badge: Badge) -> Rule:
    rule = rule_of(badge)
    if rule is None:
        raise click.ClickException(f"{badge.slug} has no rule: people give it.")
    return rule
