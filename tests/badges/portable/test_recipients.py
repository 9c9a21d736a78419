"""For whom a badge convinces: today's addresses and the newest former ones, and nobody else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.badges.portable.recipients import MOST, renewed
from recognition.openbadges import identities

ADDRESSES = st.lists(st.sampled_from([f"{name}@example.org" for name in "abcdefgh"]), max_size=4)


def convinces(known: list[dict[str, str]], address: str) -> bool:
    told = ({"hashed": True, "identityHash": one["hash"], "salt": one["salt"]} for one in known)
    return any(identities.matches(one, address) for one in told)


@settings(max_examples=60)
@given(st.lists(ADDRESSES, min_size=1, max_size=5))
def test_today_comes_first_and_the_newest_former_ones_stay(history: list[list[str]]) -> None:
    known: list[dict[str, str]] = []
    told: list[str] = []
    for addresses in history:
        before = {one["hash"]: one["salt"] for one in known}
        known = renewed(known, addresses)
        told = list(dict.fromkeys([*addresses, *told]))[:MOST]
        # What was told before keeps its salt, so that an older copy and a newer one say the same.
        assert all(before.get(one["hash"], one["salt"]) == one["salt"] for one in known)
    assert [address for address in told if convinces(known, address)] == told
    assert len(known) == len(told)
    assert len({one["salt"] for one in known}) == len(known)
    assert not convinces(known, "z@example.org")


def test_case_and_space_make_no_new_address() -> None:
    first = renewed([], ["Ada@Example.org "])
    assert renewed(first, ["ada@example.org"]) == first


def test_each_award_has_salts_of_its_own() -> None:
    one, other = renewed([], ["ada@example.org"]), renewed([], ["ada@example.org"])
    assert one != other
    assert len(bytes.fromhex(one[0]["salt"])) == 16
