"""What other sides gave us to prove who we are. It is kept encrypted with a key made of the installation's own secret, so
that a copy of the database opens no door, and no page ever shows it."""

from cryptography.fernet import Fernet, InvalidToken

from recognition.web.secrets import derived


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """Empty where there is none, or where the installation's secret is another one by now."""
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def _box() -> Fernet:
    return Fernet(derived("channel", "sealed", 1) + "=")
