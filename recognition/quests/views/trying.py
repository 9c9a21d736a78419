"""What the page of a test by the clock sends: begin, keep what there is, hand in."""

from datetime import datetime

from flask import flash, request
from flask_babel import gettext as _

from recognition.extensions import db
from recognition.identity.models import Member
from recognition.quests.models import Quest, Step
from recognition.quests.services import trying
from recognition.quests.services.walking import Moved
from recognition.web.htmx import wants_fragment

BEGIN, LONGER, KEEP = "begin", "longer", "keep"


def take(member: Member, quest: Quest, here: Step, now: datetime) -> Moved:
    """Whatever was chosen is kept first, and stays so if the rest cannot be taken."""
    number = request.form.get("try", type=int) or 0
    if BEGIN in request.form:
        trying.begin_try(member, quest, here, number, request.form[BEGIN] == LONGER, now)
        return Moved()
    in_time = trying.save_try(member, quest, here, number, request.form.to_dict(flat=False), now)
    if KEEP not in request.form:
        db.session.commit()
        return trying.hand_in_try(member, quest, here, number, now)
    if not wants_fragment():
        flash(_("Kept. Go on, or hand it in.") if in_time else _("The time was up, and what you had kept until then counts."),
              "good" if in_time else "plain")  # fmt: skip
    return Moved()
