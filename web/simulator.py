"""The page at `/`: a customer's chat with the shop, and beside it why each reply says what it says."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.errors import NotFound
from web.access import SESSION_COOKIE, Access

router = APIRouter(include_in_schema=False)

CONSOLE = Path(__file__).parent / "console"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Product names and messages are strangers' words: whatever they hold, nothing of it runs.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # a page holds its session's CSRF token
}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    media_type: str
    version: str


@cache
def assets() -> dict[str, Asset]:
    """All there is to serve, by name: no request reaches the file system."""
    return {
        file.name: Asset(body, MEDIA_TYPES[file.suffix], hashlib.sha256(body).hexdigest()[:16])
        for file in sorted((CONSOLE / "static").iterdir())
        if file.suffix in MEDIA_TYPES and (body := file.read_bytes())
    }


@cache
def texts(language: str) -> dict[str, Any]:
    return tomllib.loads((CONSOLE / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def pages() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(CONSOLE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.globals["asset"] = lambda name: f"/static/{name}?v={assets()[name].version}"
    return environment


@router.get("/")
async def simulator(request: Request) -> HTMLResponse:
    access: Access = request.app.state.access
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if not access.session_ok(cookie):
        return _page("locked.html", status=401)
    return _page("simulator.html", csrf_token=access.csrf_token(cookie))


def _page(template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    language = "en"
    html = pages().get_template(template).render(language=language, texts=texts(language), **context)
    return HTMLResponse(html, status_code=status, headers=PAGE_HEADERS)


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
