"""One picture in, safe ones out. Runs as a program of its own with little memory and time, since what people upload is
decoded here: a bad file may end this process, never the one that serves pages.

    python images.py portrait < upload > answer      a square and a small one, cropped in the middle
    python images.py whole < upload > answer         never cropped: one for a whole screen, and a small one
    python images.py pin < upload > answer           never cropped: as a badge is shown, and a small one
    python images.py widths < picture > answer       smaller widths of a picture that was made safe before

The answer is one line of JSON, `{"refused": reason}` or `{"made": [[width, height, bytes], ...]}`, and after it the WebP
files of these lengths, the largest first. Imports nothing of the product, so that it starts quickly. What the product
drew itself is no stranger's: `whole`, `widths` and `encoded` are also called without a process."""

import io
import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MAX_PIXELS = 40_000_000
MAX_SIDE_PX = 16_000
MAX_FRAMES = 300
EDGES_PX = (512, 96)
LONGEST_PX = (2400, 320)
PIN_PX = (512, 192)
WIDTHS_PX = (1600, 960, 480)
MEMORY_BYTES = 1024**3
CPU_SECONDS = 10
Side = Callable[[tuple[int, int]], int]


class Refused(Exception):
    """The argument is one of the reasons for which `rules.py` has a sentence."""


def limit_this_process() -> None:
    try:
        import resource  # noqa: PLC0415 (Windows has none)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def made_of(upload: bytes, duty: str) -> list[Image.Image]:
    """What the duty asks for, the largest first. Raises Refused."""
    if duty == "portrait":
        picture = _opened(upload, 2 * EDGES_PX[0], min)
        return [_square(picture, edge) for edge in EDGES_PX]
    if duty == "whole":
        picture = _opened(upload, 2 * LONGEST_PX[0], max)
        return whole(picture)
    if duty == "pin":
        picture = _opened(upload, 2 * PIN_PX[0], max)
        return [_within(picture, edge) for edge in PIN_PX]
    return widths(_opened(upload, MAX_SIDE_PX, max))


def whole(picture: Image.Image) -> list[Image.Image]:
    return [_within(picture, edge) for edge in LONGEST_PX]


def widths(picture: Image.Image) -> list[Image.Image]:
    return [_to_width(picture, width) for width in WIDTHS_PX if width < picture.width]


def _opened(upload: bytes, enough_px: int, side: Side) -> Image.Image:
    """Upright, in sRGB, nothing but pixels. It may be smaller than it came, though never below `enough_px` on that side."""
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        _check_whole(upload)
        return _upright_srgb(upload, enough_px, side)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels") from None
    except UnidentifiedImageError:
        raise Refused("kind") from None
    except MemoryError:
        raise Refused("heavy") from None
    except Exception:  # a decoder's own errors are of every class; here they mean only: this file is broken
        raise Refused("broken") from None


def _check_whole(upload: bytes) -> None:
    """By the header, before any pixel is decoded; then the checksums, where the format has them."""
    with Image.open(io.BytesIO(upload), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
            raise Refused("pixels")
        if getattr(picture, "n_frames", 1) > MAX_FRAMES:
            raise Refused("frames")
    with Image.open(io.BytesIO(upload), formats=FORMATS) as picture:
        picture.verify()


def _upright_srgb(upload: bytes, enough_px: int, side: Side) -> Image.Image:
    with Image.open(io.BytesIO(upload), formats=FORMATS) as picture:
        picture.seek(0)
        if picture.format == "JPEG":  # decodes at a half, quarter or eighth where that is still large enough
            picture.draft(None, (enough_px, enough_px))
        profile = picture.info.get("icc_profile")
        picture.load()
        upright = _turned(_eight_bits(picture))
    factor = side(upright.size) // enough_px
    return _to_srgb(upright.reduce(factor) if factor > 1 else upright, profile)


def _turned(picture: Image.Image) -> Image.Image:
    """As the camera was held. Notes that cannot be read are no reason to refuse a good picture."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # every class of error, from a part of the file that is thrown away anyway
        return picture


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        wide = picture if picture.mode == "I" else picture.convert("I")
        grey = wide.point(lambda value: value * (1 / 257)).convert("L")
        grey.info = picture.info
        return grey
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA")
    if picture.mode == "1":
        return picture.convert("L")
    if "transparency" in picture.info:
        return picture.convert("RGBA")
    return picture


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = picture.getchannel("A") if "A" in picture.getbands() else None
    colours = picture.convert({"LA": "L", "RGBA": "RGB"}[picture.mode]) if alpha is not None else picture
    colours = _by_profile(colours, profile) if profile else colours.convert("RGB")
    clean = Image.new("RGB", colours.size)
    clean.paste(colours)
    if alpha is not None and alpha.getextrema() != (255, 255):
        clean.putalpha(alpha)
    return clean


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """A profile that is broken or of another colour space is left aside: the picture itself may be good."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        made = None
    return made or picture.convert("RGB")


def _square(picture: Image.Image, edge_px: int) -> Image.Image:
    """Cropped in the middle; never made larger than it was."""
    edge = max(1, min(edge_px, *picture.size))
    return ImageOps.fit(picture, (edge, edge), Image.Resampling.LANCZOS)


def _within(picture: Image.Image, longest_px: int) -> Image.Image:
    """All of it, its longer side no longer than that; never made larger than it was."""
    share = min(1.0, longest_px / max(picture.size))
    return picture if share == 1 else _resized(picture, share)


def _to_width(picture: Image.Image, width_px: int) -> Image.Image:
    return _resized(picture, width_px / picture.width)


def _resized(picture: Image.Image, share: float) -> Image.Image:
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def encoded(picture: Image.Image, effort: int = 4) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=86, method=effort)
    return out.getvalue()


def main() -> None:
    limit_this_process()
    answer: dict[str, Any]
    try:
        pictures = made_of(sys.stdin.buffer.read(), sys.argv[1])
        files = [encoded(picture) for picture in pictures]
    except Refused as refusal:
        answer, files = {"refused": refusal.args[0]}, []
    except MemoryError:
        answer, files = {"refused": "heavy"}, []
    else:
        answer = {"made": [[*one.size, len(file)] for one, file in zip(pictures, files, strict=True)]}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
