"""Settings from the environment, checked once at start; every fault is reported at the same time."""

import hashlib
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from recognition.openbadges import keyfile
from recognition.openbadges.keys import KeySet

PREFIX = "RECOGNITION_"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
BASE_URL, KEPT_BASE_URL = "http://127.0.0.1:8000", "base-url"
MIN_SECRET_CHARS = 32
SITE_NAME_MAX_CHARS = 80
VOUCH_LEVELS = (1, 3, 10)
"""From how many vouches on a member is said to be vouched for by somebody, by several, by many."""
PLAN_DAYS_MAX = 90
SOCKET_PATH_MAX_BYTES = 100
MAIL_ADDRESS = re.compile(r"[\w.+-]+@[A-Za-z0-9.-]+", re.ASCII)
PACKAGE_DIR = Path(__file__).parent
KNOWN = {
    "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "MEDIA_URL", "OIDC_ISSUER", "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET", "MAIL_URL", "SIGNING_KEY_FILE", "SIGNING_KEY", "SITE_NAME", "DEMO", "STATE_DIR", "PROXIES",
    "VOUCH_LEVELS", "REAL_DATA", "NEWS_DIR", "PLAN_DAYS",
}  # fmt: skip


@dataclass(frozen=True)
class MailServer:
    """`encrypted` from the first byte; otherwise as soon as the server offers it. No password: none is asked for."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str = field(repr=False)
    sender: str


class SettingsError(Exception):
    """All faults found, one a line, in words for the person who runs the installation."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("Recognition cannot start with these settings:\n" + "\n".join(f"  - {f}" for f in faults))


@dataclass(frozen=True)
class Settings:
    """DESIGN 5.6. Nothing set means: the demo on this machine, with SQLite and the embedded Valkey."""

    state_dir: Path
    database_url: str
    redis_url: str
    embedded_redis: bool
    secret_key: str = field(repr=False)
    base_url: str
    media_url: str
    demo: bool
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    mail: MailServer | None = None
    signing_key_file: str | None = None
    signing_key: str | None = field(default=None, repr=False)
    site_name: str = "Recognition"
    vouch_levels: tuple[int, ...] = VOUCH_LEVELS
    news_dir: Path | None = None
    plan_days: int = 7
    proxies: int = 0
    testing: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ, demo_unasked: bool = True) -> "Settings":
        """Raises SettingsError naming every fault. Makes and keeps a secret for a loopback installation only.
        `demo_unasked` False: a server that may listen anywhere, where the demo must be asked for by name."""
        given = {k.removeprefix(PREFIX): v.strip() for k, v in env.items() if k.startswith(PREFIX) and v.strip()}
        state_dir = Path(given.get("STATE_DIR", "instance")).resolve()
        base_url = (given.get("BASE_URL") or _kept_base_url(state_dir)).rstrip("/")
        local = _split(base_url).hostname in LOOPBACK
        demo = _flag(given.get("DEMO"), default=demo_unasked and local and "OIDC_ISSUER" not in given)
        faults = _faults(given, base_url, local, demo)
        if faults:
            raise SettingsError(faults)
        return cls(
            state_dir=state_dir,
            database_url=_with_driver(given.get("DATABASE_URL", f"sqlite:///{state_dir / 'recognition.db'}")),
            redis_url=given.get("REDIS_URL", f"unix://{_socket_path(state_dir)}"),
            embedded_redis="REDIS_URL" not in given,
            secret_key=given.get("SECRET_KEY") or _kept_secret(state_dir),
            base_url=base_url,
            media_url=given.get("MEDIA_URL", f"file://{state_dir / 'media'}"),
            demo=bool(demo),
            oidc_issuer=given.get("OIDC_ISSUER"),
            oidc_client_id=given.get("OIDC_CLIENT_ID"),
            oidc_client_secret=given.get("OIDC_CLIENT_SECRET"),
            mail=_mail_server(given["MAIL_URL"], base_url)[0] if "MAIL_URL" in given else None,
            signing_key_file=given.get("SIGNING_KEY_FILE"),
            signing_key=given.get("SIGNING_KEY"),
            site_name=given.get("SITE_NAME", "Recognition"),
            news_dir=Path(given["NEWS_DIR"]) if "NEWS_DIR" in given else None,
            plan_days=int(given.get("PLAN_DAYS", "7")),
            vouch_levels=_levels(given.get("VOUCH_LEVELS", "")) or VOUCH_LEVELS,
            proxies=int(given.get("PROXIES", "0")),
        )

    def keep_base_url(self) -> None:
        """For the other commands on this state folder, where no address is set. On this machine only."""
        if _split(self.base_url).hostname in LOOPBACK:
            (self.state_dir / KEPT_BASE_URL).write_text(self.base_url)

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @cached_property
    def signing_keys(self) -> KeySet:
        """What badges are signed with: read when something is signed, so that nothing else holds it. Raises BadKeys."""
        if self.signing_key is None and self.signing_key_file is None:
            return keyfile.kept(self.state_dir / "signing-keys.json")
        return keyfile.given(self.signing_key, Path(self.signing_key_file or ""))

    @property
    def email(self) -> str:
        """Where the keepers of the site are reached: whom our mails are from."""
        return self.mail.sender if self.mail is not None else _own_address(self.base_url)

    @property
    def template_dir(self) -> Path:
        return data_dir("templates")

    @property
    def static_dir(self) -> Path:
        return data_dir("static")

    @property
    def migrations_dir(self) -> Path:
        return data_dir("migrations")

    def flask_config(self) -> dict[str, object]:
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_NAME": "__Host-recognition" if self.secure else "recognition",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SECURE": self.secure,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": self.secure,
            "TESTING": self.testing,
            "PROPAGATE_EXCEPTIONS": False,
        }


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def data_dir(name: str) -> Path:
    """Templates, static files and migrations stand beside the package in a checkout and inside it in a wheel."""
    inside = PACKAGE_DIR / "_data" / name
    return inside if inside.is_dir() else PACKAGE_DIR.parent / name


def _faults(given: Mapping[str, str], base_url: str, local: bool, demo: bool | None) -> list[str]:
    faults = [f"{PREFIX}{name} is not a setting we know; is it misspelled?" for name in sorted(set(given) - KNOWN)
              if not name.startswith("TEST_")]  # fmt: skip
    url = _split(base_url)
    plain = url.geturl() == f"{url.scheme}://{url.netloc}" and "@" not in url.netloc
    if url.scheme not in {"http", "https"} or not url.hostname or not plain:
        faults.append(f"{PREFIX}BASE_URL must be a web address without a path, such as https://badges.example.org.")
    if demo is None:
        faults.append(f"{PREFIX}DEMO must be 1 or 0.")
    if demo and not local:
        faults.append(f"{PREFIX}DEMO lets anyone sign in as anyone, so it refuses a public address: set it to 0.")
    if not local and url.scheme != "https":
        faults.append(f"{PREFIX}BASE_URL must start with https:// on a public address.")
    if not local and "SECRET_KEY" not in given:
        faults.append(f"{PREFIX}SECRET_KEY is required on a public address.")
    if "SECRET_KEY" in given and len(given["SECRET_KEY"]) < MIN_SECRET_CHARS:
        faults.append(f"{PREFIX}SECRET_KEY must have at least {MIN_SECRET_CHARS} characters.")
    if len(name := given.get("SITE_NAME", "")) > SITE_NAME_MAX_CHARS or not name.isprintable():
        faults.append(f"{PREFIX}SITE_NAME must be a name of at most {SITE_NAME_MAX_CHARS} characters.")
    return faults + _value_faults(given) + _key_faults(given, local) + _address_faults(given, demo)


def _value_faults(given: Mapping[str, str]) -> list[str]:
    faults, days = [], given.get("PLAN_DAYS", "7")
    if given.get("PROXIES", "0") not in set("0123456789"):
        faults.append(f"{PREFIX}PROXIES must be how many proxies stand in front, from 0 to 9.")
    if not (days.isascii() and days.isdigit() and len(days) < 3 and 1 <= int(days) <= PLAN_DAYS_MAX):
        faults.append(f"{PREFIX}PLAN_DAYS must be a number of days from 1 to {PLAN_DAYS_MAX}.")
    if "VOUCH_LEVELS" in given and not _levels(given["VOUCH_LEVELS"]):
        faults.append(f"{PREFIX}VOUCH_LEVELS must be up to three rising numbers with commas between them, such as 1,3,10.")
    if "NEWS_DIR" in given and not Path(given["NEWS_DIR"]).is_absolute():
        faults.append(f"{PREFIX}NEWS_DIR must be the whole path of a directory, such as /srv/recognition/news.")
    return faults


def _levels(text: str) -> tuple[int, ...]:
    """Empty for what is none."""
    parts = [part.strip() for part in text.split(",")]
    if not 1 <= len(parts) <= len(VOUCH_LEVELS) or not all(re.fullmatch("[1-9][0-9]{0,3}", part) for part in parts):
        return ()
    levels = tuple(map(int, parts))
    return levels if list(levels) == sorted(set(levels)) else ()


def _key_faults(given: Mapping[str, str], local: bool) -> list[str]:
    """All that is wrong with what badges are to be signed with."""
    named = [name for name in ("SIGNING_KEY_FILE", "SIGNING_KEY") if name in given]
    if len(named) > 1:
        return [f"{PREFIX}SIGNING_KEY_FILE and {PREFIX}SIGNING_KEY are two keys: leave one of them out."]
    if not named:
        made = f"`recognition keys make FILE` makes a key file; name it in {PREFIX}SIGNING_KEY_FILE."
        return [] if local else [f"{PREFIX}SIGNING_KEY_FILE or {PREFIX}SIGNING_KEY is required on a public address. {made}"]
    wrong = keyfile.faults(given.get("SIGNING_KEY"), Path(given.get("SIGNING_KEY_FILE", "")))
    return [f"{PREFIX}{named[0]} cannot be used: {one}." for one in wrong]


def _address_faults(given: Mapping[str, str], demo: bool | None) -> list[str]:
    faults = []
    schemes = {
        "DATABASE_URL": ("sqlite", "postgresql", "postgres", "postgresql+psycopg"),
        "REDIS_URL": ("redis", "rediss", "unix"),
        "MEDIA_URL": ("file",),
        "OIDC_ISSUER": ("https", "http"),
    }
    for name, allowed in schemes.items():
        if name in given and given[name].partition(":")[0].lower() not in allowed:
            faults.append(f"{PREFIX}{name} must start with {' or '.join(a + ':' for a in allowed)}")
    if "MAIL_URL" in given:
        faults += _mail_server(given["MAIL_URL"], "")[1]
    issuer = _split(given.get("OIDC_ISSUER", ""))
    if "OIDC_ISSUER" in given and not issuer.hostname:
        faults.append(f"{PREFIX}OIDC_ISSUER must be a web address.")
    if issuer.scheme == "http" and issuer.hostname not in LOOPBACK:
        faults.append(f"{PREFIX}OIDC_ISSUER must use https.")
    if "OIDC_ISSUER" in given and not {"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"} <= set(given):
        faults.append(f"{PREFIX}OIDC_ISSUER needs {PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET.")
    if demo is False and "OIDC_ISSUER" not in given:
        faults.append(f"{PREFIX}OIDC_ISSUER is required when {PREFIX}DEMO is off: nobody could sign in.")
    return faults


def _mail_server(url: str, base_url: str) -> tuple[MailServer, list[str]]:
    """And what is wrong with it. `smtp://` or `smtps://`, user and password or neither, and `?from=` the sender."""
    parts, name, faults = _split(url), f"{PREFIX}MAIL_URL", []
    asked = parse_qs(parts.query, keep_blank_values=True)
    sender = asked.pop("from", [_own_address(base_url)])[-1]
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"} or parts.fragment:
        faults.append(f"{name} must look like smtp://user:password@mail.example.org:587 or smtps://…")
    if bool(parts.username) != bool(parts.password):
        faults.append(f"{name} must name a user and a password, or neither.")
    if asked or not MAIL_ADDRESS.fullmatch(sender):
        faults.append(f"{name} may end in ?from= and one address, and nothing else.")
    encrypted = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname or "", parts.port or (465 if encrypted else 587), encrypted, user, password, sender), faults


def _own_address(base_url: str) -> str:
    home = _split(base_url).hostname
    return f"recognition@{home if home and home not in LOOPBACK else 'localhost'}"


def _split(url: str) -> SplitResult:
    """An empty result for what is no address at all."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return urlsplit("")
    return parts


def _flag(text: str | None, default: bool) -> bool | None:
    """None stands for a text that is neither yes nor no."""
    if text is None:
        return default
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower())


def _with_driver(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _socket_path(state_dir: Path) -> Path:
    """A unix socket's path has at most 107 bytes, so a deep clone gets a short folder of its own."""
    path = state_dir / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_MAX_BYTES:
        return path
    short = hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"recognition-{os.getuid()}-{short}" / "valkey.sock"


def _kept_base_url(state_dir: Path) -> str:
    """Under which `recognition run` last ran: what was signed then names it."""
    try:
        kept = (state_dir / KEPT_BASE_URL).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return BASE_URL
    url = _split(kept)
    return kept if url.hostname in LOOPBACK and kept == f"http://{url.netloc}" else BASE_URL


def _kept_secret(state_dir: Path) -> str:
    """Made whole before it gets its name: of several processes that start at once all read the same one. A file that a
    full disk left empty is no secret."""
    path = state_dir / "secret-key"
    if kept := _secret_in(path):
        return kept
    state_dir.mkdir(parents=True, exist_ok=True)
    fresh = state_dir / f"secret-key.{secrets.token_hex(8)}"
    try:
        with open(fresh, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
        path.hardlink_to(fresh)
    except FileExistsError:
        if not _secret_in(path):
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return _secret_in(path)


def _secret_in(path: Path) -> str:
    """Empty where there is none."""
    try:
        kept = path.read_text().strip()
    except FileNotFoundError:
        return ""
    return kept if len(kept) >= MIN_SECRET_CHARS else ""
