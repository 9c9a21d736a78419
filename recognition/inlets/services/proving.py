"""What a member puts into their feed or calendar so that we see that it is theirs."""

from recognition.inlets.models import Inlet
from recognition.web.secrets import derived

PURPOSE = "own feed"
TOKEN_CHARS = 20


def token_of(inlet: Inlet) -> str:
    """The same as often as it is asked for, and in no table."""
    return f"recognition-{derived(PURPOSE, inlet.key, inlet.secret_number)[:TOKEN_CHARS]}"
