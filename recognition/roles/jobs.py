"""Background work on roles."""

from recognition import clock
from recognition.extensions import db
from recognition.jobs import ledger
from recognition.roles import services


def look() -> None:
    services.look(clock.utcnow())


def tell_holders(version_id: int, after: int = 0) -> None:
    following = services.tell_holders(version_id, after, clock.utcnow())
    if following is not None:
        key = f"roles.tell_holders:{version_id}:{following}"
        ledger.defer("roles.tell_holders", dedupe_key=key, version_id=version_id, after=following)
    db.session.flush()
