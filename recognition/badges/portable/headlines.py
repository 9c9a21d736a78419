"""The one sentence above a badge that was looked at, and the one below it for somebody who reads no further."""

from dataclasses import dataclass

from flask_babel import gettext as _

from recognition.badges.portable.verdicts import UNPROVEN, Verdict
from recognition.openbadges.checking.report import Report


@dataclass(frozen=True)
class Headline:
    """`sign`: an icon."""

    sign: str
    words: str
    lead: str


def headline(found: Verdict, report: Report) -> Headline:
    codes = {finding.code for finding in report.findings}
    sign, words, lead = _no_answer(found) or _of_one(found) or _in_no_force(found, report, codes)
    return Headline(sign, words, " ".join([lead, *_besides(found, codes)]))


def _no_answer(found: Verdict) -> tuple[str, str, str] | None:
    """Of what was handed in."""
    return {
        "no_badge": ("circle-x", _("We found no badge in this"),
                     _("Below stands what it looked like to us. A messenger or a drawing program may have thrown the badge out "
                       "of its picture: ask for the file as it came from the issuer.")),
        "missing": ("circle-x", _("There is no such public badge here"),
                    _("This house has no public badge at this address. Its holder may have hidden it, or the address has a "
                      "typing error: ask whoever gave it to you.")),
    }.get(found)  # fmt: skip


def _of_one(found: Verdict) -> tuple[str, str, str] | None:
    return {
        "good": ("circle-check", _("This badge is genuine"),
                 _("Its issuer stands behind it, nobody changed it, and it counts today.")),
        "unvouched": ("circle-alert", _("Nobody changed this badge. Who made it, it does not prove."),
                      _("Its signature fits, and anybody can make one like it under any name: do not take the name beside it for "
                        "its issuer’s.")),
        "differs": ("circle-alert", _("Not what the issuer says: what you handed in differs"),
                    _("The badge as its issuer’s own site has it is genuine, and that is what you see here. What you handed in "
                      "says something else: it is an older copy, or somebody changed it.")),
        "other_holder": ("circle-x", _("This badge was given to somebody else"),
                         _("The badge itself is in order, but not for the e-mail address that you gave us.")),
        "false": ("circle-x", _("This badge is not genuine"),
                  _("Something in it does not hold. Below stands what. Do not rely on it.")),
    }.get(found)  # fmt: skip


def _in_no_force(found: Verdict, report: Report, codes: set[str]) -> tuple[str, str, str]:
    if found == "revoked":
        return "undo-2", _("This badge was taken back"), _taken_back(report)
    if found == "expired":
        return "hourglass", _("The time of this badge is over"), _("It was valid until the day that stands below.")
    if found == "not_yet":
        return "clock", _("This badge is not valid yet"), _("Its time begins on the day that stands below.")
    if "expired" in codes:
        return ("hourglass", _("The time of this badge is over, and it cannot be checked now"),
                _("It says itself until when it was valid, and that day is past. Whether it was genuine cannot be told now, "
                  "since something that has to be asked did not answer."))  # fmt: skip
    return ("circle-alert", _("This badge cannot be checked now"),
            _("That does not speak against it: something that has to be asked did not answer. Try again later."))  # fmt: skip


def _taken_back(report: Report) -> str:
    reason = next((one.detail for one in report.findings if one.code in ("revoked", "suspended") and one.detail), "")
    if reason:
        return _("Its issuer has taken it back, so it no longer counts. The reason given: “%(reason)s”", reason=reason)
    return _("Its issuer has taken it back, so it no longer counts.")


def _besides(found: Verdict, codes: set[str]) -> list[str]:
    """What somebody who reads no further must know too."""
    told = []
    if found in ("revoked", "expired", "not_yet", "differs") and UNPROVEN & codes:
        told.append(_("Who made it, it does not prove."))
    if found in ("revoked", "expired", "not_yet") and "posted_differs" in codes:
        told.append(_("What you handed in says something else than its issuer’s site, which is what you see."))
    if found in ("good", "unvouched", "differs") and "recipient_unlike" in codes:
        told.append(_("Whose it is could not be compared, since it names no e-mail address."))
    return told
