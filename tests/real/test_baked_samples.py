"""The baked samples of a public validator: each is read, and baked anew it looks the same."""

import base64
import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from recognition.openbadges.baking import pictures
from recognition.openbadges.baking.reading import Reading, is_jws

pytestmark = pytest.mark.real_data
CARRYING = {"ob20/simple-badge.png": "2.0", "ob30/simple-json.png": "3.0", "ob30/simple-jwt.png": "3.0",
            "ob30/simple-json.svg": "3.0", "ob30/simple-jwt.svg": "3.0"}  # fmt: skip


@pytest.fixture
def samples(real_data: Path) -> Path:
    return real_data.parent / "openbadges" / "vectors" / "validator-samples"


@pytest.mark.parametrize("name", CARRYING)
def test_each_is_read(samples: Path, name: str) -> None:
    found = pictures.read((samples / name).read_bytes())
    assert (list(found.texts), found.oddities) == ([CARRYING[name]], frozenset())
    text = found.texts[CARRYING[name]]
    if "jwt" in name:
        assert is_jws(text)
        payload = text.split(".")[1]
        text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    assert json.loads(text)["id"].startswith("http")


def test_none_is_overlooked(samples: Path) -> None:
    all_pictures = {path.relative_to(samples).as_posix(): path for path in samples.rglob("*.[ps][nv]g")}
    carrying = {name for name, path in all_pictures.items() if pictures.unbake(path.read_bytes())}
    assert len(all_pictures) == 7
    assert carrying == set(CARRYING)


def test_baked_anew_each_looks_the_same(samples: Path) -> None:
    texts = {"2.0": '{"id":"https://house.example/1"}', "3.0": "a.b.c"}
    for path in samples.rglob("*.png"):
        picture = path.read_bytes()
        baked = pictures.bake(picture, texts)
        assert pictures.read(baked) == Reading(texts, frozenset())
        with Image.open(BytesIO(picture)) as before, Image.open(BytesIO(baked)) as after:
            assert (before.mode, before.tobytes()) == (after.mode, after.tobytes())
