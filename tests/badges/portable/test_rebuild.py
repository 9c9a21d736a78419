"""What a document says and is true no longer is found, also where nobody marked it; and signed anew."""

from typing import Any

import pytest
import sqlalchemy as sa

from recognition.activities.models import Activity
from recognition.badges import jobs
from recognition.badges.portable import rebuild
from recognition.identity.models import Account
from tests.factories.credentials import NOW, document, issued


@pytest.mark.parametrize(("table", "change", "wrong"), [
    (Activity, {"visibility": "members"}, "shows a deed that is not open to everybody"),
    (Activity, {"withdrawn_at": NOW}, "shows a deed that is not open to everybody"),
    (Account, {"email": "ada@new.example"}, "lacks an address of its holder"),
])  # fmt: skip
def test_what_changed_and_left_no_mark_is_found_and_mended(db: Any, table: Any, change: dict[str, Any], wrong: str) -> None:
    award = issued(visibility="public")
    assert list(rebuild.check()) == []
    before = document(award)
    kind = (Activity.kind == "talk",) if table is Activity else ()
    db.session.execute(sa.update(table).where(*kind).values(change))
    db.session.commit()
    assert list(rebuild.check()) == [{"award": award.key, "wrong": wrong}]
    assert rebuild.rebuild()["credentials_to_sign"] == 1
    db.session.commit()
    jobs.sign()
    assert list(rebuild.check()) == []
    assert {name for name in before if document(award).get(name) != before[name]} == {
        "proof", "evidence" if table is Activity else "credentialSubject"
    }  # fmt: skip


def test_an_address_that_nobody_verifies_any_more_is_no_fault(db: Any) -> None:
    issued()
    db.session.execute(sa.update(Account).values(email_verified=False))
    db.session.commit()
    assert list(rebuild.check()) == []
