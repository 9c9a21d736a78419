"""An independent verifier of Open Badges 3.0: the npm libraries of W3C's own test suites, in one process a run."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.servers.programs import Program, program

SCRIPT = Path(__file__).with_suffix(".mjs")
CONTEXTS = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://w3id.org/security/data-integrity/v2": "security-data-integrity-v2.json",
    "https://w3id.org/security/multikey/v1": "security-multikey-v1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "ob-v3p0-context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
}
Fetch = Callable[[str], tuple[int, str]]
"""What the world answers at an address: status and body."""


@dataclass(frozen=True)
class Verdict:
    """`errors`: names, codes and words of the libraries, as they give them."""

    verified: bool
    revoked: bool
    errors: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.verified and not self.revoked and not self.errors


@dataclass(frozen=True)
class Verifier:
    """Without `fetch` the process asks over HTTP by itself."""

    process: Program = field(repr=False)

    def credential(self, document: dict[str, Any], fetch: Fetch | None = None) -> Verdict:
        return _verdict(self._ask({"ask": "credential", "document": document}, fetch))

    def jwt(self, token: str, fetch: Fetch | None = None) -> Verdict:
        return _verdict(self._ask({"ask": "jwt", "token": token}, fetch))

    def sign(self, document: dict[str, Any], seed: bytes, controller: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """As another house would: the document with its proof, and the method that its controller has to publish."""
        answer = self._ask({"ask": "sign", "document": document, "seed": seed.hex(), "controller": controller}, None)
        return answer["document"], answer["method"]

    def _ask(self, question: dict[str, Any], fetch: Fetch | None) -> dict[str, Any]:
        self._say(question | {"http": fetch is None})
        while True:
            answer = self._hear()
            if "fetch" not in answer:
                return answer
            assert fetch is not None
            status, body = fetch(answer["fetch"])
            self._say({"status": status, "body": body})

    def _say(self, value: dict[str, Any]) -> None:
        self.process.tell(json.dumps(value))

    def _hear(self) -> Any:
        return json.loads(self.process.line())


def _verdict(answer: dict[str, Any]) -> Verdict:
    return Verdict(answer["verified"], answer["revoked"], tuple(answer["errors"]))


def contexts() -> dict[str, Any]:
    """As openbadgeslib delivers them, found without running it."""
    package = find_spec("openbadgeslib")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "ob3" / "contexts"
    return {url: json.loads((folder / name).read_text(encoding="utf-8")) for url, name in CONTEXTS.items()}


@pytest.fixture(scope="session")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verifier]:
    node = os.environ.get("RECOGNITION_TEST_NODE") or shutil.which("node")
    if node is None:
        raise RuntimeError("Node is missing; `python3 dev.py test` fetches it.")
    log = tmp_path_factory.mktemp("verifier") / "log"
    with log.open("w") as errors, program([node, SCRIPT, json.dumps(contexts())], asked=True, stderr=errors) as one:
        assert one.line() == '"ready"', log.read_text()
        yield Verifier(one)
