"""What stays: the certificate of alumni, on a screen and on paper."""

from typing import Any

from flask import current_app, render_template

from recognition import clock
from recognition.identity.access import member_required, signed_in
from recognition.quiet.honours import honours
from recognition.quiet.views.blueprint import blueprint, personal


@blueprint.get("/me/certificate")
@member_required
def certificate() -> Any:
    member, now = signed_in(), clock.utcnow()
    page = render_template(
        "quiet/certificate.html", name=member.name, state=member.state, honours=honours(member, now), today=now,
        address=current_app.extensions["settings"].base_url, house=current_app.extensions["settings"].site_name,
    )  # fmt: skip
    return personal(page)
