"""One award: a certificate to share; and taking it back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.badges import certificates, policy, queries, trays, words
from recognition.badges.models import RULE, Award
from recognition.badges.portable.endorsements import COMMENT_MAX, Line, groups_to_speak_for, lines_about
from recognition.badges.rules import Rule, rule_of
from recognition.badges.services import revoking
from recognition.badges.sharing import base_url, house, qr
from recognition.badges.views.blueprint import blueprint
from recognition.badges.views.sharing import portable
from recognition.extensions import db
from recognition.identity.access import current_member, role_required, signed_in
from recognition.identity.models import Member
from recognition.identity.queries import council, profiles
from recognition.identity.rules import ProfileView
from recognition.text import is_blank
from recognition.web.access import public
from recognition.web.htmx import goto

REASON_MAX = 500
LONG_CHARS = 350
"""With more words than these a certificate is set smaller, so that it stays one sheet of paper."""


@blueprint.get("/awards/<key>")
@public
def award(key: str) -> Any:
    return award_page(key)


def award_page(key: str, said: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> str:
    """`said` and `errors`: what somebody wrote about the award and was asked to mend."""
    viewer = current_member()
    found = queries.award_page(key, viewer) or abort(404)
    given, holder = found
    now, issuer = clock.utcnow(), trays.issuer_of(given.badge)
    standing = certificates.standing(given, now)
    rule = rule_of(given.badge, queries.version_given(given)) if given.how == RULE else None
    told, lines = _told(given, rule, viewer, now), lines_about(given, viewer)
    return render_template(
        "badges/award.html",
        award=given,
        badge=given.badge,
        holder=holder,
        **told,
        is_long=len(given.reason) + len(told["proof"]) + len(given.badge.summary) > LONG_CHARS,
        issuer=issuer,
        house=house(),
        blocked=issuer is not None and holder.is_self and trays.is_blocked(holder.id, issuer.id),
        standing=standing,
        expired=standing == certificates.EXPIRED,
        today=now,
        base=base_url(),
        **portable(given, holder),
        qr=qr(f"{base_url()}{url_for('.award', key=key)}", "p-award__qr-drawing"),
        may_revoke=given.revoked_at is None and policy.can_revoke(viewer, given.member_id),
        lines=[(line, policy.can_remove_words(viewer, line.who.id, given.member_id) and line.is_shown) for line in lines],
        speakers=_speakers(given, viewer, lines),
        **_whom_to_ask(given, holder, viewer),
        said={"comment": "", "speaker": "", **(said or {})},
        errors={"comment": "", "speaker": "", **(errors or {})},
        comment_max=COMMENT_MAX,
    )


def _told(given: Award, rule: Rule | None, viewer: Member | None, now: datetime) -> dict[str, Any]:
    """What it was given for, by whom, and what bears it out."""
    giver = _giver(given, viewer)
    return {
        "giver": giver,
        "way": _way(given, giver),
        # Where people gave it, their words say what for.
        "proof": words.sentence(rule, words.names_for([rule.criteria] if rule else []), given.level) if given.how == RULE else "",
        "borne": certificates.borne_out_by(given, rule, now),
        "changed": given.how == RULE and given.version != given.badge.version,
    }


def _whom_to_ask(given: Award, holder: ProfileView, viewer: Member | None) -> dict[str, Any]:
    """For whom an award was taken from. Without a mail server of its own a house has no address where anybody reads."""
    asks = holder.is_self and given.revoked_at is not None
    settings = current_app.extensions["settings"]
    return {"council": council(viewer) if asks else [], "contact": settings.email if settings.mail is not None else ""}


def _speakers(given: Award, viewer: Member | None, lines: Sequence[Line]) -> list[tuple[str, str]]:
    """For whom this reader may still speak, themselves first; none: they may not say anything about it."""
    if viewer is None or not policy.can_endorse(viewer, given):
        return []
    heard = {line.group.id if line.group else 0 for line in lines if line.is_own or line.group}
    own = [] if 0 in heard else [("", _("As myself"))]
    groups = groups_to_speak_for(viewer.id)
    return own + [(group.slug, _("For %(group)s", group=group.name)) for group in groups if group.id not in heard]


def _giver(given: Award, viewer: Member | None) -> ProfileView | None:
    """None for a rule, and for a giver who is gone or suspended."""
    found = profiles([given.given_by_id], viewer).get(given.given_by_id) if given.given_by_id is not None else None
    return found if found is not None and found.state != "suspended" else None


def _way(given: Award, giver: ProfileView | None) -> str:
    """How it came, as a sentence that may end with the giver's name."""
    return {
        ("rule", False): _("By itself, by its rule"),
        ("hand", False): _("By hand"),
        ("hand", True): _("By hand, from"),
        ("nomination", False): _("Somebody put them forward, and it was approved"),
        ("nomination", True): _("Approved, put forward by"),
        ("code", False): _("With a code, by being there"),
        ("code", True): _("With a code, by being there. The code is from"),
    }[given.how, giver is not None and given.how != RULE]


@blueprint.get("/awards/<key>/revoke")
@role_required("council")
def revoke(key: str) -> Any:
    return _revoke_page(_revocable(key), "", "")


@blueprint.post("/awards/<key>/revoke", endpoint="revoked")
@role_required("council")
def revoke_award(key: str) -> Any:
    given, reason = _revocable(key), " ".join(request.form.get("reason", "").split())
    if is_blank(reason) or len(reason) > REASON_MAX:
        sentence = _("Say in up to %(most)s characters why. The holder and whoever sees the award read it.", most=REASON_MAX)
        return _revoke_page(given, reason, sentence), 422
    if not revoking.revoke(given.id, signed_in().id, reason, clock.utcnow()):
        db.session.rollback()
        abort(409, _("Somebody took this award back a moment ago."))
    db.session.commit()
    flash(_("The award is taken back, and its holder is told."), "good")
    return goto(_back(given))


def _back(given: Award) -> str:
    """The council sees no more of it than others do."""
    seen = queries.award_page(given.key, signed_in()) is not None
    return url_for(".award", key=given.key) if seen else url_for(".show", slug=given.badge.slug)


def _revocable(key: str) -> Award:
    given = queries.award_by_key(key) or abort(404)
    if not policy.can_revoke(signed_in(), given.member_id):
        abort(403)
    if given.revoked_at is not None:
        abort(409, _("This award was taken back already."))
    return given


def _revoke_page(given: Award, reason: str, error: str) -> str:
    holder = profiles([given.member_id], signed_in())[given.member_id]
    return render_template("badges/revoke.html", award=given, badge=given.badge, holder=holder, reason=reason, error=error,
                           back=_back(given))  # fmt: skip
