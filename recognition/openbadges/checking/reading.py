"""What was handed in: a document, a token, a picture that carries one or two of them, or an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recognition.openbadges import jwt
from recognition.openbadges.baking import pictures
from recognition.openbadges.baking import reading as baked
from recognition.openbadges.checking import json_text, members, tokens, v2
from recognition.openbadges.checking.case import Case
from recognition.openbadges.checking.report import Fault
from recognition.openbadges.rules import Malformed, TooLarge

MOST_BYTES = baked.PICTURE_BYTES
_ODD = {
    baked.SEVERAL: "picture_several", baked.COMPRESSED: "picture_compressed", baked.LEGACY: "picture_legacy",
    baked.TRAILING: "picture_trailing", baked.SCRIPT: "picture_script", baked.HANDLER: "picture_script",
    baked.FOREIGN: "picture_foreign",
}  # fmt: skip
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_ENVELOPE = "EnvelopedVerifiableCredential"


@dataclass(frozen=True)
class Found:
    """Exactly one of the three."""

    document: dict[str, Any] | None = None
    token: jwt.Token | None = None
    address: str = ""

    @property
    def version(self) -> str:
        """Raises Fault for what is no badge."""
        said = self.document if self.token is None else self.token.payload
        if said is None or "vc" in said or "VerifiableCredential" in members.texts(said, "type"):
            return "3.0"
        if v2.is_v2(said) and "Assertion" in members.texts(said, "type"):
            return "2.0"
        raise Fault("context_wrong" if "Assertion" in members.texts(said, "type") else "not_a_badge")


@dataclass(frozen=True)
class Content:
    """`badges`: one, or of a picture one for each version it carries; the newest first."""

    badges: tuple[Found, ...]
    picture: bytes | None = None


def read(case: Case, content: bytes | str) -> Content:
    """Raises Fault."""
    if len(content) > MOST_BYTES:
        raise Fault("too_large")
    if isinstance(content, bytes) and pictures.kind_of(content):
        return Content(_baked(case, content), content)
    if isinstance(content, str) and pictures.kind_of(content[:65536].encode("utf-8", "replace")) == "svg":
        return read(case, content.encode("utf-8", "replace"))
    text = content if isinstance(content, str) else json_text.decoded(content)
    return Content((of_text(text),))


def of_text(text: str) -> Found:
    """Raises Fault."""
    text = text.strip().removeprefix("\ufeff")
    if not text:
        raise Fault("nothing")
    if text.startswith("{"):
        return _unwrapped(json_text.parsed_object(text))
    if _ADDRESS.fullmatch(text):
        return Found(address=text)
    if text.startswith("e") and tokens.FORM.fullmatch(text):
        return Found(token=tokens.parsed(text))
    raise Fault("not_a_badge")


def _unwrapped(document: dict[str, Any]) -> Found:
    """VCDM 2.0 lets a token travel in an object, as a data URI."""
    if _ENVELOPE in members.texts(document, "type"):
        _, _, inner = members.text(document, "id").partition(",")
        if not tokens.FORM.fullmatch(inner):
            raise Fault("jwt_broken")
        return Found(token=tokens.parsed(inner))
    return Found(document=document)


def _baked(case: Case, picture: bytes) -> tuple[Found, ...]:
    case.say("is_picture", pictures.kind_of(picture) or "")
    found = _read_picture(picture)
    for oddity in sorted(found.oddities):
        case.say(_ODD[oddity])
    texts: Mapping[baked.Version, str] = found.texts
    if not texts:
        raise Fault("picture_empty")
    if len(texts) > 1:
        case.say("picture_both")
    return tuple(of_text(texts[version]) for version in sorted(texts, reverse=True))


def _read_picture(picture: bytes) -> baked.Reading:
    try:
        return pictures.read(picture)
    except TooLarge as fault:
        raise Fault("too_large", members.detail(fault)) from fault
    except Malformed as fault:
        entities = b"<!entity" in picture.lower() and not picture.startswith(b"\x89PNG")
        raise Fault("picture_entities" if entities else "picture_broken", members.detail(fault)) from fault
