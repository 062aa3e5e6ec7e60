"""Pictures as people upload them, made fit to show.

Nothing of an upload is given out again: it is decoded to pixels, turned as its camera was held, and these
are written anew, in a few widths, as JPEG or, where something shines through, as PNG (Instagram's cards
take no other). What else was in the file (places, names, thumbnails, whatever somebody hid) stays behind.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from models.errors import Invalid

MEBIBYTE = 1024 * 1024
MOST_BYTES = 20 * MEBIBYTE
MOST_PIXELS = 50_000_000  # what phones take; decoded 200 MB
# The longest side of each size. A picture that is smaller stays as it is.
SIZES = MappingProxyType({"full": 2048, "card": 800, "thumb": 160})

# Of a size that is larger as PNG than this, nobody sees what shines through: Instagram refuses it.
_MOST_PNG_BYTES = 4 * MEBIBYTE
_QUALITY = 85
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_WAY_OUT = "upload a PNG, JPEG, WebP or GIF"
_OPAQUE = 255
# Image.open would warn, then refuse, by limits of its own; ours is looked at before anything is decoded.
Image.MAX_IMAGE_PIXELS = None

_SVG = rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype svg[^>]*>\s*)?<svg"
_PAGE = rb"\s*(<!doctype html|<html|<head|<body|<script|<!--)"
# What files begin with that people take for pictures, in this order.
_KINDS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), kind)
    for pattern, kind in (
        (_SVG, "an SVG drawing"),
        (_PAGE, "a web page"),
        (rb"\s*<\?xml", "an XML document"),
        (rb"%PDF-", "a PDF"),
        (rb"PK\x03\x04|PK\x05\x06", "a ZIP file or an office document"),
        (rb"....ftyp(heic|heix|hevc|mif1|msf1)", "a HEIC picture"),
        (rb"....ftypavif", "an AVIF picture"),
        (rb"....ftyp", "a video"),
        (rb"II\*\0|MM\0\*", "a TIFF picture"),
        (rb"BM", "a BMP picture"),
        (rb"MZ|\x7fELF|#!", "a program"),
    )
)
# A picture that is a page, a script or an archive at the same time was made to deceive.
_HIDDEN = re.compile(rb"<script|<html[\s>]|<!doctype html|<\?php\s|javascript:", re.IGNORECASE)
_HIDDEN_PDF = re.compile(rb"%PDF-[12]\.")

Extension = Literal["jpg", "png"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`width` and `height` are those of its full size; `sizes`: the bytes of each of SIZES."""

    extension: Extension
    width: int
    height: int
    sizes: dict[str, bytes]


def read_picture(data: bytes) -> Picture:
    """Takes a second of a processor for a large one. Invalid, in words, when it is no picture of ours."""
    _look_inside(data)
    try:
        image = _upright(data)
    except Invalid:
        raise
    except Exception as error:
        # Decoders of strangers' bytes fail in every way there is.
        raise Invalid(f"the picture is damaged; {_WAY_OUT}", field="file") from error
    extension: Extension = "png" if image.mode == "RGBA" else "jpg"
    full = _within(image, SIZES["full"])
    sizes = {name: _written(_within(full, longest)) for name, longest in SIZES.items()}
    if extension == "png" and max(map(len, sizes.values())) > _MOST_PNG_BYTES:
        extension, full = "jpg", _on_white(full)
        sizes = {name: _written(_within(full, longest)) for name, longest in SIZES.items()}
    return Picture(extension=extension, width=full.width, height=full.height, sizes=sizes)


def _look_inside(data: bytes) -> None:
    if not data:
        raise Invalid(f"the file is empty; {_WAY_OUT}", field="file")
    if len(data) > MOST_BYTES:
        raise Invalid(f"the picture is larger than {MOST_BYTES // MEBIBYTE} MB", field="file")
    for pattern, kind in _KINDS:
        if pattern.match(data):
            raise Invalid(f"this is {kind}; {_WAY_OUT}", field="file")
    if hidden := _hidden(data):
        raise Invalid(
            f"the picture contains {hidden} as well; save it anew in a picture editor", field="file"
        )


def _hidden(data: bytes) -> str | None:
    if _HIDDEN.search(data):
        return "a web page or a script"
    if _HIDDEN_PDF.search(data):
        return "a PDF"
    return "an archive" if zipfile.is_zipfile(io.BytesIO(data)) else None


def _upright(data: bytes) -> Image.Image:
    """Its pixels, RGB or, where something shines through, RGBA."""
    try:
        opened = Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise Invalid(f"this is no picture we can read; {_WAY_OUT}", field="file") from error
    with opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            detail = f"the picture has {width} by {height} pixels, more than {MOST_PIXELS // 10**6} million"
            raise Invalid(detail, field="file")
        # JPEG decodes at a fraction of its size at a fraction of the cost.
        opened.draft("RGB", (SIZES["full"], SIZES["full"]))
        opened.load()
        turned = ImageOps.exif_transpose(opened)
        return _plain(_true_colors(turned))


def _true_colors(image: Image.Image) -> Image.Image:
    """In the colours of the web: those of a phone or a press look dull without their profile."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    wanted = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, theirs, ImageCms.createProfile("sRGB"), outputMode=wanted
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile nobody can read says nothing
    return converted or image


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        lowest, _ = image.getchannel("A").getextrema()
        if lowest == _OPAQUE:
            image = image.convert("RGB")
    else:
        image = image.convert("RGB")
    image.info.clear()  # or its comment and its profile are written again
    return image


def _within(image: Image.Image, longest: int) -> Image.Image:
    if max(image.size) <= longest:
        return image
    fitted = image.copy()
    fitted.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return fitted


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _written(image: Image.Image) -> bytes:
    out = io.BytesIO()
    if image.mode == "RGBA":
        image.save(out, "PNG")
    else:
        image.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()
