"""All badges of a member on one page, to read and to print."""

from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from recognition import clock
from recognition.backpack import queries, transcripts
from recognition.backpack.rules import BADGES_EACH
from recognition.backpack.views.blueprint import blueprint
from recognition.badges.certificates import EXPIRED, GOOD, REVOKED
from recognition.badges.sharing import base_url, house, qr
from recognition.identity.access import current_member
from recognition.identity.queries import profile
from recognition.web.access import public

EVERYTHING = "all"


@blueprint.get("/members/<handle>/transcript")
@public
def transcript(handle: str) -> Any:
    """`?show=all` is the member's own; without it they see what everybody sees, names included, since it is for handing on."""
    viewer, now, after = current_member(), clock.utcnow(), request.args.get("after")
    person = profile(handle, viewer) or abort(404)
    everything = person.is_self and request.args.get("show") == EVERYTHING
    viewer = None if person.is_self and not everything else viewer
    shown_as = profile(handle, viewer) or person
    found = transcripts.entries(person.id, viewer, everything, base_url(), now, after)
    show = EVERYTHING if everything else None
    address = base_url() + url_for(".transcript", handle=person.handle)
    brought = queries.mine if everything else queries.shown
    return render_template(
        "backpack/transcript.html",
        person=person,
        named=shown_as.called,
        entries=found.items,
        elsewhere=[] if after else transcripts.by_day(brought(person.id, None, BADGES_EACH).items),
        everything=everything,
        standings={GOOD: _("Good"), EXPIRED: _("Its time is over"), REVOKED: _("Taken back")},
        older=url_for(".transcript", handle=handle, after=found.next_cursor, show=show) if found.next_cursor else "",
        today=now,
        house=house(),
        address=address,
        qr=qr(address, "p-transcript__qr-drawing"),
    )
