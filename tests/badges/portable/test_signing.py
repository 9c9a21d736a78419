"""Awards become signed documents: once each, in any number of processes, killed at any moment."""

import json
from typing import Any

from recognition.badges import jobs
from recognition.badges.portable import signing
from tests.factories.credentials import check_proof, document, earned


def test_an_award_becomes_a_signed_credential(db: Any) -> None:
    award = earned(visibility="public")
    assert (award.sign_due, signing.waits()) == (True, True)
    assert jobs.sign() == 1
    made = document(award)
    print(json.dumps(made, indent=1))
    check_proof(made)
    assert signing.waits() is False
