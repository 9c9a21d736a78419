"""What the forum told of somebody, who has not said yet whether it is to stand in their record."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from recognition.activities.sources import discourse
from recognition.activities.sources.seen import Doer, Seen, key_of
from recognition.extensions import db
from recognition.inlets.models import Inlet, LinkedAccount
from recognition.inlets.rules import fold
from recognition.inlets.services.seeing import take

HOST, KEY, WHO, KEEPER = "forum.hall.example", "demo-forum", "noor", "amina"
POSTS = (
    (1, "Where do I begin?", "Start with whatever made you come here. The first quest takes ten minutes; I did it on the bus."),
    (3, "Chairs for Thursday", "I counted: we have forty, and six of them wobble. I can bring a screwdriver."),
    (4, "Words for “commons”", "In our language we say “what stands in the middle”. Perhaps that helps you find yours."),
    (9, "Notes from the call", "Here is what I wrote down. Please mend what I got wrong."),
)
"""(days ago, topic, words)"""


def leave(ids: Mapping[str, int], now: datetime) -> None:
    """Once, also where the demo is loaded again."""
    if WHO not in ids or db.session.scalar(sa.select(Inlet.id).where(Inlet.key == KEY)) is not None:
        return
    inlet = Inlet(key=KEY, source=discourse.NAME, name="The forum", config={"url": f"https://{HOST}"}, state="on",
                  made_by_id=ids.get(KEEPER), made_at=now, heard_at=now, secret_number=1, failures=0, error="")  # fmt: skip
    account = LinkedAccount(member_id=ids[WHO], source=discourse.NAME, place=HOST, name=WHO,
                            folded=fold(HOST, WHO, discourse.NAME), token=KEY, proof="page",
                            mode="ask", asked_at=now, proven_at=now)  # fmt: skip
    db.session.add_all([inlet, account])
    db.session.flush()
    take(inlet, discourse.NAME, [_post(number, *post, now) for number, post in enumerate(POSTS, 2)], now)


def _post(number: int, days_ago: int, topic: str, words: str, now: datetime) -> Seen:
    at = now - timedelta(days=days_ago, hours=number)
    return Seen(Doer(HOST, WHO), key_of(HOST, "post", number), at, at, "Forum post", f"{topic}\n\n{words}",
                f"https://{HOST}/t/-/{number}/{number}")  # fmt: skip
