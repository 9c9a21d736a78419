"""The old portal's figures on the council's page."""

from pathlib import Path
from typing import Any

import pytest

from recognition import clock
from recognition.activities.reconciling import services
from tests.factories.identity import make_member
from tests.factories.portal import write_portal
from tests.identity.pages import words

PATH = "/council/reconciliation"


@pytest.mark.parametrize(("roles", "status"), [((), 403), (("reviewer",), 403), (("council",), 200), (("admin",), 200)])
def test_who_may_read_it(client: Any, db: Any, sign_in: Any, roles: tuple[str, ...], status: int) -> None:
    assert client.get(PATH).status_code == 302
    sign_in(client, make_member("bea", roles=roles))
    assert client.get(PATH).status_code == status
    assert client.get(f"{PATH}/sheet.csv").status_code == (403 if status == 403 else 404)


def test_before_and_after_counting(client: Any, db: Any, sign_in: Any, tmp_path: Path, count_queries: Any) -> None:
    sign_in(client, make_member("amina", roles=("council",)))
    assert "Nothing has been counted yet" in client.get(PATH).text
    services.keep(services.reconcile(write_portal(tmp_path), "reps-events"), clock.utcnow())
    db.session.commit()
    with count_queries() as seen:
        page = client.get(PATH)
    assert len(seen) <= 8
    assert page.headers["Cache-Control"] == "private, no-store"
    said = words(page.text)
    assert "7 Activities that are not here: the import has not brought them" in said
    assert "People on the roll 3 of 6 agree People of the roll who are not here Figure" in said
    assert "Agrees rows 5 5 0 no on the roll of April 2020 4 4 0 no" in said
    assert "The ten longest records 0 of 4 agree" in said
    assert "place 1 4 4 – no" in said
    assert "p-1" not in page.text
    sheet = client.get(f"{PATH}/sheet.csv")
    assert sheet.mimetype == "text/csv"
    assert "members,rows,5,5,0,no,People of the roll who are not here" in sheet.text.splitlines()
