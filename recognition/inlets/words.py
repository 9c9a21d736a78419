"""Sources, and where a token is to be put, as people call them."""

from flask_babel import gettext as _

from recognition.activities.sources import discourse, feed, github, ical, mailin, mediawiki, xapi


def source(name: str) -> str:
    return {
        discourse.NAME: _("Forum"),
        github.NAME: _("Code host"),
        mediawiki.NAME: _("Wiki"),
        feed.NAME: _("Blog"),
        ical.NAME: _("Calendar"),
        mailin.NAME: _("Mail"),
        xapi.NAME: _("Learning record"),
    }.get(name, name)


def where_to_put_it(name: str, page: str) -> str:
    """What only the owner of such a page can write on it."""
    return {
        discourse.NAME: _("Into “About me” of your profile there, or its website or place."),
        github.NAME: _("Into the bio of your public profile there, or its company or place."),
        mediawiki.NAME: _("On the page “User:your name/%(page)s” there, which only you can write.", page=page),
    }.get(name, "")


def status(number: int) -> str:
    """Of a delivery, for whoever set the hook up."""
    return {
        202: _("Taken"),
        409: _("Refused: another one came under its id"),
        413: _("Refused: too large"),
        422: _("Refused: not as this source sends it"),
    }.get(number, str(number))
