"""What a route is handed: the database, the actors, the settings."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.gateway import Gateway
from models.merchant import Merchant
from settings import Settings
from store import merchants
from store.database import autocommit
from store.files import Files, files_at
from store.passwords import Passwords
from store.vault import Vault
from web.live import Live
from web.rates import Rates
from web.refusals import Refusals


@dataclass(frozen=True, slots=True)
class Shopkeep:
    engine: AsyncEngine
    gateway: Gateway
    settings: Settings
    vault: Vault
    refusals: Refusals
    passwords: Passwords
    live: Live
    rates: Rates

    @property
    def files(self) -> Files:
        return files_at(self.settings.uploads_location)


def equipment(configuration: Settings, gateway: Gateway, *, streams: int = 100) -> Shopkeep:
    """`streams`: how many may be open at once."""
    vault = Vault([key.get_secret_value() for key in configuration.encryption_keys])
    engine = gateway.engine
    live = Live(engine, most=streams)
    rates = Rates.of(configuration)
    return Shopkeep(engine, gateway, configuration, vault, Refusals(engine), Passwords(), live, rates)


async def _shopkeep(request: Request) -> Shopkeep:
    found: Shopkeep = request.app.state.shopkeep
    return found


Here = Annotated[Shopkeep, Depends(_shopkeep)]


async def _merchant(m: str, here: Here) -> Merchant:
    """The merchant of the path; 404 when there is none."""
    async with autocommit(here.engine) as connection:
        return await merchants.get(connection, m)


TheMerchant = Annotated[Merchant, Depends(_merchant)]
