"""Something to sell, a catalogue to sell it from, and an embedder that remembers what it was asked."""

from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from actors.changes import Change, Deletion, Puts
from actors.merging import Put
from actors.owned_catalogue import OwnedCatalogue
from indexes.embedders import Vectors
from models.errors import ShopkeepError, Unavailable
from models.product import Product
from models.search import NO_FILTERS
from sources.drafts import ProductDraft

Open = Callable[[], Awaitable[OwnedCatalogue]]


class CountingEmbedder:
    """Remembers what it embedded; `down` it cannot."""

    dimension = 8

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.down = False
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if self.down:
            raise Unavailable("the embedder is down")
        self.texts += texts
        return np.array([np.roll(np.eye(8, dtype=np.float32)[0], len(each)) for each in texts], np.float32)

    def forget(self) -> None:
        self.texts.clear()


def put(product_id: str, name: str = "Linen hat", price: int = 1990, **rest: object) -> Put:
    variants = [{"price_minor": price, "color": "blue"}]
    return Put(
        id=product_id,
        draft=ProductDraft.model_validate({"name": name, "variants": variants}),
        **rest,  # type: ignore[arg-type] # the fields of a Put
    )


async def save(catalogue: OwnedCatalogue, *puts: Put) -> list[Product]:
    return await changed(catalogue, Puts(puts=puts, currency="EUR"))


async def delete(catalogue: OwnedCatalogue, product_id: str, expected_version: int | None = None) -> None:
    await changed(catalogue, Deletion(product_id=product_id, expected_version=expected_version))


async def changed(catalogue: OwnedCatalogue, change: Change) -> list[Product]:
    (answer,) = await catalogue.change([change])
    if isinstance(answer, ShopkeepError):
        raise answer
    return list(answer)


async def found(catalogue: OwnedCatalogue, query: str = "") -> set[str]:
    return set(await ranked(catalogue, query))


async def ranked(catalogue: OwnedCatalogue, query: str = "") -> list[str]:
    return [hit.product.id for hit in (await catalogue.search(query, NO_FILTERS, 50)).hits]
