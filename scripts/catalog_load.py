"""Searches and updates at a steady pace against a catalog actor, as agents and shops send them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import ray
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.gateway import Gateway
from actors.merging import Put
from actors.placement import Directory
from actors.remote_catalogue import RemoteCatalogue
from models.merchant import Merchant
from models.search import Filters, SearchResult
from scripts.made_shops import Ware, wares
from scripts.measured import Measured
from scripts.processes import cpu_s
from sources.drafts import ProductDraft
from store import merchants

_BATCH = 500
# Every tenth update is looked for by its name.
_LOOK = 10
_HITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A merchant with products, and the two ways to it."""

    gateway: Gateway
    merchant: Merchant
    catalogue: RemoteCatalogue
    wares: Sequence[Ware]


async def furnish(gateway: Gateway, merchant_id: str, count: int) -> tuple[Merchant, list[Ware]]:
    merchant = Merchant(id=merchant_id, name=merchant_id, currency="EUR")
    async with gateway.engine.begin() as connection:
        await merchants.create(connection, merchant, gateway.place_for(merchant_id))
    made = list(wares(count, merchant_id))
    for at in range(0, count, _BATCH):
        await gateway.put(merchant, [_put(ware.draft) for ware in made[at : at + _BATCH]])
    return merchant, made


def _put(draft: dict[str, Any]) -> Put:
    return Put(id=draft["id"], draft=ProductDraft.model_validate(draft, context="EUR"))


async def steadily(
    a_second: float, seconds: float, call: Callable[[int], Awaitable[None]], measured: Measured
) -> None:
    """Calls begin at their time however slow the others are, and each is timed from when it was due."""
    began = time.perf_counter()

    async def one(number: int, due: float) -> None:
        try:
            await call(number)
        except Exception as error:  # noqa: BLE001 - counted and shown
            measured.failed.append(f"{type(error).__name__}: {error}")
        else:
            measured.seconds.append(time.perf_counter() - due)

    async with asyncio.TaskGroup() as group:
        for number in range(int(a_second * seconds)):
            due = began + number / a_second
            await asyncio.sleep(max(0, due - time.perf_counter()))
            group.create_task(one(number, due))


async def searches(stage: Stage, a_second: float, seconds: float) -> Measured:
    measured = Measured()

    async def search(number: int) -> None:
        await stage.catalogue.search(*question(stage.wares, number), _HITS)

    await steadily(a_second, seconds, search, measured)
    return measured


def question(made: Sequence[Ware], number: int) -> tuple[str, Filters]:
    """Words of a product, every other time with its category, its price and stock."""
    ware = Random(number).choice(made)  # noqa: S311 - made up, not secret
    if number % 2:
        return ware.question, Filters()
    price = ware.draft["variants"][0]["price_minor"]
    category = ware.draft["category"][1]
    return ware.question, Filters(categories=(category,), price_max=price * 2, in_stock=True)


async def updates(stage: Stage, a_second: float, seconds: float) -> tuple[Measured, Measured]:
    """New prices: until the put is answered, and for some until a search shows the new price."""
    put, seen = Measured(), Measured()
    # Made before: who reads them from a request is not what is measured.
    new = [_new_price(stage.wares, number) for number in range(int(a_second * seconds))]

    async def update(number: int) -> None:
        began = time.perf_counter()
        change = new[number]
        await stage.gateway.put(stage.merchant, [change])
        if number % _LOOK == 0:
            found = await stage.catalogue.search(change.draft.name, Filters(in_stock=False), 1)
            if found.hits[0].variant.price_minor != change.draft.variants[0].price_minor:
                seen.failed.append(f"{change.id} has its old price")
            seen.seconds.append(time.perf_counter() - began)

    await steadily(a_second, seconds, update, put)
    return put, seen


def _new_price(made: Sequence[Ware], number: int) -> Put:
    draft = made[number * 7919 % len(made)].draft
    variants = [{**variant, "price_minor": 1000 + number} for variant in draft["variants"]]
    return _put({**draft, "variants": variants})


class Bare:
    """Answers what it was given, and does nothing else."""

    def __init__(self, answer: SearchResult) -> None:
        self._answer = answer

    async def search(self, *_asked: object, **_how: object) -> SearchResult:
        return self._answer


async def bare(stage: Stage, a_second: float, seconds: float) -> tuple[Measured, float]:
    """And the seconds of CPU it took."""
    answer = await stage.catalogue.search(*question(stage.wares, 0), _HITS)
    actor = ray.remote(max_concurrency=1000, num_cpus=0)(Bare).remote(answer)
    await actor.search.remote()
    rival = replace(stage, catalogue=RemoteCatalogue(actor, stage.merchant.id, time.monotonic))
    began = cpu_s("ray::Bare")
    measured = await searches(rival, a_second, seconds)
    spent = cpu_s("ray::Bare") - began
    ray.kill(actor)
    return measured, spent


async def staged(engine: AsyncEngine, directory: Directory, name: str, count: int) -> Stage:
    gateway = Gateway(engine, directory)
    merchant, made = await furnish(gateway, name, count)
    actor = directory.catalog(gateway.place_for(merchant.id))
    catalogue = RemoteCatalogue(actor, merchant.id, time.monotonic)
    return Stage(gateway=gateway, merchant=merchant, catalogue=catalogue, wares=made)
