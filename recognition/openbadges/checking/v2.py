"""One OB 2.0 badge (OPENBADGES.md 1): what is common to hosted and signed ones. Its class and its issuer are never taken from
what was handed in but from where they say they are."""

from typing import Any

from recognition.openbadges.checking import asking, dates, members, recipient, shown, v2_words
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.report import Badge, Fault

CONTEXTS = {"https://w3id.org/openbadges/v2", "https://w3id.org/openbadges/v1"}
HOSTED, SIGNED = ("HostedBadge", "hosted"), ("SignedBadge", "signed")
ISSUER_TYPES = {"Issuer", "Profile"}


def is_v2(document: dict[str, Any]) -> bool:
    return bool(CONTEXTS & set(members.texts(document, "@context")))


def verification(assertion: dict[str, Any]) -> dict[str, Any]:
    """The second name is that of the first edition."""
    return members.held(assertion, "verification") or members.held(assertion, "verify")


def check_assertion(case: Case, assertion: dict[str, Any]) -> None:
    """What stands in the assertion itself."""
    if "Assertion" not in members.texts(assertion, "type"):
        case.say("field_wrong", "type")
    for name in ("recipient", "badge", "issuedOn"):
        if name not in assertion:
            case.say("field_missing", name)
    dates.check(case, assertion, ("issuedOn",), ("expires",))
    recipient.check(case, list(members.objects(assertion, "recipient")))


class Behind:
    """Class and issuer of an assertion, as their own addresses give them; empty where they could not be had."""

    def __init__(self, case: Case, assertion: dict[str, Any]) -> None:
        self.kind = self.issuer = dict[str, Any]()
        try:
            self.kind = _given(case, members.identifier(assertion, "badge"), "class", {"BadgeClass"})
            _check_kind(case, self.kind)
            self.issuer = _given(case, members.identifier(self.kind, "issuer"), "issuer", ISSUER_TYPES)
            if not members.text(self.issuer, "name"):
                case.say("field_missing", "issuer.name")
        except Fault as fault:
            case.heard(fault)

    @property
    def is_whole(self) -> bool:
        return bool(self.issuer)


def document(case: Case, url: str, what: str) -> dict[str, Any]:
    """What an address gives and says it is. Raises Fault: <what>_unreachable, <what>_other, <what>_broken."""
    if not members.is_web(url):
        raise Fault(f"{what}_broken", members.detail(url))
    try:
        found = case.asker.document(url)
    except Fault as fault:
        case.heard(fault)
        raise Fault(f"{what}_unreachable", members.detail(url)) from fault
    if members.text(found, "id") != url:
        raise Fault(f"{what}_other", members.detail(found.get("id")))
    return found


def _given(case: Case, url: str, what: str, types: set[str]) -> dict[str, Any]:
    found = document(case, url, what)
    if not types & set(members.texts(found, "type")):
        raise Fault(f"{what}_broken", members.detail(found.get("type")))
    return found


def _check_kind(case: Case, kind: dict[str, Any]) -> None:
    for name in ("name", "description", "criteria", "issuer"):
        if not kind.get(name):
            case.say("field_missing", f"badge.{name}")


def is_of_issuer(issuer: dict[str, Any], url: str, scoped: bool = True) -> bool:
    """Whether a document at this address may speak for the issuer: its origin, and with `scoped` the beginnings of addresses
    that the issuer's profile allows assertions."""
    rules = members.held(issuer, "verification")
    allowed = members.texts(rules, "allowedOrigins") or [asking.host(members.text(issuer, "id"))]
    begins = members.texts(rules, "startsWith") if scoped else []
    host = asking.host(url)
    return bool(host) and host in {_host(one) for one in allowed} and (not begins or any(_within(url, one) for one in begins))


def _host(origin: str) -> str:
    return asking.host(origin if "://" in origin else f"https://{origin}")


def _within(url: str, begin: str) -> bool:
    """A beginning that stops in a host's name would let `example.org.evil.net` in."""
    return url.startswith(begin) and asking.host(url) == asking.host(begin)


def is_at_home(case: Case, behind: Behind, assertion_url: str) -> bool:
    """Says issuer_ok, or why not. Anybody can host a badge that names somebody else as its issuer; and anybody on the way can
    answer for a site that is asked without TLS, so an issuer that has it does not speak from there."""
    kind, home = members.text(behind.kind, "id"), members.text(behind.issuer, "id")
    plain = next((url for url in (assertion_url, kind) if home.startswith("https://") and case.asker.came_plain(url)), "")
    code, detail = "issuer_ok", home
    if not is_of_issuer(behind.issuer, kind, scoped=False) and asking.host(kind) != asking.host(home):
        code, detail = "class_origin", kind
    elif assertion_url and not is_of_issuer(behind.issuer, assertion_url):
        code, detail = "issuer_origin", assertion_url
    elif plain:
        code, detail = "issuer_plain", plain
    case.say(code, detail)
    return code == "issuer_ok"


def badge(case: Case, assertion: dict[str, Any], behind: Behind) -> Badge:
    said = v2_words.check(case, assertion, behind.kind) if case.standing == "good" else ()
    return shown.of_v2(assertion, behind.kind, behind.issuer, said)
