"""That somebody read what people wrote in their own words."""

from datetime import datetime, timedelta

from recognition.audit import services as audit
from recognition.refs import Ref
from recognition.surveys.models import Survey

ONE_READING = timedelta(hours=1)
"""Who comes back within it is still reading."""


def record_reading(survey: Survey, reader_id: int, now: datetime) -> None:
    """Once a reading, however often the page is opened."""
    last = audit.newest("survey.words_read", Ref("survey", survey.slug))
    if last is None or last.actor_id != reader_id or now - last.at >= ONE_READING:
        audit.record("survey.words_read", Ref("survey", survey.slug), reader_id, after={"anonymous": survey.is_anonymous})
