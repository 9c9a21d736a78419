from typing import Any

import pytest


@pytest.mark.parametrize("address", ["/members/%00", "/members/?q=a%00b", "/members/?%00=1", "/groups/a%00"])
def test_a_nul_is_refused_kindly(client: Any, address: str) -> None:
    assert client.get(address).status_code == 400


def test_in_a_form_too(client: Any) -> None:
    assert client.post("/login/demo", data={"handle": "a\x00"}).status_code == 400
