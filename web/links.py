"""Where a reply's links lead: on to the shop's own page, and the click is counted."""

import logging
import re
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from store import links
from store.database import autocommit
from web.deps import Here
from web.pages import render

log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)

# What fetches a link without anybody having tapped it: previews of messengers, search engines.
# CUBOT makes phones; "Instagram" and "FBAN" are the apps people read their messages in.
_MACHINES: Final = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|prefetch|externalhit|facebookcatalog|facebot|meta-external"
    r"|whatsapp/|embedly|vkshare|mediapartners|feedfetcher|headless|lighthouse",
    re.IGNORECASE,
)
_PURPOSES = ("Purpose", "X-Purpose", "Sec-Purpose", "X-Moz")
_HEADERS = {
    "Cache-Control": "no-store",  # the next click is one, too
    "X-Robots-Tag": "noindex, nofollow",
}


@router.api_route("/r/{code:path}", methods=["GET", "HEAD"])
async def follow(code: str, request: Request, here: Here) -> Response:
    try:
        async with autocommit(here.engine) as connection:
            url = await links.follow(connection, code, click=_is_click(request))
    except (SQLAlchemyError, OSError):
        log.exception("a click could neither be led on nor counted")
        return render("lost.html", status=503, why="not_now")
    if url is None:
        return render("lost.html", status=404, why="unknown")
    return RedirectResponse(url, status_code=302, headers=_HEADERS)


def _is_click(request: Request) -> bool:
    """A person, not a machine that looks where the link leads."""
    agent = request.headers.get("User-Agent", "")
    purpose = " ".join(request.headers.get(name, "") for name in _PURPOSES)
    return request.method == "GET" and not _MACHINES.search(f"{agent} {purpose}")
