import pytest
import sqlalchemy as sa
from authlib.integrations.requests_client import OAuth2Session
from playwright.sync_api import Page, expect
from redis import Redis

from tests.servers.browser import ConsoleErrors, axe
from tests.servers.oidc import OidcProvider
from tests.servers.postgres import NewDatabase

CALLBACK = "http://127.0.0.1:1/callback"


def test_postgres_copies_a_database(new_database: NewDatabase) -> None:
    first = new_database()
    engine = sa.create_engine(first, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION pg_trgm")
        connection.exec_driver_sql("CREATE TABLE note AS SELECT 'kept' AS text")
    with sa.create_engine(new_database(first), poolclass=sa.NullPool).connect() as connection:
        assert connection.exec_driver_sql("SELECT text FROM note").scalar() == "kept"
        assert connection.exec_driver_sql("SHOW server_version_num").scalar() >= "150000"


def test_valkey_keeps_what_it_is_told(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.set("word", "kept")
        assert redis.get("word") == b"kept"
        assert redis.config_get("appendonly") == {"appendonly": "yes"}
        assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_the_provider_signs_somebody_in(oidc_provider: OidcProvider, page: Page, console_errors: ConsoleErrors) -> None:
    oidc_provider.register(CALLBACK, "http://127.0.0.1:1/")
    with OAuth2Session(
        oidc_provider.client_id,
        oidc_provider.client_secret,
        scope="openid email",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
    ) as client:
        address, _state = client.create_authorization_url(f"{oidc_provider.issuer}/auth", code_verifier="v" * 48, nonce="once")
        page.goto(address)
        axe(page)
        with page.expect_request(f"{CALLBACK}?*") as asked:
            oidc_provider.sign_in(page, "bob")
        client.fetch_token(f"{oidc_provider.issuer}/token", authorization_response=asked.value.url, code_verifier="v" * 48)
        claims = client.get(f"{oidc_provider.issuer}/me").json()
    assert claims == {"sub": "bob", "email": "bob@people.example", "email_verified": False}
    console_errors.allow("chrome-error")


def test_the_provider_refuses_an_unknown_site(oidc_provider: OidcProvider, page: Page, console_errors: ConsoleErrors) -> None:
    console_errors.allow("status of 400")
    page.goto(
        f"{oidc_provider.issuer}/auth?client_id={oidc_provider.client_id}&response_type=code&scope=openid"
        "&redirect_uri=http://evil.example/"
    )
    expect(page.locator("body")).to_contain_text("invalid_redirect_uri")


def test_console_errors_are_collected(page: Page, console_errors: ConsoleErrors) -> None:
    page.set_content("<title>x</title>")
    page.evaluate("console.error('on purpose'); setTimeout(() => { throw new Error('thrown') })")
    page.evaluate("new Promise(done => setTimeout(done))")
    assert [error.split(" (")[0] for error in console_errors.unexpected()] == ["on purpose", "thrown"]
    console_errors.allow("on purpose")
    console_errors.allow("thrown")


def test_axe_finds_a_grave_fault(page: Page) -> None:
    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"></main></html>')
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
