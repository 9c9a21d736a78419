"""Which URLs and network addresses may be asked at all. That nothing else is: test_fetching.py."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.openbadges import addresses
from recognition.openbadges.addresses import Forbidden


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("8.8.8.8", True), ("2606:4700:4700::1111", True), ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True), ("64:ff9b::a00:1", False), ("64:ff9b:1::808:808", False), ("::ffff:10.0.0.1", False),
        ("::8.8.8.8", False), ("0.0.0.0", False), ("10.1.2.3", False), ("100.64.0.1", False), ("100.100.100.200", False),
        ("127.0.0.2", False), ("169.254.169.254", False), ("172.16.0.1", False), ("172.31.255.255", False), ("172.32.0.1", True),
        ("192.0.0.1", False), ("192.0.2.1", False), ("192.88.99.1", False), ("192.168.1.1", False), ("198.18.0.1", False),
        ("198.51.100.1", False), ("203.0.113.1", False), ("224.0.0.1", False), ("240.0.0.1", False), ("255.255.255.255", False),
        ("168.63.129.16", False), ("::", False), ("::1", False), ("fc00::1", False), ("fd00:ec2::254", False), ("fe80::1", False),
        ("fe80::1%eth0", False), ("2606:4700::1%eth0", False), ("fec0::1", False), ("ff02::1", False), ("2001::1", False),
        ("2001:db8::1", False), ("2002:808:808::", False), ("3fff::1", False), ("100::1", False), ("5f00::1", False),
        ("192.0.0.192", False), ("", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert addresses.is_public(address) is public


def test_a_redirect_does_not_leave_tls() -> None:
    with pytest.raises(Forbidden) as caught:
        addresses.moved(addresses.target("https://example.org/a"), "http://example.org/a")
    assert caught.value.reason == "downgrade"
    assert addresses.moved(addresses.target("http://example.org/a/b"), "c").url == "http://example.org/a/c"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80) | st.from_regex(r"https?://[^ ]{0,40}", fullmatch=True))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    try:
        found = addresses.target(text)
    except Forbidden:
        return
    assert found.url.isascii()
    assert addresses.target(found.url) == found
