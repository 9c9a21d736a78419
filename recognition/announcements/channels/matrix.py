"""A Matrix room. The number of a transaction makes a repeated message the same one, so nothing has to be looked for."""

import re
from urllib.parse import quote

from recognition.announcements.channels.piece import Adapter, Piece, Place, ask, check, read
from recognition.openbadges.fetching import Client

_EVENT = re.compile(r"\$[\x21-\x7e]{1,254}")


def send(place: Place, piece: Piece, client: Client) -> str:
    """One transaction, whatever the text is by now: a message that may be there already gets none beside it."""
    return _put(place, piece, client, _content(piece), 0)


def change(place: Place, piece: Piece, url: str, client: Client) -> str:
    """An edit names the message that it takes the place of; where its name never came back, the room is told it once more."""
    stands_at = url or send(place, piece, client)
    event = "$" + stands_at.partition("/$")[2]
    new = _content(piece)
    edit = {**new, "body": f"* {new['body']}", "m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": event}}
    if _EVENT.fullmatch(event):
        _put(place, piece, client, edit, piece.edition)
    return stands_at


def _put(place: Place, piece: Piece, client: Client, content: dict[str, object], edition: int) -> str:
    room = place.config["room"]
    base = place.config["address"].rstrip("/")
    transaction = f"{piece.key}-{edition}"
    path = f"{base}/_matrix/client/v3/rooms/{quote(room, safe='')}/send/m.room.message/{transaction}"
    answer = ask(client, "PUT", path, {"Authorization": f"Bearer {place.secret}"}, content)
    check(answer)
    event = read(answer).get("event_id")
    is_one = isinstance(event, str) and _EVENT.fullmatch(event) is not None
    return f"https://matrix.to/#/{quote(room, safe='!:')}/{event}" if is_one else ""


def _content(piece: Piece) -> dict[str, object]:
    return {
        "msgtype": "m.text", "body": f"{piece.title}\n\n{piece.markdown}\n\n{piece.url}",
        "format": "org.matrix.custom.html",
        "formatted_body": f'<h3><a href="{_escaped(piece.url)}">{_escaped(piece.title)}</a></h3>{piece.html}',
    }  # fmt: skip


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


ADAPTER = Adapter("matrix", ("address", "room"), send, None, change, knows_repeats=True)
