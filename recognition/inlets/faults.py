"""Why an inlet could not be looked at, in words for whoever set it up."""

from flask_babel import gettext as _


def words(fault: str) -> str:
    """`fault` as it stands in the row: a word of the fetcher, "status 404", or a sentence of the adapter."""
    if fault.startswith("status "):
        return _("The server there answered with %(status)s.", status=fault.removeprefix("status "))
    told = {
        "name": _("Nothing on the web has this name."),
        "connection": _("No connection came about."),
        "certificate": _("The certificate of the server there is not in order."),
        "slow": _("The server there was too slow."),
        "large": _("What came was larger than we take."),
        "redirects": _("The address leads on and on to other ones."),
        "garbled": _("The answer of the server there was broken."),
        "private": _("This address is not on the public web."),
        "scheme": _("Only addresses that begin with https:// or http:// are looked at."),
        "credentials": _("An address with a password in it is not looked at."),
        "port": _("We do not ask at this port."),
        "address": _("This is no web address."),
        "downgrade": _("The address leads from https:// to http://."),
        "stumbled": _("Something in it made us stumble. We try again later."),
    }
    return told.get(fault, fault)
