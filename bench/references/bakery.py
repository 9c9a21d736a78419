"""How a well-known baker does it: openbadges-bakery as its callers use it, which writes what it baked into a file."""

from io import BytesIO

from openbadges_bakery import png_bakery


def bake(picture: bytes, text: str) -> bytes:
    with png_bakery.bake(BytesIO(picture), text) as baked:
        return bytes(baked.read())


def bake_in_memory(picture: bytes, text: str) -> bytes:
    """Without the file, which a caller has to provide for."""
    return bytes(png_bakery.bake(BytesIO(picture), text, BytesIO()).read())


def unbake(picture: bytes) -> str:
    return str(png_bakery.unbake(BytesIO(picture)))
