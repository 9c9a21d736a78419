"""Who changed what of a badge, and when; for each new rule the old sentence and the new one side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from recognition.audit.models import AuditEntry
from recognition.badges import words
from recognition.badges.models import Badge
from recognition.badges.rules import rule_of
from recognition.identity.access import signed_in
from recognition.identity.queries import profiles
from recognition.identity.rules import ProfileView
from recognition.pages.audit_words import DONE
from recognition.pages.badge_studio import queries
from recognition.pages.badge_studio.blueprint import badge_or_404, blueprint, council_only
from recognition.pages.badge_studio.editing import labels


@dataclass(frozen=True)
class Change:
    """`version` and the sentences are there where the rule changed; `old` is empty for the first. `fields`: what else
    is another than it was."""

    entry: AuditEntry
    who: ProfileView | None
    what: str
    version: int | None
    old: str
    new: str
    fields: tuple[str, ...]


@blueprint.get("/<slug>/history")
@council_only
def history(slug: str) -> Any:
    badge = badge_or_404(slug)
    found = queries.changes_of(slug, request.args.get("after"))
    people = profiles([entry.actor_id for entry in found.items if entry.actor_id is not None], signed_in())
    sentences = _sentences(badge, [number for entry in found.items for number in _versions(entry) if number])
    changes = [_change(entry, people.get(entry.actor_id or 0), sentences) for entry in found.items]
    older = url_for(".history", slug=slug, after=found.next_cursor) if found.next_cursor else ""
    return render_template("council/badge_history.html", badge=badge, changes=changes, older=older)


def _versions(entry: AuditEntry) -> tuple[int | None, int | None]:
    """Before and after, where the rule changed."""
    after = (entry.after or {}).get("version")
    return ((entry.before or {}).get("version"), after) if after else (None, None)


def _sentences(badge: Badge, numbers: list[int]) -> dict[int, str]:
    """What each version asked for, or asks."""
    rules = {version.version: rule_of(badge, version) for version in queries.versions(badge.id, numbers)}
    names = words.names_for([rule.criteria for rule in rules.values() if rule is not None])
    return {number: words.sentence(rule, names) for number, rule in rules.items()}


def _change(entry: AuditEntry, who: ProfileView | None, sentences: Mapping[int, str]) -> Change:
    old, new = _versions(entry)
    called = labels()
    others = (
        [name for name in entry.after or {} if name in called and name != "criteria"] if entry.action == "badge.saved" else []
    )
    return Change(entry, who, _what(entry, new), new, sentences.get(old or 0, ""), sentences.get(new or 0, ""),
                  tuple(called[name] for name in others if entry.before))  # fmt: skip


def _what(entry: AuditEntry, version: int | None) -> str:
    if entry.action == "badge.saved":
        if not entry.before:
            return str(_("Made it"))
        return str(_("Changed the rule")) if version else str(_("Changed how it looks or is given"))
    own = {
        "badge.published": _("Published it"),
        "badge.retired": _("Retired it"),
        "badge.reopened": _("Opened it again"),
    }
    return str(own.get(entry.action) or DONE.get(entry.action, entry.action))
