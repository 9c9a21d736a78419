"""What a picture may be, and what is said about one that may not."""

from flask_babel import gettext as _

MAX_BYTES = 10 * 1024 * 1024
FILES_EACH, BYTES_EACH = 400, 400 * 1024 * 1024
"""What one person may keep here. Whoever takes part in a contest each month and brings every badge they can needs half of it."""
PORTRAIT, WHOLE, PIN = "portrait", "whole", "pin"
"""Shapes: cropped to a square for faces; never cropped, for what people made; small and never cropped, for badges."""


class BadPicture(Exception):
    """Its text is a sentence for the person who sent the file; `status` is how a page answers."""

    status = 422


class NoRoom(BadPicture):
    """The disk is full. That is not the sender's doing, and may be over in a while."""

    status = 507


def sentence(reason: str) -> str:
    """For the reasons of `images.py`, and "size", "empty", "slow", "many" and "full"."""
    sentences = {
        "empty": _("The file is empty. Nothing was stored."),
        "size": _("The file is larger than 10 MB. Make it smaller and send it again."),
        "kind": _("We take PNG, JPEG, GIF and WebP pictures. This file is something else, whatever its name says."),
        "broken": _("The file is damaged or was not sent whole. Open it on your side, save it again and send that."),
        "pixels": _("The picture has more than 40 million pixels. Make it smaller and send it again."),
        "frames": _("The animation has more than 300 pictures. Choose one of them and send that."),
        "heavy": _("The picture needs too much memory to open. Save it as a plain JPEG or PNG and send that."),
        "slow": _("The picture takes too long to open. Save it as a plain JPEG or PNG and send that."),
        "many": _("You keep as many pictures here as one person can. Take one of your older ones away first."),
        "full": _("There is no room for pictures at the moment. Nothing of yours was lost; please try again in a while."),
    }  # fmt: skip
    return sentences.get(reason, sentences["broken"])
