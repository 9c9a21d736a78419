"""Every page of this package, so that who imports the blueprint from here has them all."""

from recognition.badges.views import (
    answers,
    arrivals,
    awards,
    badges,
    claims,
    codes,
    endorsing,
    giving,
    jacket,
    nominations,
    pictures,
    portable,
    portable_keys,
    reasons,
    sharing,
    verify,
)
from recognition.badges.views.blueprint import blueprint, install

ROOMS = (
    answers, arrivals, awards, badges, claims, codes, endorsing, giving, jacket, nominations, pictures, portable, portable_keys,
    reasons, sharing, verify,
)  # fmt: skip

__all__ = ["ROOMS", "blueprint", "install"]
