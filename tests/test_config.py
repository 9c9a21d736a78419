"""Settings: every fault at once, a demo that never stands on a public address, a secret that only its owner reads."""

import json
import os
import stat
import threading
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from recognition.config import MailServer, Settings, SettingsError, _socket_path
from recognition.openbadges import keyfile, keys

SECRET = "s" * 32
KEYS = json.dumps(keys.make())
KEY_IS_REQUIRED = (
    "RECOGNITION_SIGNING_KEY_FILE or RECOGNITION_SIGNING_KEY is required on a public address. "
    "`recognition keys make FILE` makes a key file; name it in RECOGNITION_SIGNING_KEY_FILE."
)
PUBLIC = {
    "RECOGNITION_BASE_URL": "https://badges.example.org", "RECOGNITION_SECRET_KEY": SECRET,
    "RECOGNITION_OIDC_ISSUER": "https://sso.example.org", "RECOGNITION_OIDC_CLIENT_ID": "badges",
    "RECOGNITION_OIDC_CLIENT_SECRET": "hush", "RECOGNITION_SIGNING_KEY": KEYS,
}  # fmt: skip


def read(tmp_path: Path, **env: str) -> Settings:
    given = {f"RECOGNITION_{name}": value for name, value in env.items()}
    return Settings.from_env({"RECOGNITION_STATE_DIR": str(tmp_path), **given})


def faults(tmp_path: Path, env: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"RECOGNITION_STATE_DIR": str(tmp_path), **env})
    return caught.value.faults


def test_nothing_set_means_a_demo_on_this_machine(tmp_path):
    settings = read(tmp_path)
    assert settings.demo is True
    assert settings.secure is False
    assert settings.embedded_redis is True
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{tmp_path / 'recognition.db'}"
    assert settings.redis_url == f"unix://{tmp_path / 'valkey.sock'}"
    assert settings.media_url == f"file://{tmp_path / 'media'}"


def test_the_address_of_the_last_run_is_known_until_another_is_set(tmp_path):
    """Or the other commands would not know the badges that were signed under it."""
    read(tmp_path, BASE_URL="http://127.0.0.1:9000/").keep_base_url()
    assert read(tmp_path).base_url == "http://127.0.0.1:9000"
    assert read(tmp_path, BASE_URL="http://localhost:8001").base_url == "http://localhost:8001"
    read(tmp_path, BASE_URL="http://localhost:8001").keep_base_url()
    assert read(tmp_path).base_url == "http://localhost:8001"
    Settings.from_env(PUBLIC | {"RECOGNITION_STATE_DIR": str(tmp_path)}).keep_base_url()
    assert read(tmp_path).base_url == "http://localhost:8001"


@pytest.mark.parametrize(
    "kept", [b"", b"https://badges.example.org", b"http://127.0.0.1:no", b"127.0.0.1:9000", b"\xff", b"http://localhost/x"]
)
def test_what_was_kept_and_is_no_address_of_this_machine_is_left_aside(tmp_path, kept):
    (tmp_path / "base-url").write_bytes(kept)
    assert read(tmp_path).base_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(("said", "proxies"), [("0", 0), ("", 0), ("2", 2)])
def test_proxies_are_counted(tmp_path, said, proxies):
    assert read(tmp_path, PROXIES=said).proxies == proxies


@pytest.mark.parametrize("said", ["yes", "-1", "12", "1.5", "\u00b2"])
def test_proxies_are_a_small_number(tmp_path, said):
    assert faults(tmp_path, {"RECOGNITION_PROXIES": said}) == [
        "RECOGNITION_PROXIES must be how many proxies stand in front, from 0 to 9."
    ]


def test_a_public_installation(tmp_path):
    here = {"RECOGNITION_STATE_DIR": str(tmp_path), "RECOGNITION_REDIS_URL": "redis://q/0"}
    settings = Settings.from_env(PUBLIC | here)
    assert (settings.demo, settings.secure, settings.embedded_redis) == (False, True, False)
    assert settings.secret_key == SECRET
    assert list(tmp_path.iterdir()) == []
    config = settings.flask_config()
    assert config["SESSION_COOKIE_NAME"] == "__Host-recognition"
    assert config["SESSION_COOKIE_SECURE"] is config["SESSION_COOKIE_HTTPONLY"] is True


def test_every_fault_is_told_at_once(tmp_path):
    told = faults(tmp_path, {
        "RECOGNITION_BASE_URL": "http://badges.example.org", "RECOGNITION_DEMO": "yes", "RECOGNITION_DATABSE_URL": "x",
        "RECOGNITION_DATABASE_URL": "mysql://db", "RECOGNITION_REDIS_URL": "http://q", "RECOGNITION_MEDIA_URL": "s3://m",
        "RECOGNITION_OIDC_ISSUER": "http://sso.example.org",
    })  # fmt: skip
    assert told == [
        "RECOGNITION_DATABSE_URL is not a setting we know; is it misspelled?",
        "RECOGNITION_DEMO lets anyone sign in as anyone, so it refuses a public address: set it to 0.",
        "RECOGNITION_BASE_URL must start with https:// on a public address.",
        "RECOGNITION_SECRET_KEY is required on a public address.",
        KEY_IS_REQUIRED,
        "RECOGNITION_DATABASE_URL must start with sqlite: or postgresql: or postgres: or postgresql+psycopg:",
        "RECOGNITION_REDIS_URL must start with redis: or rediss: or unix:",
        "RECOGNITION_MEDIA_URL must start with file:",
        "RECOGNITION_OIDC_ISSUER must use https.",
        "RECOGNITION_OIDC_ISSUER needs RECOGNITION_OIDC_CLIENT_ID and RECOGNITION_OIDC_CLIENT_SECRET.",
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"DEMO": "1"}, "refuses a public address"),
        ({"DEMO": "perhaps"}, "must be 1 or 0"),
        ({"SECRET_KEY": "short"}, "at least 32 characters"),
        ({"SECRET_KEY": ""}, "is required on a public address"),
        ({"BASE_URL": "https://badges.example.org/app"}, "web address without a path"),
        ({"BASE_URL": "badges.example.org"}, "web address without a path"),
        ({"BASE_URL": "https://[broken"}, "web address without a path"),
        ({"BASE_URL": "https://x:port"}, "web address without a path"),
        ({"BASE_URL": "https://badges.example.org?x=1"}, "web address without a path"),
        ({"BASE_URL": "https://ada:pw@badges.example.org"}, "web address without a path"),
        ({"OIDC_ISSUER": ""}, "nobody could sign in"),
        ({"OIDC_ISSUER": "https://["}, "OIDC_ISSUER"),
        ({"OIDC_CLIENT_ID": ""}, "needs RECOGNITION_OIDC_CLIENT_ID"),
    ],
)
def test_what_a_public_installation_must_not_be(tmp_path, changes, fault):
    env = PUBLIC | {f"RECOGNITION_{name}": value for name, value in changes.items()}
    told = faults(tmp_path, env)
    assert any(fault in sentence for sentence in told), told


@pytest.mark.parametrize("address", ["http://localhost:9000", "http://127.0.0.1", "http://[::1]:8000", "https://localhost"])
def test_addresses_of_this_machine(tmp_path, address):
    assert read(tmp_path, BASE_URL=address + "/").base_url == address
    assert read(tmp_path, BASE_URL=address).demo is True


@pytest.mark.parametrize("address", ["http://0.0.0.0:8000", "http://127.0.0.1.example.org", "http://192.168.1.2:8000"])
def test_addresses_that_only_look_like_it(tmp_path, address):
    assert any("https://" in told for told in faults(tmp_path, {"RECOGNITION_BASE_URL": address}))


def test_an_issuer_turns_the_demo_off(tmp_path):
    login = {"OIDC_ISSUER": "http://127.0.0.1:9000", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
    assert read(tmp_path, **login).demo is False
    assert read(tmp_path, **login, DEMO="true").demo is True


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_has_one_driver(tmp_path, given):
    assert read(tmp_path, DATABASE_URL=given).database_url == "postgresql+psycopg://u@h/d"


def test_the_secret_is_made_once_and_kept_for_its_owner(tmp_path):
    state = tmp_path / "new" / "state"
    first = read(state).secret_key
    kept = state / "secret-key"
    assert len(first) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert read(state).secret_key == first == kept.read_text()
    assert read(tmp_path / "other").secret_key != first


def test_an_empty_secret_file_is_not_a_secret(tmp_path):
    (tmp_path / "secret-key").write_text("\n")
    assert len(read(tmp_path).secret_key) >= 32


def test_secrets_are_not_printed(tmp_path):
    settings = Settings.from_env(PUBLIC | {"RECOGNITION_STATE_DIR": str(tmp_path)})
    assert SECRET not in repr(settings)
    assert "hush" not in repr(settings)


def test_a_deep_folder_gets_a_short_socket(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    found = _socket_path(deep)
    assert len(os.fsencode(found)) <= 100
    assert found == _socket_path(deep)
    assert found != _socket_path(deep / "f")


def test_words_of_the_error_name_each_fault(tmp_path):
    with pytest.raises(SettingsError, match=r"cannot start.*\n  - RECOGNITION_NOPE is not"):
        read(tmp_path, NOPE="1")


def test_settings_of_the_tests_are_no_misspelling(tmp_path):
    read(tmp_path, TEST_REDIS_URL="redis://q/0")


def test_programs_that_start_at_once_read_one_secret(tmp_path):
    start = threading.Barrier(8)

    def secret(_thread: int) -> str:
        start.wait(10)
        return read(tmp_path).secret_key

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(secret, range(8)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", MailServer("mail.example.org", 587, False, "", "", "recognition@localhost")),
        ("smtps://u%40x:p%2Fw@[::1]", MailServer("::1", 465, True, "u@x", "p/w", "recognition@localhost")),
        ("smtp://localhost:2525/?from=hall@a.org", MailServer("localhost", 2525, False, "", "", "hall@a.org")),
    ],
)
def test_a_mail_server_is_read_from_its_address(tmp_path, url, server):
    settings = read(tmp_path, MAIL_URL=url)
    assert settings.mail == server
    assert "p/w" not in repr(settings)
    assert read(tmp_path).mail is None


LOOK = "RECOGNITION_MAIL_URL must look like smtp://user:password@mail.example.org:587 or smtps://…"
FROM = "RECOGNITION_MAIL_URL may end in ?from= and one address, and nothing else."
BOTH = "RECOGNITION_MAIL_URL must name a user and a password, or neither."


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mail.example.org", [LOOK]),
        ("https://mail.example.org", [LOOK]),
        ("smtp://", [LOOK]),
        ("smtp://mail.example.org:port", [LOOK]),
        ("smtp://mail.example.org/folder", [LOOK]),
        ("smtp://ada@mail.example.org", [BOTH]),
        ("smtp://mail.example.org?from=nobody", [FROM]),
        ("smtp://mail.example.org?from=a@b.org%0d%0aBcc:c@d.org", [FROM]),
        ("smtp://mail.example.org?tls=no", [FROM]),
        ("smtp://:p@mail.example.org/x?from=", [LOOK, BOTH, FROM]),
    ],
)
def test_a_mail_server_that_cannot_be_one(tmp_path, url, told):
    assert faults(tmp_path, {"RECOGNITION_MAIL_URL": url}) == told


def test_a_public_house_writes_from_its_own_name(tmp_path):
    here = {"RECOGNITION_STATE_DIR": str(tmp_path), "RECOGNITION_MAIL_URL": "smtp://mail:25"}
    assert Settings.from_env(PUBLIC | here).mail.sender == "recognition@badges.example.org"


def without_key(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in PUBLIC.items() if name != "RECOGNITION_SIGNING_KEY"}
    return kept | {f"RECOGNITION_{name}": value for name, value in changes.items()}


def test_a_public_installation_signs_with_a_key_of_its_own(tmp_path):
    assert faults(tmp_path, without_key()) == [KEY_IS_REQUIRED]
    file = tmp_path / "signing.jwks"
    assert keyfile.create(file, json.loads(KEYS)) is True
    settings = Settings.from_env(without_key(SIGNING_KEY_FILE=str(file), STATE_DIR=str(tmp_path)))
    assert settings.signing_keys.ed25519.kid == json.loads(KEYS)["keys"][0]["kid"]


@pytest.mark.parametrize("mode", [0o644, 0o602, 0o620])
def test_a_key_that_others_can_read_or_change_is_refused_with_all_else(tmp_path, mode):
    file = tmp_path / "signing.jwks"
    spoilt = json.loads(KEYS)
    spoilt["keys"] = spoilt["keys"][:1]
    keyfile.create(file, spoilt)
    file.chmod(mode)
    told = faults(tmp_path, without_key(SIGNING_KEY_FILE=str(file), NOPE="1"))
    assert told == [
        "RECOGNITION_NOPE is not a setting we know; is it misspelled?",
        "RECOGNITION_SIGNING_KEY_FILE cannot be used: everybody on this machine can read or change it; chmod 600 mends that.",
        "RECOGNITION_SIGNING_KEY_FILE cannot be used: it holds no private RSA key.",
    ]


def test_a_key_for_the_group_of_the_worker_is_fine(tmp_path):
    file = tmp_path / "signing.jwks"
    keyfile.create(file, json.loads(KEYS))
    file.chmod(0o640)
    assert Settings.from_env(without_key(SIGNING_KEY_FILE=str(file), STATE_DIR=str(tmp_path))).signing_keys.public


@pytest.mark.parametrize(("key", "fault"), [("", "required"), ("{}", "no JWK Set"), ("?", "no JSON")])
def test_a_key_that_is_none(tmp_path, key, fault):
    assert [fault in told for told in faults(tmp_path, without_key(SIGNING_KEY=key))] == [True]


def test_a_weak_key_is_refused(tmp_path):
    weak = json.loads(KEYS)
    numbers = rsa.generate_private_key(65537, 1024).private_numbers()
    values = {"n": numbers.public_numbers.n, "e": numbers.public_numbers.e, "d": numbers.d, "p": numbers.p, "q": numbers.q,
              "dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}  # fmt: skip
    weak["keys"][1] = {"kty": "RSA"} | {
        name: urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8)).rstrip(b"=").decode()
        for name, value in values.items()
    }
    (told,) = faults(tmp_path, without_key(SIGNING_KEY=json.dumps(weak)))
    assert told == "RECOGNITION_SIGNING_KEY cannot be used: key 2: an RSA key of this size is not taken."


def test_one_key_only(tmp_path):
    both = PUBLIC | {"RECOGNITION_SIGNING_KEY_FILE": str(tmp_path / "other")}
    assert faults(tmp_path, both) == [
        "RECOGNITION_SIGNING_KEY_FILE and RECOGNITION_SIGNING_KEY are two keys: leave one of them out."
    ]


def test_a_key_file_that_is_not_there(tmp_path):
    (told,) = faults(tmp_path, {"RECOGNITION_SIGNING_KEY_FILE": str(tmp_path / "none")})
    assert told == ("RECOGNITION_SIGNING_KEY_FILE cannot be used: it is not there; `recognition keys make` makes one.")


def test_on_this_machine_a_key_is_made_when_it_is_needed_and_kept_for_its_owner(tmp_path):
    settings = read(tmp_path)
    kept = tmp_path / "signing-keys.json"
    assert kept.exists() is False
    first = settings.signing_keys.ed25519.kid
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert read(tmp_path).signing_keys.ed25519.kid == first
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("signing")] == ["signing-keys.json"]


def test_processes_that_sign_at_once_read_one_key(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        kids = set(pool.map(lambda _turn: read(tmp_path).signing_keys.ed25519.kid, range(4)))
    assert len(kids) == 1


def test_keys_are_not_printed(tmp_path):
    secret = json.loads(KEYS)["keys"][0]["d"]
    settings = Settings.from_env(PUBLIC | {"RECOGNITION_STATE_DIR": str(tmp_path)})
    settings.signing_keys  # noqa: B018  it is remembered from now on
    assert secret not in repr(settings)


@pytest.mark.parametrize("name", ["x" * 81, "two\nlines"])
def test_the_name_of_the_site(tmp_path, name):
    assert read(tmp_path).site_name == "Recognition"
    assert read(tmp_path, SITE_NAME="MDM Community").site_name == "MDM Community"
    assert faults(tmp_path, {"RECOGNITION_SITE_NAME": name}) == ["RECOGNITION_SITE_NAME must be a name of at most 80 characters."]


def test_where_the_keepers_are_reached(tmp_path):
    assert read(tmp_path).email == "recognition@localhost"
    assert Settings.from_env(PUBLIC | {"RECOGNITION_STATE_DIR": str(tmp_path)}).email == "recognition@badges.example.org"
    assert read(tmp_path, MAIL_URL="smtp://m.example.org?from=hall@example.org").email == "hall@example.org"
