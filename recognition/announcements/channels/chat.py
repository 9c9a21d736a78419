"""A chat that takes JSON with a `text` at a secret address, as many do. It tells nothing back: what may have arrived stays
unsure until a person has looked there."""

from recognition.announcements.channels.piece import Adapter, Piece, Place, ask, check
from recognition.openbadges.fetching import Client

TEXT_MAX_CHARS = 3000


def send(place: Place, piece: Piece, client: Client) -> str:
    told = piece.markdown if len(piece.markdown) <= TEXT_MAX_CHARS else piece.markdown[:TEXT_MAX_CHARS].rstrip() + " …"
    check(ask(client, "POST", place.secret, {}, {"text": f"{piece.title}\n\n{told}\n\n{piece.url}"}))
    return ""


ADAPTER = Adapter("chat", (), send)
