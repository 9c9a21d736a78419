"""What one check knows while it runs."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from recognition.openbadges.checking import members
from recognition.openbadges.checking.asking import Asker
from recognition.openbadges.checking.report import Fault, Finding, Standing, standing


@dataclass(frozen=True)
class Case:
    asker: Asker
    now: datetime
    address: str | None = None
    findings: list[Finding] = field(default_factory=list)

    def say(self, code: str, detail: object = "") -> None:
        """The same is said once."""
        finding = Finding(code, members.detail(detail))
        if finding not in self.findings:
            self.findings.append(finding)

    def heard(self, fault: Fault) -> None:
        self.say(fault.finding.code, fault.finding.detail)

    def inner(self) -> "Case":
        """For something that belongs to the badge and is judged by itself: a list, somebody's words."""
        return replace(self, address=None, findings=[])

    @property
    def standing(self) -> Standing:
        return standing(self.findings)
