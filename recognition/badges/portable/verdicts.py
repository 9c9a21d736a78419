"""One word for what a look at a badge came to: finer than a standing, since people and scripts act on it."""

from collections.abc import Sequence
from typing import Literal

from recognition.badges.portable.looking import OTHER
from recognition.openbadges.checking.report import Finding, Report, standing

Verdict = Literal[
    "good", "unvouched", "differs", "other_holder", "no_badge", "missing", "false", "revoked", "expired", "not_yet", "unsure"
]
"""`unvouched`: nobody changed it, and who made it is not proven. `differs`: the issuer vouches for something else than what was
handed in. `missing`: an address of this house where no public badge is."""
UNPROVEN = {"issuer_key", "issuer_pretends"}
_UNREADABLE = {
    "nothing", "too_large", "not_text", "not_a_badge", "json_broken", "json_deep", "json_duplicate", "json_number",
    "json_surrogate", "jwt_broken", "picture_broken", "picture_entities", "picture_empty",
}  # fmt: skip


def verdict(report: Report) -> Verdict:
    """Only `good` is vouched for by an issuer with an address."""
    codes = {finding.code for finding in report.findings}
    if report.standing == "false":
        return _of_false(report, codes)
    if report.standing == "unsure" and "badge_missing" in codes:
        return "missing"
    if report.standing != "good":
        return report.standing
    if "posted_differs" in codes:
        return "differs"
    return "unvouched" if UNPROVEN & codes else "good"


def _of_false(report: Report, codes: set[str]) -> Verdict:
    if report.badge is None and _UNREADABLE & codes:
        return "no_badge"
    return "other_holder" if _is_somebody_elses(report.findings) else "false"


def _is_somebody_elses(findings: Sequence[Finding]) -> bool:
    """Whether that is all that is wrong with it."""
    rest = [finding for finding in findings if finding.code != OTHER]
    return len(rest) < len(findings) and standing(rest) == "good"
