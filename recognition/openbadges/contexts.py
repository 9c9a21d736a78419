"""JSON-LD contexts from the data files of openbadgeslib; nothing is ever fetched."""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

from recognition.openbadges.rules import UnknownContext

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
OWN = (CREDENTIALS, BADGES, EXTENSIONS)
"""What our credentials name, in this order."""
FILES = {
    CREDENTIALS: "credentials-v2.json",
    BADGES: "ob-v3p0-context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-v3p0-context-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-v3p0-context-3.0.1.json",
    # The address without a number has meant several versions; one that was signed by another does not verify.
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": "ob-v3p0-context-3.0.3.json",
    EXTENSIONS: "ob-v3p0-extensions.json",
    "https://w3id.org/security/data-integrity/v2": "security-data-integrity-v2.json",
    "https://w3id.org/security/multikey/v1": "security-multikey-v1.json",
}


@cache
def folder() -> Path:
    """Found without importing the package, whose import takes longer than a request."""
    spec = importlib.util.find_spec("openbadgeslib")
    if spec is None or spec.origin is None:  # pragma: no cover - pinned in pyproject.toml
        raise ModuleNotFoundError("openbadgeslib")
    return Path(spec.origin).parent / "ob3" / "contexts"


@cache
def load(url: str) -> dict[str, Any]:
    """The whole context document. Raises UnknownContext for every address that is not known to the letter."""
    if url not in FILES:
        raise UnknownContext(url)
    document: dict[str, Any] = json.loads((folder() / FILES[url]).read_text(encoding="utf-8"))
    return document


def loader(url: str, _options: object = None) -> dict[str, Any]:
    """For pyld, which remembers what it made of a document that is tagged as static."""
    return {"contextUrl": None, "documentUrl": url, "document": load(url), "tag": "static"}
