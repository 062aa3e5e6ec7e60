"""Pictures of a merchant over HTTP: put in, taken out. Anybody may look at them, at /media."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from models.errors import Invalid
from web.deps import Here, TheMerchant
from web.picture_store import keep_picture, remove_picture

router = APIRouter(prefix="/merchants/{m}/media")


@router.post("", status_code=201)
async def upload(merchant: TheMerchant, request: Request, here: Here) -> dict[str, Any]:
    """The picture as the raw body, or as the first file of a form."""
    kept = await keep_picture(here, merchant.id, await _file(request))
    return {"key": kept.key, "url": kept.url, "width": kept.width, "height": kept.height}


@router.delete("/{key}", status_code=204)
async def remove(merchant: TheMerchant, key: str, here: Here) -> Response:
    await remove_picture(here, merchant.id, key)
    return Response(status_code=204)


async def _file(request: Request) -> bytes:
    if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1, max_fields=10) as form:
        for _, value in form.multi_items():
            if isinstance(value, UploadFile):
                return await value.read()
    raise Invalid("the form has no file", field="file")
