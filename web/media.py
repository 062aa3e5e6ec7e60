"""Pictures of ours: to customers, to Instagram, to browsers, without anybody signing in."""

import asyncio
import re

from fastapi import APIRouter
from fastapi.responses import Response

from demo.pictures import picture
from models.errors import NotFound
from store.media import file_name
from web.deps import Here

router = APIRouter(prefix="/media")

_NAME = re.compile(r"(?P<key>[0-9a-f]{40})(?:\.(?P<size>card|thumb))?\.(?P<extension>jpg|png)")
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
# What it is stays what we say it is, and were it anything else, it could do nothing.
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@router.get("/demo/{key:path}")
async def demo_picture(key: str) -> Response:
    """Drawn when it is first asked for; browsers and Instagram keep it."""
    drawn = await asyncio.to_thread(picture, f"/media/demo/{key}")
    if drawn is None:
        raise NotFound("no such picture")
    headers = _HARMLESS | {"Cache-Control": "public, max-age=604800, immutable"}
    return Response(drawn, media_type="image/png", headers=headers)


@router.get("/{name}")
async def uploaded_picture(name: str, here: Here) -> Response:
    """In full, or as `.card.` or `.thumb.`. A name never changes what it shows."""
    known = _NAME.fullmatch(name)
    if known is None:
        raise NotFound("no such picture")
    extension = known["extension"]
    data = await here.files.read(file_name(known["key"], known["size"] or "full", extension))
    headers = _HARMLESS | {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Disposition": f'inline; filename="{known["key"][:12]}.{extension}"',
    }
    return Response(data, media_type=_TYPES[extension], headers=headers)
