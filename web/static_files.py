"""The files of the pages, and the way to the first of these."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.errors import NotFound
from web.pages import assets

router = APIRouter(include_in_schema=False)


@router.get("/")
async def front() -> Response:
    return RedirectResponse("/console/", status_code=303)


@router.get("/static/{file}")
async def static(file: str, request: Request, v: str | None = None) -> Response:
    """Kept for good under its hash; under its bare name, as modules import each other, asked for again."""
    asset = assets().get(file)
    if asset is None:
        raise NotFound("no such file")
    etag = f'"{asset.version}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "public, max-age=31536000, immutable" if v == asset.version else "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("If-None-Match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, media_type=asset.media_type, headers=headers)
