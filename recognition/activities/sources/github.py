"""GitHub: commits, pull requests, issues, comments, reviews and releases, as its webhooks tell of them.

Headers: X-GitHub-Delivery, X-GitHub-Event, X-Hub-Signature-256. Private repositories are none of ours, nor is what bots do.
Where GitHub names no moment of a change, it counts from its arrival."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from recognition.activities.sources import fields, signed
from recognition.activities.sources.seen import MAIL, Doer, NotForUs, Seen, TooLarge, key_of

NAME = "github"
HOST = "github.com"
COMMITS_MAX = 2048
"""GitHub itself sends no push with more."""
TITLE_CHARS = 500


def delivery(headers: Mapping[str, str]) -> signed.Delivery:
    """Raises Unsigned and Malformed."""
    return signed.delivery(headers, "X-GitHub-Delivery", "X-GitHub-Event", "X-Hub-Signature-256")


def host(config: Mapping[str, Any]) -> str:
    return str(config.get("host") or HOST).lower()


def read(event: str, body: bytes, config: Mapping[str, Any], now: datetime) -> list[Seen]:
    """Raises Malformed, and NotForUs for what tells of no deed. `config["only"]`: owners, or owners with a repository
    ("someone/project"); empty means all."""
    given = fields.parsed(body)
    reader = _READERS.get(event)
    if reader is None:
        raise NotForUs(event)
    repository = fields.part(given, "repository")
    if repository.get("private") is not False:
        raise NotForUs("a private repository")
    _refuse_others(fields.name_in(repository, "full_name").lower(), config)
    return reader(given, config, now)


def _push(given: Mapping[str, Any], config: Mapping[str, Any], _now: datetime) -> list[Seen]:
    """What reached the branch that counts. What was merged there was written somewhere else before."""
    repository = fields.part(given, "repository")
    if fields.text(given, "ref") != f"refs/heads/{fields.text(repository, 'default_branch')}" or given.get("deleted"):
        raise NotForUs("another branch")
    commits = fields.parts(given, "commits")
    if len(commits) > COMMITS_MAX:
        raise TooLarge(f"More than {COMMITS_MAX} commits in one push.")
    found = [_commit(one, repository, config) for one in commits if one.get("distinct", True)]
    return [one for one in found if one is not None]


def _commit(given: Mapping[str, Any], repository: Mapping[str, Any], config: Mapping[str, Any]) -> Seen | None:
    author = fields.part(given, "author")
    login, address = fields.text(author, "username").strip(), fields.text(author, "email").strip()
    words = fields.text(given, "message").strip()
    if not (login or address) or login.endswith("[bot]") or words.startswith(("Merge pull request ", "Merge branch ")):
        return None
    at = fields.moment(given, "timestamp")
    doer = Doer(host(config), login) if login else Doer(MAIL, address)
    key = key_of(host(config), "commit", fields.name_in(given, "id").lower())
    return Seen(doer, key, at, at, "Code", _titled(words, repository), fields.text(given, "url") or None)


def _pull_request(given: Mapping[str, Any], config: Mapping[str, Any], _now: datetime) -> list[Seen]:
    _only(given, "opened", "edited", "reopened", "closed", "ready_for_review")
    return [_thing(given, "pull_request", "pull", "Pull request", config)]


def _issue(given: Mapping[str, Any], config: Mapping[str, Any], _now: datetime) -> list[Seen]:
    _only(given, "opened", "edited", "reopened", "closed", "deleted", "transferred")
    gone = fields.text(given, "action") in ("deleted", "transferred")
    return [_thing(given, "issue", "issue", "Reported an issue", config, gone)]


def _comment(given: Mapping[str, Any], config: Mapping[str, Any], _now: datetime) -> list[Seen]:
    _only(given, "created", "edited", "deleted")
    gone = fields.text(given, "action") == "deleted"
    about = fields.text(fields.part(given, "issue"), "title")
    return [_thing(given, "comment", "comment", "Comment on code or issues", config, gone, about)]


def _review(given: Mapping[str, Any], config: Mapping[str, Any], now: datetime) -> list[Seen]:
    _only(given, "submitted", "edited")
    review, request = fields.part(given, "review"), fields.part(given, "pull_request")
    at = fields.moment(review, "submitted_at")
    return [
        Seen(
            _doer(review, "user", config), key_of(host(config), "review", fields.number(review, "id")), at,
            version_at=now if fields.text(given, "action") == "edited" else at, kind_label="Code review",
            text=_titled(fields.text(request, "title"), fields.part(given, "repository")),
            url=fields.text(review, "html_url") or None,
        )
    ]  # fmt: skip


def _release(given: Mapping[str, Any], config: Mapping[str, Any], now: datetime) -> list[Seen]:
    _only(given, "published", "edited", "deleted", "unpublished")
    release, action = fields.part(given, "release"), fields.text(given, "action")
    at = fields.optional_moment(release, "published_at") or fields.moment(release, "created_at")
    title = fields.text(release, "name") or fields.text(release, "tag_name")
    newest = at if action == "published" else fields.optional_moment(release, "updated_at") or now
    return [
        Seen(
            _doer(release, "author", config), key_of(host(config), "release", fields.number(release, "id")), at,
            version_at=newest, kind_label="Release", text=_titled(title, fields.part(given, "repository")),
            url=fields.text(release, "html_url") or None, gone=action in ("deleted", "unpublished"),
        )
    ]  # fmt: skip


def _thing(
    given: Mapping[str, Any], name: str, key: str, label: str, config: Mapping[str, Any], gone: bool = False, about: str = ""
) -> Seen:
    """What has a user, a moment when it was made and one when it was changed."""
    thing = fields.part(given, name)
    at = fields.moment(thing, "created_at")
    return Seen(
        _doer(thing, "user", config),
        key_of(host(config), key, fields.number(thing, "id")),
        occurred_at=at,
        version_at=fields.optional_moment(thing, "updated_at") or at,
        kind_label=label,
        text=_titled(about or fields.text(thing, "title"), fields.part(given, "repository")),
        url=fields.text(thing, "html_url") or None,
        gone=gone,
    )


def _doer(thing: Mapping[str, Any], name: str, config: Mapping[str, Any]) -> Doer:
    if thing.get(name) is None:
        raise NotForUs("an account that is no more")
    user = fields.part(thing, name)
    if user.get("type") not in (None, "User"):
        raise NotForUs("a bot")
    return Doer(host(config), fields.name_in(user, "login"))


def _titled(words: str, repository: Mapping[str, Any]) -> str:
    """Its first line, and where it was."""
    title = (words.strip().splitlines() or [""])[0].strip()[:TITLE_CHARS]
    return f"{title} ({fields.text(repository, 'full_name')[:200]})" if title else fields.text(repository, "full_name")[:200]


def _only(given: Mapping[str, Any], *actions: str) -> None:
    if fields.text(given, "action") not in actions:
        raise NotForUs("nothing that was done anew")


def _refuse_others(full_name: str, config: Mapping[str, Any]) -> None:
    wanted = [str(one).lower() for one in config.get("only") or []]
    if wanted and full_name not in wanted and full_name.partition("/")[0] not in wanted:
        raise NotForUs("another repository")


_READERS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any], datetime], list[Seen]]] = {
    "push": _push,
    "pull_request": _pull_request,
    "issues": _issue,
    "issue_comment": _comment,
    "pull_request_review": _review,
    "release": _release,
}
