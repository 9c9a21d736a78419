"""What a survey is before it is stored, who stands where on its roll, and the errors of this package."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext

from recognition.surveys.models import CLOSED, DRAFT, DRAWING, OPEN

CHOICE, SEVERAL, SCALE, TEXT = "choice", "several", "scale", "text"
QUESTION_KINDS = (CHOICE, SEVERAL, SCALE, TEXT)
SCALE_STEPS = ("1", "2", "3", "4", "5")
YES, NO, OTHER, DECLINED = "yes", "no", "other", "declined"
LEAST = 5
"""The smallest number that is told of anything."""
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_MAX, TITLE_MAX, INTRO_MAX, ASK_MAX, OPTION_MAX, TEXT_MAX = 54, 120, 5_000, 300, 120, 1_000
OPTIONS_MAX, QUESTIONS_MAX = 20, 20
STATE_NAMES = {
    DRAFT: lazy_gettext("Draft"), DRAWING: lazy_gettext("Opening"), OPEN: lazy_gettext("Open"), CLOSED: lazy_gettext("Closed")
}  # fmt: skip
ACTIVE, QUIET, AWAY, ALUMNI = "active", "quiet", "away", "alumni"
STRATUM_NAMES = {
    ACTIVE: lazy_gettext("active members"), QUIET: lazy_gettext("quiet members"), AWAY: lazy_gettext("members who are away"),
    ALUMNI: lazy_gettext("alumni"),
}  # fmt: skip


class BadSurvey(ValueError):
    """`errors`: a sentence for each field that is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(self.errors.values()))


class BadAnswer(BadSurvey):
    """An answer that does not fit its question; `errors` by `q-<position>`."""


class NotAllowed(Exception):
    """Not this person."""


class WrongState(Exception):
    """Not now."""


@dataclass(frozen=True)
class QuestionSpec:
    kind: str
    ask: str
    hint: str = ""
    options: tuple[str, ...] = ()
    is_claim: bool = False
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@dataclass(frozen=True)
class SurveySpec:
    """`over` and `confidence` in percent. `quiet_days`: who told no deed for so long stands among the quiet ones."""

    slug: str
    title: str
    opens_at: datetime
    closes_at: datetime
    questions: tuple[QuestionSpec, ...]
    intro: str = ""
    campaign: str | None = None
    is_anonymous: bool = True
    audience: dict[str, Any] | None = None
    evidence: dict[str, Any] | None = None
    quiet_days: int = 56
    by_region: bool = True
    over: int = 80
    confidence: int = 95


@dataclass(frozen=True)
class Said:
    """One person's answer: by position the number of an option, several of them, or words. `claim` is made of it."""

    claim: str
    values: Mapping[str, Any] = field(default_factory=dict)


def strata_of(quiet_days: int) -> list[dict[str, Any]]:
    """In the order in which they are tried; the last one takes whoever is left."""
    told_lately = {"count": {"window": {"last_days": quiet_days}}, "at_least": 1}
    return [
        {"key": AWAY, "label": str(STRATUM_NAMES[AWAY]), "rule": {"state": "away"}},
        {"key": ALUMNI, "label": str(STRATUM_NAMES[ALUMNI]), "rule": {"state": "alumni"}},
        {"key": QUIET, "label": str(STRATUM_NAMES[QUIET]), "rule": {"criteria": {"not": told_lately}}},
        {"key": ACTIVE, "label": str(STRATUM_NAMES[ACTIVE]), "rule": {}},
    ]


def method_of(spec: SurveySpec) -> dict[str, Any]:
    return {"over": spec.over, "least": LEAST, "confidence": spec.confidence, "quiet_days": spec.quiet_days,
            "by_region": spec.by_region}  # fmt: skip


def claim_of(chosen: str, yes: Sequence[str], no: Sequence[str]) -> str:
    return YES if chosen in yes else NO if chosen in no else OTHER


def digest(data: Any) -> str:
    """SHA-256 of the data written in one way only."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def region_of(place: str) -> str:
    """The last part of what a member wrote: "Accra, Ghana" is in Ghana."""
    return place.rpartition(",")[2].strip()[:120]
