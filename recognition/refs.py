"""The address of anything, for the log, the audit and reports."""

from typing import Any, Final, NamedTuple

KEY_MAY_BEGIN_WITH_A_DASH: Final[dict[str, Any]] = {"ignore_unknown_options": True}
"""`context_settings` of a command that takes a random key or a thumbprint: one in 64 looks like an option."""


class Ref(NamedTuple):
    """Prints as `quest:what-is-mdm`; `id` is a slug where the thing has one, else a number."""

    kind: str
    id: str | int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
