"""What somebody offers, checked."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

from recognition.mentoring.rules import MOST_MAX, OFFER_MAX_CHARS, REST_MAX_DAYS, NotOffered, OfferForm

FIELDS = ("is_open", "most", "words", "rests_until")


def offer_form(form: Mapping[str, str], today: date) -> OfferForm:
    """Raises NotOffered, with every fault at once."""
    errors: dict[str, str] = {}
    most, words = form.get("most", "").strip(), form.get("words", "").replace("\r\n", "\n").strip()
    if not (most.isascii() and most.isdecimal() and len(most) < 4 and 1 <= int(most) <= MOST_MAX):
        errors["most"] = _("A number from 1 to %(max)s, please.", max=MOST_MAX)
    if len(words) > OFFER_MAX_CHARS:
        errors["words"] = _("Up to %(max)s characters fit. It is all still here: please shorten it.", max=OFFER_MAX_CHARS)
    rests = _day(form.get("rests_until", ""), today, errors)
    if errors:
        raise NotOffered(errors)
    return OfferForm(form.get("is_open") == "1", int(most), words, rests)


def _day(text: str, today: date, errors: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError:
        day = date.max
    if not today <= day <= today + timedelta(days=REST_MAX_DAYS):
        errors["rests_until"] = _("A day from today on, within two years; or leave it empty.")
    return day
