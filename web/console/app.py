"""The console, put together on one screen. Its addresses begin with /console, wherever it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, Depends, FastAPI

from actors.gateway import Gateway
from settings import Settings
from web.access import access_of
from web.addresses import PlainAddress
from web.answer_headers import AnswerHeaders
from web.auditing import Auditing
from web.console import (
    account,
    analytics,
    api_tokens,
    audit,
    collections,
    conversations,
    events,
    executions,
    experiment,
    imports,
    overview,
    picture_field,
    problems,
    product_bulk,
    product_editor,
    products,
    search,
    sign_in,
    simulator,
    users,
)
from web.console import settings as settings_pages
from web.console.door import admit, require_form_token
from web.deps import Shopkeep, equipment
from web.limits import BodyLimit
from web.request_id import RequestId

PAGES = (
    *(
        overview,
        sign_in,
        account,
        users,
        api_tokens,
        audit,
        imports,
        picture_field,
        analytics,
        experiment,
        search,
    ),
    *(conversations, events, executions, simulator),
    settings_pages,
    *(product_bulk, products, collections),
    product_editor,  # what is below /products and nobody else's is a product
)


def build(configuration: Settings, gateway: Gateway) -> FastAPI:
    """In a deployment of its own: open tabs and their streams never keep a webhook waiting."""
    app = assembled(equipment(configuration, gateway, streams=1000))
    app.add_middleware(AnswerHeaders, public_url=configuration.public_url)
    app.add_middleware(RequestId)
    return app


def assembled(here: Shopkeep) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await here.live.close()
        await here.engine.dispose()

    app = FastAPI(title="Shopkeep console", lifespan=lifespan, openapi_url=None, docs_url=None)
    app.state.shopkeep = here
    app.state.access = access_of(here)
    app.add_middleware(Auditing, engine=here.engine)
    app.add_middleware(BodyLimit)
    app.add_middleware(PlainAddress)
    problems.install(app)
    app.include_router(_routes())
    return app


@cache
def _routes() -> APIRouter:
    """Put together once a process, as those of the front door."""
    pages = APIRouter(dependencies=[Depends(admit), Depends(require_form_token)])
    for room in PAGES:
        pages.include_router(room.router)
    return pages
