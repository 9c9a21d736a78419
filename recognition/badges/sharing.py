"""An award on its way out of the house: pictures, files, links and codes for other places. Addresses are whole ones."""

from urllib.parse import urlencode

import segno
from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from recognition import clock
from recognition.badges import certificates, pictures, words
from recognition.badges.artwork.share import Card
from recognition.badges.models import Award
from recognition.badges.portable import identifiers
from recognition.badges.portable.identifiers import Edition

EMBED_PX = 180


def card_of(award: Award, who: str) -> Card:
    standing = certificates.standing(award, clock.utcnow())
    over = {certificates.REVOKED: _("Taken back"), certificates.EXPIRED: _("Its time is over")}.get(standing)
    level = words.level_words(award.level)
    return Card(
        design=pictures.design_of(award.badge, award.level),
        badge=award.badge.name,
        who=who,
        note=" · ".join(part for part in (level, over) if part),
        summary=award.badge.summary,
        house=f"{house()} · {base_url().partition('://')[2]}",
        counts=standing != certificates.REVOKED,
    )


def files(award: Award) -> list[tuple[str, str, str, str]]:
    """(address, name of the file, what it is, for what it is good)."""
    base = base_url()
    name = stem(Edition(award.badge.slug, award.version, award.level))
    return [
        (identifiers.baked_png(base, award.key), f"{name}.png", _("The pin, with the badge inside (PNG)"),
         _("A picture like any other. The signed badge is written into the file, so whoever gets the picture can check it.")),
        (identifiers.baked_svg(base, award.key), f"{name}.svg", _("The same to print large (SVG)"),
         _("A drawing that stays sharp at any size, with the badge inside too.")),
        (identifiers.credential(base, award.key), f"{name}.json", _("The signed badge itself (JSON)"),
         _("A small file in the open standard for badges, Open Badges 3.0. Wallets and other badge sites take it, and whoever has"
           " our public key can check it.")),
        (identifiers.credential_jwt(base, award.key), f"{name}.jwt", _("The signed badge as one line (JWT)"),
         _("The same badge in the form that some programs ask for.")),
        (identifiers.assertion(base, award.key), f"{name}-2.0.json", _("For older sites (Open Badges 2.0)"),
         _("Some sites know only the older standard. It is good as long as this site is there to be asked.")),
    ]  # fmt: skip


def stem(edition: Edition) -> str:
    """How the files of an award are called before the point, whichever way they are saved."""
    return edition.slug if edition.level is None else f"{edition.slug}-{edition.level}"


def embed(award: Award) -> str:
    """For somebody's own page: picture and link, every part escaped for HTML."""
    base = base_url()
    alt = _("%(badge)s, a badge of %(house)s", badge=award.badge.name, house=house())
    markup = Markup('<a href="{page}"><img src="{picture}" width="{px}" height="{px}" alt="{alt}"></a>')
    picture = identifiers.baked_png(base, award.key)
    return str(markup.format(page=identifiers.award_page(base, award.key), picture=picture, px=EMBED_PX, alt=alt))


def linkedin(award: Award) -> str:
    """Their documented address for adding a certificate to one's profile; nothing of theirs is loaded here."""
    given, ends = award.awarded_at, award.expires_at
    told = {
        "startTask": "CERTIFICATION_NAME",
        "name": award.badge.name if award.level is None else f"{award.badge.name}, {words.level_words(award.level)}",
        "organizationName": house(),
        "issueYear": given.year,
        "issueMonth": given.month,
        **({"expirationYear": ends.year, "expirationMonth": ends.month} if ends is not None else {}),
        "certUrl": identifiers.award_page(base_url(), award.key),
        "certId": award.key,
    }
    return "https://www.linkedin.com/profile/add?" + urlencode(told)


def qr(address: str, css_class: str) -> Markup:
    """Our own drawing, so it needs no further look; by its name those know it who hear the page."""
    name = _("A square code for cameras: it leads to %(address)s", address=address)
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(border=2, omitsize=True, svgclass=css_class, lineclass=None, title=name)
    return Markup(drawn)  # noqa: S704


def house() -> str:
    """Who gives the badges, by the name that stands in them."""
    name: str = current_app.extensions["settings"].site_name
    return name


def base_url() -> str:
    base: str = current_app.extensions["settings"].base_url
    return base
