"""One OB 3.0 badge, with its proof inside or as a token. Whether it was taken back, and what others say about
it, is asked only where its signature holds."""

from typing import Any

from recognition.openbadges import jwt
from recognition.openbadges.checking import (
    dates,
    embedded_proof,
    members,
    recipient,
    shown,
    status,
    token_proof,
    v3_members,
    words,
)  # fmt: skip
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.report import Badge, Words


def check(case: Case, credential: dict[str, Any], token: jwt.Token | None = None) -> Badge:
    if token is not None or "proof" in credential:
        case.say("is_v3_jwt" if token else "is_v3_proof")
    v3_members.check(case, credential)
    dates.check(case, credential, v3_members.BEGINS, v3_members.ENDS)
    subject = members.held(credential, "credentialSubject")
    recipient.check(case, list(members.objects(subject, "identifier")))
    said: tuple[Words, ...] = ()
    if token is not None:
        token_proof.check(case, token)
    else:
        embedded_proof.check(case, credential)
    if any(finding.code == "signature_ok" for finding in case.findings) and case.standing != "false":
        status.check(case, credential)
        said = words.check(case, credential)
    for service in members.objects(credential, "refreshService"):
        case.say("refresh_named", members.text(service, "id"))
    return shown.of_v3(credential, said)
