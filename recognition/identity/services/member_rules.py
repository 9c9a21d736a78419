"""Whom a group counts as its members, and the terms that they accept. Nobody comes in or goes out by it."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from recognition.audit.services import record
from recognition.extensions import db
from recognition.identity.models import Group, GroupTerms, Member
from recognition.identity.queries import membership, newest_terms
from recognition.identity.rules import MemberRule, Outdated, Refused
from recognition.identity.services.groups import check_curator
from recognition.jobs import ledger
from recognition.refs import Ref

JOB = "activities.count_members_of"


def set_member_rule(group: Group, wanted: MemberRule, seen: int, actor: Member, now: datetime) -> None:
    """`seen`: the `rule_number` that the author had before them. Raises NotAllowed, Outdated."""
    check_curator(group, actor)
    db.session.refresh(group, with_for_update=True)
    if group.rule_number != seen:
        raise Outdated(_("Somebody changed this while you were writing. Look at it again."))
    terms = newest_terms(group.id)
    before = _said(group, terms)
    if wanted.terms != (terms.text if terms else ""):
        terms = GroupTerms(group_id=group.id, version=terms.version + 1 if terms else 1, text=wanted.terms, since=now)
        db.session.add(terms)
        if wanted.asks_again or not group.terms_from:
            group.terms_from = terms.version
    group.members_by, group.members_rule = wanted.members_by, wanted.rule
    group.rule_number += 1
    group.member_count = group.counted_at = None
    db.session.flush()
    record("group.members", Ref("group", group.slug), actor.id, before, _said(group, terms))
    ledger.defer(JOB, dedupe_key=f"{JOB}:{group.id}:{group.rule_number}", group_id=group.id)


def accept_terms(group: Group, member: Member, version: str, now: datetime) -> None:
    """For somebody in the group, or who asked to come in. Raises Refused where these are not its terms any more."""
    own, terms = membership(group.id, member.id), newest_terms(group.id)
    if own is None or own.state == "out":
        raise Refused(_("Join the group first."))
    if terms is None or not terms.text or version != str(terms.version):
        raise Refused(_("The terms have changed meanwhile. Please read them again."))
    if own.terms_version != terms.version:
        own.terms_version, own.terms_at = terms.version, now
        db.session.flush()


def take_back_terms(group: Group, member: Member) -> None:
    """They stay in the group all the same."""
    own = membership(group.id, member.id)
    if own is not None:
        own.terms_version = own.terms_at = None
        db.session.flush()


def _said(group: Group, terms: GroupTerms | None) -> dict[str, Any]:
    said = {"members": group.members_by, "rule": group.members_rule}
    return said | {"terms": terms.version if terms else 0, "accepted_from": group.terms_from}
