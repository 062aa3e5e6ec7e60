"""How a page is made: templates, texts and files of web/console, and the headers every page carries."""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.money import format_money
from web.moments import ago, moment
from web.picture_sizes import sized
from web.wording import day, dollars, duration, filter_words, initials

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
    """Every word of the pages, one file a subject: `texts.products.title`."""
    return {
        file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
        for file in sorted((CONSOLE / "texts" / language).glob("*.toml"))
    }


@cache
def pages() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(CONSOLE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = lambda name: f"/static/{name}?v={assets()[name].version}"
    # In every template, imported ones too; the page's language has its place here once there are several.
    environment.globals["texts"] = texts("en")
    environment.globals["sized"] = sized
    environment.globals |= {"filter_words": filter_words, "now": lambda: datetime.now(UTC)}
    environment.filters |= {"duration": duration, "dollars": dollars, "day": day, "initials": initials}
    environment.filters |= {"money": format_money, "moment": moment, "ago": ago, "filled": filled}
    return environment


def filled(sentence: str, **values: object) -> str:
    """`"{count} products"` with its names filled in. What fills them is escaped where it is printed."""
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", str(value))
    return sentence


def render(template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    html = pages().get_template(template).render(language="en", **context)
    return HTMLResponse(html, status_code=status, headers=PAGE_HEADERS)
