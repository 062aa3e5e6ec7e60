"""What a page of the console is made with: who looks, at which shop, and how an answer is given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models.merchant import Merchant
from store import merchants
from store.database import autocommit
from web.access import Access
from web.console.flash import COOKIE, Said, Undo, heard, say
from web.console.sections import SECTIONS, Section
from web.deps import Here, Shopkeep
from web.pages import render, texts
from web.principal import Principal, Who

ROOT = "/console"


@dataclass(frozen=True, slots=True)
class Desk:
    """`merchant` is None on the pages of the whole installation."""

    request: Request
    here: Shopkeep
    who: Principal
    csrf_token: str
    shops: Sequence[Merchant]
    merchant: Merchant | None = None

    @property
    def shop(self) -> Merchant:
        """The merchant, on pages that have one."""
        if self.merchant is None:
            raise LookupError("a page of the installation has no merchant")
        return self.merchant

    def url(self, path: str = "", merchant: Merchant | None = None) -> str:
        """`url("products/new")` -> `/console/demo/products/new`, below the page's shop or the given one."""
        of = merchant or self.merchant
        below = f"{ROOT}/{quote(of.id, safe='')}" if of else ROOT
        return f"{below}/{path}"

    def address(self, path: str = "", **asked: str) -> str:
        """The same with a query; what is empty is left out of it."""
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{self.url(path)}?{query}" if query else self.url(path)

    @property
    def sections(self) -> Sequence[Section]:
        return SECTIONS if self.merchant else ()

    @property
    def installation_sections(self) -> Sequence[tuple[str, str]]:
        """Of the menu without a shop: path and name. Accounts are the operators' business."""
        people = (("users", "people"),) if self.who.is_operator else ()
        return (*people, ("api-tokens", "key"), ("audit", "audit"))

    @property
    def is_home(self) -> bool:
        return self.request.url.path.rstrip("/") == ROOT

    def is_at(self, *paths: str) -> bool:
        """In the menu: the page is one of these or below it."""
        here = self.request.url.path.rstrip("/") + "/"
        return any(here.startswith(self.url(path).rstrip("/") + "/") for path in paths)

    def page(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        """`template` extends console.html."""
        said = heard(self.request, self.here.vault)
        flash = {"text": said.in_words(texts("en")), "undo": said.undo} if said else None
        response = render(template, status=status, desk=self, flash=flash, **context)
        if COOKIE in self.request.cookies:
            response.delete_cookie(COOKIE)
        return response

    def moved(
        self, url: str, *, said: str | None = None, undo: Undo | None = None, **values: object
    ) -> Response:
        """After a form was taken: the page to look at next, and what it says first.

        `said` names a sentence of the texts ("products.deleted"), `values` fill it in.
        """
        response = RedirectResponse(url, status_code=303)
        if said:
            flash = Said(said, {name: str(value) for name, value in values.items()}, undo)
            secure = self.here.settings.public_url.startswith("https:")
            say(response, self.here.vault, flash, secure=secure)
        return response


async def _installation_desk(request: Request, here: Here, who: Who) -> Desk:
    access: Access = request.app.state.access
    async with autocommit(here.engine) as connection:
        shops = await merchants.listing(connection, who.of_these(None))
    return Desk(request, here, who, access.csrf_token(access.guest(request)), shops)


InstallationDesk = Annotated[Desk, Depends(_installation_desk)]


async def _shop_desk(m: str, desk: InstallationDesk) -> Desk:
    async with autocommit(desk.here.engine) as connection:
        merchant = await merchants.get(connection, m)
    return replace(desk, merchant=merchant)


TheDesk = Annotated[Desk, Depends(_shop_desk)]
