"""Whatever is sent, the answer is a page, a way back or a refusal in the right shape; never a surprise."""

from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recognition.identity.models import Member
from tests.identity.oauth.program import HOME, VERIFIER, Program

some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ODD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
SENT = ("grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "refresh_token", "scope", "token")


def forget_limits(client: FlaskClient) -> None:
    limits: Any = client.application.extensions["limits"]
    limits.forget()


@some
@given(st.dictionaries(st.sampled_from(ASKED), ODD, max_size=2))
def test_no_question_leads_anywhere_but_to_the_program(
    client: FlaskClient, ada: Member, wallet: Program, changes: dict[str, Any]
) -> None:
    forget_limits(client)
    page = client.get(wallet.asking(**changes))
    assert page.location is None
    assert page.status_code in ((200,) if set(changes) <= {"state"} else (200, 400))


@some
@given(
    st.dictionaries(st.sampled_from(SENT), ODD, max_size=3),
    st.none() | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
)
def test_no_request_for_tokens_is_a_surprise(client: FlaskClient, wallet: Program, changes: dict[str, str], header: Any) -> None:
    forget_limits(client)
    form = {
        "grant_type": "authorization_code",
        "code": "x",
        "redirect_uri": HOME,
        "code_verifier": VERIFIER,
    }
    headers = {} if header is None else {"Authorization": f"Basic {header}"}
    for address in ("/oauth/token", "/oauth/revoke"):
        answer = client.post(address, data=form | {"client_id": wallet.client_id} | changes, headers=headers)
        assert answer.status_code in (200, 400, 401)
        assert answer.status_code != 200 or address == "/oauth/revoke"
        assert "error" in answer.get_json() or answer.status_code == 200
