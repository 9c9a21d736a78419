from typing import Any

import pytest

from recognition.media import services
from recognition.media.models import Media
from tests.media.pictures import encoded, quarters


@pytest.fixture
def member(make_member: Any, db: Any) -> Any:
    member = make_member("ada")
    member.picture_id = services.keep_picture(services.prepare_picture(encoded(quarters())), member.id).id
    db.session.commit()
    return member


def addresses(member: Any) -> tuple[str, str]:
    return f"/media/{member.picture.key}", f"/media/{member.picture.key}/small"


@pytest.mark.parametrize(("level", "stranger", "other"), [("public", 200, 200), ("members", 404, 200), ("me", 404, 404)])
def test_a_picture_is_as_private_as_its_field(
    client: Any, db: Any, member: Any, make_member: Any, sign_in: Any, level: str, stranger: int, other: int
) -> None:
    member.visibility = {"picture": level}
    urls = addresses(member)

    db.session.commit()
    assert [client.get(url).status_code for url in urls] == [stranger] * 2
    sign_in(client, make_member("bob", roles=("admin", "council")))
    assert [client.get(url).status_code for url in urls] == [other] * 2
    with client.session_transaction() as session:
        session.clear()
    sign_in(client, member)
    assert [client.get(url).status_code for url in urls] == [200] * 2


def test_how_it_is_served(client: Any, db: Any, member: Any) -> None:
    member.visibility = {"picture": "public"}
    db.session.commit()
    answer = client.get(addresses(member)[0])
    wanted = ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
    assert [answer.headers[name] for name in wanted] == [
        "image/webp",
        "nosniff",
        "default-src 'none'; sandbox; frame-ancestors 'none'",
        "private, max-age=31536000, immutable",
    ]
    again = client.get(addresses(member)[0], headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_picture_of_nobody_is_not_shown(client: Any, db: Any, member: Any) -> None:
    member.visibility = {"picture": "public"}
    url = addresses(member)[0]
    member.picture_id = None
    db.session.commit()
    assert client.get(url).status_code == 404
    assert [client.get(f"/media/{key}").status_code for key in ("x", "é", "a" * 300, "..%2f..")] == [404] * 4


def test_the_sweep_leaves_what_is_used(db: Any, member: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    services.prepare_picture(encoded(quarters(200, 200)))
    assert services.sweep() == 0
    monkeypatch.setattr(services, "KEPT_WITHOUT_ROW_SECONDS", -60)
    assert services.sweep() >= 2
    services.prepare_picture(encoded(quarters(220, 220)))
    assert services.sweep() == 2
    used = db.session.get(Media, member.picture_id)
    services.forget_picture(used.id)
    db.session.commit()
    assert services.sweep() == 1  # both sizes of so small a picture are one file
