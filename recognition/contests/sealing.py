"""What a merge did to ballots, kept so that only an open round's salt opens it: the close wipes the salt, and then nobody can
tell any more whose ballot is whose."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet
from flask import current_app

from recognition.identity.services.differences import Difference


def seal(salt: str, differences: list[Difference]) -> str:
    return _box(salt).encrypt(json.dumps(differences).encode()).decode()


def unseal(salt: str, sealed: str) -> list[Difference]:
    found: list[Difference] = json.loads(_box(salt).decrypt(sealed.encode()))
    return found


def _box(salt: str) -> Fernet:
    if not salt:
        raise ValueError("the round has no salt: it is not open")
    secret = current_app.extensions["settings"].secret_key.encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"contests:merge:" + secret + salt.encode()).digest()))
