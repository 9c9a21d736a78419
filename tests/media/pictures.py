"""Files as people send them, and as they should never come."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def quarters(width: int = 80, height: int = 60) -> Image.Image:
    """Red, green, blue and white corners, so that a turned or mirrored picture is seen."""
    picture = Image.new("RGB", (width, height), (255, 255, 255))
    half = (width // 2, height // 2)
    picture.paste((255, 0, 0), (0, 0, *half))
    picture.paste((0, 255, 0), (half[0], 0, width, half[1]))
    picture.paste((0, 0, 255), (0, half[1], half[0], height))
    return picture


def corners(webp: bytes) -> list[tuple[int, ...]]:
    """Colours of the corners, coarse enough for a lossy format: top left, top right, bottom left, bottom right."""
    with Image.open(io.BytesIO(webp)) as picture:
        assert picture.format == "WEBP"
        plain = picture.convert("RGB")
    width, height = plain.size
    spots = [
        (width // 6, height // 6),
        (width * 5 // 6, height // 6),
        (width // 6, height * 5 // 6),
        (width * 5 // 6, height * 5 // 6),
    ]
    return [tuple(round(v / 255) for v in plain.getpixel(spot)) for spot in spots]


RED, GREEN, BLUE, WHITE = (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)


def png_of(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG whose header promises a size that its body need not hold."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(body)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def wide_grey(value: int) -> bytes:
    """A grey PNG of 16 bits a pixel."""
    picture = Image.new("I;16", (40, 40))
    picture.paste(value, (0, 0, 40, 40))
    return encoded(picture)


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def with_notes(picture: Image.Image, orientation: int = 1) -> bytes:
    """A JPEG as from a camera: orientation, maker and place in EXIF, XMP, a comment, and something after its end."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretMaker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return encoded(
        picture, "JPEG", quality=95, exif=exif, comment=b"SecretComment", xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>",
        icc_profile=srgb_profile(),
    ) + b"SecretTail"  # fmt: skip
