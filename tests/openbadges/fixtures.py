"""What tests of several folders share. The house is imported when somebody asks for it: every run loads this file."""

import pytest

from tests.servers.verifier import Verifier


@pytest.fixture(scope="session")
def badge_house(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Made once a run: nobody changes anything in it."""
    from tests.openbadges.house import found

    return found(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="session")
def forge(badge_house, verifier: Verifier):  # type: ignore[no-untyped-def]
    from tests.openbadges.forge import Forge

    return Forge(badge_house, verifier)
