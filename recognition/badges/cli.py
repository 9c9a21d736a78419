"""`recognition badges ...`: who would get a badge, why not yet, and giving it for past deeds. All answer in JSON."""

import json

import click
from flask.cli import AppGroup

from recognition import clock
from recognition.badges import words
from recognition.badges.models import PUBLISHED, Badge
from recognition.badges.queries import badge_by_slug, handles_of, occasions_held
from recognition.badges.rules import Rule, rule_of
from recognition.badges.services import considering
from recognition.badges.services.deciding import decide_for
from recognition.extensions import db, only_reading
from recognition.identity.queries import every_member_id, member_by_handle

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
    """Who would get SLUG now, without giving it."""
    badge = _badge(slug)
    rule = _rule(badge)
    would: dict[int, list[str]] = {}
    for ids in every_member_id():
        held = occasions_held(ids, [badge.id])
        for member_id, occasions in decide_for({rule: ids}, clock.utcnow()).get(rule, {}).items():
            new = [occasion for occasion in occasions if occasion not in held.get((badge.id, member_id), ())]
            if new:
                would[member_id] = new
    handles = handles_of(list(would)[:limit])
    named = [{"member": handle, "levels": [int(o) for o in would[i] if o]} for i, handle in handles.items()]
    click.echo(json.dumps({"badge": slug, "state": badge.state, "would_get": len(would), "members": named}))


@badges.command("explain")
@click.argument("slug")
@click.argument("handle")
@only_reading()
def explain(slug: str, handle: str) -> None:
    """How far HANDLE is on the way to SLUG, part by part."""
    badge, member = _badge(slug), member_by_handle(handle)
    if member is None:
        raise click.ClickException(f"There is no member {handle}.")
    rule = _rule(badge)
    held = sorted(occasions_held([member.id], [badge.id]).get((badge.id, member.id), ()), key=lambda o: int(o or 0))
    part = words.progress(rule, words.measured([rule], member.id, clock.utcnow()), words.names_for([rule.criteria]), held)
    click.echo(json.dumps({"badge": slug, "member": handle, "at": clock.utcnow().isoformat(timespec="seconds"),
                           "version": badge.version, "held": bool(held), "levels_held": [int(o) for o in held if o],
                           "met": part.met, "progress": words.as_data(part)}))  # fmt: skip


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
