"""One picture in, two safe ones out. Runs as a program of its own with little memory and time, since what people upload
is decoded here: a bad file may end this process, never the one that serves pages.

    python images.py < upload > answer

The answer is one line of JSON, `{"refused": reason}` or `{"width": n, "height": n, "sizes": [n, n]}`, and after it the
WebP files of these sizes in bytes, the large one first. Imports nothing of the product, so that it starts quickly."""

import io
import json
import sys
import warnings

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MAX_PIXELS = 40_000_000
MAX_SIDE_PX = 16_000
MAX_FRAMES = 300
EDGES_PX = (512, 96)
MEMORY_BYTES = 1024**3
CPU_SECONDS = 10


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


def portraits(upload: bytes) -> tuple[tuple[int, int], list[bytes]]:
    """(width, height) of the large one, and both as WebP without any metadata. Raises Refused."""
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        _check_whole(upload)
        picture = _upright_srgb(upload)
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
    made = [_square(picture, edge) for edge in EDGES_PX]
    return made[0].size, [_encode(one) for one in made]


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


def _upright_srgb(upload: bytes) -> Image.Image:
    with Image.open(io.BytesIO(upload), formats=FORMATS) as picture:
        picture.seek(0)
        if picture.format == "JPEG":  # decodes at a half, quarter or eighth where that is still large enough
            picture.draft(None, (2 * EDGES_PX[0], 2 * EDGES_PX[0]))
        profile = picture.info.get("icc_profile")
        picture.load()
        upright = _turned(_eight_bits(picture))
    factor = min(upright.size) // (2 * EDGES_PX[0])
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


def _encode(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=86, method=4)
    return out.getvalue()


def main() -> None:
    limit_this_process()
    try:
        (width, height), files = portraits(sys.stdin.buffer.read())
    except Refused as refusal:
        answer, files = {"refused": refusal.args[0]}, []
    except MemoryError:
        answer, files = {"refused": "heavy"}, []
    else:
        answer = {"width": width, "height": height, "sizes": [len(file) for file in files]}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
