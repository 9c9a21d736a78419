"""Programs that members have let in."""

from recognition import clock
from recognition.extensions import db
from recognition.identity.models import Member
from recognition.identity.oauth import services
from recognition.identity.oauth.models import OAuthClient
from recognition.identity.oauth.registration import read
from recognition.identity.oauth.scopes import SCOPES

HOME = "https://wallet.example/back"


def make_client(name: str = "Wallet") -> OAuthClient:
    said = read({"client_name": name, "redirect_uris": [HOME], "token_endpoint_auth_method": "none"}, "http://localhost")
    return services.register(said, clock.utcnow())[0]


def make_token(member: Member, *scopes: str) -> dict[str, str]:
    """The header by which a program calls that may do all, or these things. Commits."""
    now, may = clock.utcnow(), list(scopes or SCOPES)
    asked = {"scopes": may, "redirect_uri": HOME, "code_challenge": "x" * 43}
    consent = services.allow(make_client(), member, services.secret(), asked, now)
    consent.code_used_at, text = now, services.secret()
    services.keep_tokens(consent, {"access_token": text, "scope": " ".join(may)}, now)
    db.session.commit()
    return {"Authorization": f"Bearer {text}"}
