"""The HTTP application, put together on one screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial

from fastapi import APIRouter, Depends, FastAPI

from actors.gateway import Gateway
from settings import Settings
from web import (
    analytics,
    api_page,
    audit,
    budget,
    bulk_products,
    chat,
    collections,
    conversations,
    customers,
    deletion_page,
    demo_shop,
    entry,
    events,
    executions,
    experiment_figures,
    exports,
    health,
    imports,
    instagram_accounts,
    instagram_leaving,
    instagram_login,
    links,
    media,
    merchant_leaving,
    merchants,
    pictures,
    placement,
    posts,
    problems,
    products,
    restock,
    search,
    self_test,
    shopify,
    shopify_login,
    shopify_webhooks,
    static_files,
    tokens,
    users,
    webhooks,
)
from web.access import access_of, require_access
from web.addresses import PlainAddress
from web.answer_headers import AnswerHeaders
from web.auditing import Auditing
from web.console.app import assembled
from web.deps import equipment
from web.intake import Intake
from web.limits import BodyLimit
from web.rates import AddressRate
from web.request_id import RequestId

# Behind a token or a session.
API = (
    merchants,
    merchant_leaving,
    placement,
    bulk_products,
    products,
    pictures,
    collections,
    posts,
    imports,
    exports,
    search,
    chat,
    conversations,
    executions,
    events,
    budget,
    restock,
    instagram_accounts,
    shopify,
    customers,
    self_test,
    analytics,
    experiment_figures,
    users,
    tokens,
    audit,
)
PAGES = (
    health,
    webhooks,
    instagram_login,
    instagram_leaving,
    deletion_page,
    shopify_login,
    media,
    links,
    entry,
    static_files,
    demo_shop,
    api_page,
)


@cache
def _routes() -> APIRouter:
    """Put together once a process: reading the signatures of so many takes longer than starting."""
    api = APIRouter(prefix="/api", dependencies=[Depends(require_access)])
    for room in API:
        api.include_router(room.router)
    every = APIRouter()
    for room in PAGES:
        every.include_router(room.router)
    every.include_router(api)
    return every


def build(configuration: Settings, gateway: Gateway) -> FastAPI:
    here = equipment(configuration, gateway)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await here.live.close()
        await here.engine.dispose()

    app = FastAPI(
        title="Shopkeep",
        lifespan=lifespan,
        docs_url=None,
        openapi_url=api_page.DESCRIPTION,
        redoc_url=None,
        responses=problems.DESCRIBED,
    )
    app.state.shopkeep = here
    app.state.access = access_of(here)
    app.add_middleware(Auditing, engine=here.engine)
    app.add_middleware(BodyLimit)
    app.add_middleware(PlainAddress)
    app.add_middleware(AddressRate, rate=here.rates.address)
    app.add_middleware(AnswerHeaders, public_url=configuration.public_url)
    app.add_middleware(RequestId)
    problems.install(app)

    # The first to be asked: most of what comes is for it.
    app.router.routes.insert(0, webhooks.Receiver(here, Intake(partial(webhooks.keep, here))).route)
    app.router.routes.insert(1, shopify_webhooks.Receiver(here).route)
    app.include_router(_routes())
    # Where the console has no deployment of its own (`serve run serve_app:app`), it is here all the same.
    app.mount("/console", assembled(here))
    return app
