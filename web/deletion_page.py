"""What whoever asked for a deletion is shown of it, by its code."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from store import deletions
from store.database import autocommit
from web.deps import Here, Shopkeep
from web.pages import render

router = APIRouter(include_in_schema=False)


def page_of(here: Shopkeep, code: str) -> str:
    return f"{here.settings.public_url}/deletion/{code}"


@router.get("/deletion/{code}")
async def status(code: str, here: Here) -> HTMLResponse:
    async with autocommit(here.engine) as connection:
        deletion = await deletions.get(connection, code)
    return render("deletion.html", deletion=deletion)
