"""Pictures to upload, good and bad."""

import io
from typing import Any

from PIL import Image


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (40, 30), *, color: Any = (200, 30, 60), **options: Any
) -> bytes:
    mode = "RGBA" if isinstance(color, tuple) and len(color) == 4 else "RGB"
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
