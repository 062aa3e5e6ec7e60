"""Pictures of ours."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import Response

from demo.pictures import picture
from models.errors import NotFound

router = APIRouter(prefix="/media")


@router.get("/demo/{key:path}")
async def demo_picture(key: str) -> Response:
    """Drawn when it is first asked for; browsers and Instagram keep it."""
    drawn = await asyncio.to_thread(picture, f"/media/demo/{key}")
    if drawn is None:
        raise NotFound("no such picture")
    return Response(
        drawn, media_type="image/png", headers={"Cache-Control": "public, max-age=604800, immutable"}
    )
