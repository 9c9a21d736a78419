"""What a check comes to. Codes are for programs; what a person reads is made of them by the doors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Standing = Literal["good", "false", "revoked", "expired", "not_yet", "unsure"]
"""`unsure`: nothing speaks against it, and it cannot be confirmed now. `revoked` holds a suspended one as well."""
Level = Literal["ok", "info", "wrong", "unsure"]

_WORST_FIRST: tuple[Standing, ...] = ("false", "revoked", "expired", "not_yet", "unsure")
_AUTHENTIC = {"hosted_ok", "signature_ok"}

_OK = (
    "hosted_ok", "signature_ok", "issuer_ok", "status_ok", "dates_ok", "recipient_ok", "endorsement_ok",
)  # fmt: skip
_INFO = (
    "is_v2_hosted", "is_v2_signed", "is_v3_proof", "is_v3_jwt", "is_picture", "is_address",
    "picture_compressed", "picture_legacy", "picture_trailing", "picture_foreign", "picture_both",
    "versions_other",
    "plain_http", "several_proofs", "proof_extra", "key_by_origin", "status_none", "status_index_number",
    "recipient_unasked", "recipient_none", "versions_unsure", "refresh_named", "endorsement_unsure", "endorsement_extra",
)  # fmt: skip
_UNSURE = (
    "fetch_address", "fetch_scheme", "fetch_credentials", "fetch_port", "fetch_private", "fetch_downgrade", "fetch_name",
    "fetch_connection", "fetch_certificate", "fetch_slow", "fetch_large", "fetch_redirects", "fetch_garbled", "fetch_status",
    "fetch_budget", "fetch_content", "moved_elsewhere",
    "badge_unreachable", "class_unreachable", "issuer_unreachable", "issuer_method", "issuer_plain", "key_kind",
    "picture_several", "context_unknown", "proof_suite", "jwt_alg_other", "date_broken", "too_much_work",
    "status_unreachable", "status_kind", "status_broken", "status_issuer", "status_other", "status_purpose", "status_short",
    "status_expired", "status_index", "status_signature", "badge_missing", "stumbled",
)  # fmt: skip
_BESIDE = ("issuer_key", "issuer_elsewhere", "issuer_same_name", "recipient_unlike", "posted_differs")
"""Told aloud, while the badge itself is what it is: what it says and nothing proves, or what only a copy of it says."""
_FALSE = (
    "nothing", "too_large", "not_text", "not_a_badge", "json_broken", "json_deep", "json_duplicate", "json_number",
    "json_surrogate", "jwt_broken", "jwt_header", "jwt_alg_none", "jwt_alg_secret", "jwt_contradicts", "jwk_foreign",
    "kid_foreign",
    "picture_broken", "picture_entities", "picture_script", "picture_empty", "versions_differ",
    "field_missing", "field_wrong", "context_wrong", "undefined_term", "dates_reversed",
    "no_proof", "not_signed", "too_many_proofs", "proof_broken", "proof_purpose", "signature_bad",
    "key_foreign", "key_unlisted", "key_withdrawn", "key_broken", "issuer_other", "issuer_broken", "issuer_origin",
    "class_other", "class_broken", "class_origin", "hosted_other", "recipient_other",
)  # fmt: skip
CODES: dict[str, tuple[Level, Standing | None]] = {
    **dict.fromkeys(_OK, ("ok", None)),
    **dict.fromkeys(_INFO, ("info", None)),
    **dict.fromkeys(_UNSURE, ("unsure", "unsure")),
    **dict.fromkeys(_FALSE, ("wrong", "false")),
    "revoked": ("wrong", "revoked"),
    "suspended": ("wrong", "revoked"),
    "expired": ("wrong", "expired"),
    "not_yet": ("wrong", "not_yet"),
    **dict.fromkeys(_BESIDE, ("unsure", None)),
    "issuer_pretends": ("wrong", None),
    # Words about a badge are not the badge: they are told, and it stands or falls without them.
    "endorsement_false": ("wrong", None),
}
"""Every finding there is: how it is shown, and which standing it leads to."""


@dataclass(frozen=True)
class Finding:
    """`detail` names the URL, term, member, date or reason that it is about; from a stranger, cut, and often empty."""

    code: str
    detail: str = ""

    @property
    def level(self) -> Level:
        return CODES[self.code][0]


class Fault(Exception):
    """A finding after which this part of the check cannot go on."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.finding = Finding(code, detail)


@dataclass(frozen=True)
class Evidence:
    name: str = ""
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Words:
    """An endorsement; `holds`: its own signature or host confirms it."""

    by: str
    text: str
    holds: bool


@dataclass(frozen=True)
class Badge:
    """What a page shows. All of it is what the badge says and from a stranger: texts are cut and may hold anything but
    control characters; URLs are http or https, or empty. `picture` is the bytes of a PNG or SVG where the badge came in one
    or holds one, `picture_url` its address. `version` is "2.0" or "3.0". `criteria` may be Markdown."""

    version: str
    identifier: str = ""
    name: str = ""
    description: str = ""
    picture: bytes | None = None
    picture_url: str = ""
    issuer_id: str = ""
    issuer_name: str = ""
    issuer_url: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    criteria: str = ""
    criteria_url: str = ""
    evidence: tuple[Evidence, ...] = ()
    endorsements: tuple[Words, ...] = ()
    results: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Report:
    """`badge` is None where nothing could be read. What it holds is only worth something with the standing "good"."""

    standing: Standing
    findings: tuple[Finding, ...]
    badge: Badge | None


def standing(findings: Iterable[Finding]) -> Standing:
    """The worst of what was found. That its time is over is only worth telling of a badge whose issuer was found to stand
    behind it, and only such a one is good."""
    told = list(findings)
    leads = {CODES[finding.code][1] for finding in told}
    if not any(finding.code in _AUTHENTIC for finding in told):
        leads.add("unsure")
        leads -= {"expired", "not_yet"}
    return next((one for one in _WORST_FIRST if one in leads), "good")
