"""Many products are changed at once, each for itself, and changed back."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.bulk_changes import BulkChanges, Done, Selection
from actors.bulk_edits import (
    CollectionEdit,
    DeleteEdit,
    Edit,
    FlagEdit,
    Left,
    PriceEdit,
    StockEdit,
    TagEdit,
    Why,
    edited,
)
from actors.changes import Change, Deletion, Products, Puts, Restoration
from actors.owned_catalogue import OwnedCatalogue
from models.errors import Conflict, NotFound, ShopkeepError, Unavailable
from models.merchant import Merchant
from models.product import Product, Source, Variant
from store import collections, products
from store.product_listing import Wanted
from tests.actors.wares import found, put, save
from tests.store.listed_shop import product

MERCHANT = Merchant(id="m1", name="Linden & Lark", currency="EUR")


@dataclass
class Gateway:
    """The part of it that is asked. `down`: it answers nothing for this product."""

    catalogue: OwnedCatalogue
    down: str = ""

    async def put(self, merchant: Merchant, puts: Any) -> Products:
        return await self._change(Puts(puts=tuple(puts), currency=merchant.currency))

    async def delete(self, _: str, product_id: str, expected_version: int | None) -> None:
        await self._change(Deletion(product_id=product_id, expected_version=expected_version))

    async def restore(self, _: str, product_id: str, expected_version: int | None) -> Product:
        change = Restoration(product_id=product_id, expected_version=expected_version)
        return (await self._change(change))[0]

    async def _change(self, change: Change) -> Products:
        if self.down in change.ids:
            raise Unavailable("the catalogue is away")
        (answer,) = await self.catalogue.change([change])
        if isinstance(answer, ShopkeepError):
            raise answer
        return answer


@pytest.fixture
def gateway(catalogue: OwnedCatalogue) -> Gateway:
    return Gateway(catalogue)


@pytest.fixture
def bulk(engine: AsyncEngine, gateway: Gateway) -> BulkChanges:
    return BulkChanges(engine, gateway, MERCHANT)


def of(*ids: str) -> Selection:
    return Selection(products=dict.fromkeys(ids))


def whys(done: Done) -> dict[str, Why]:
    return {one.product_id: one.why for one in done.left}


async def now(engine: AsyncEngine, product_id: str = "p1") -> Product:
    async with engine.begin() as connection:
        return await products.get(connection, "m1", product_id)


async def test_what_a_preview_says_is_what_happens_and_is_undone(
    engine: AsyncEngine, catalogue: OwnedCatalogue, bulk: BulkChanges
) -> None:
    await save(catalogue, put("p1", price=1000), put("p2", price=2000))
    edit = PriceEdit(mode="percent", percent=Decimal("-12.5"), sale=True)
    preview = await bulk.preview(of("p1", "p2"), edit)
    assert (preview.total, preview.more) == (2, 0)
    done = await bulk.apply("b1", of("p1", "p2"), edit, seq=preview.seq)
    assert (done.changed, done.unchanged, done.left) == (2, 0, ())
    for before, after in preview.pairs:
        assert (await now(engine, before.id)).variants == after.variants
    variant = (await now(engine)).variants[0]
    assert (variant.price_minor, variant.compare_at_price_minor) == (875, 1000)
    undone = await bulk.undo("b1")
    assert undone.changed == 2
    assert (await now(engine)).variants == preview.pairs[0][0].variants
    with pytest.raises(NotFound):
        await bulk.undo("b1")


async def test_a_preview_changes_nothing(
    engine: AsyncEngine, catalogue: OwnedCatalogue, bulk: BulkChanges
) -> None:
    (before,) = await save(catalogue, put("p1"))
    await bulk.preview(of("p1"), DeleteEdit(kind="delete"))
    assert await now(engine) == before


async def test_what_was_changed_since_the_preview_is_left_alone(
    engine: AsyncEngine, catalogue: OwnedCatalogue, bulk: BulkChanges
) -> None:
    await save(catalogue, put("p1"), put("p2"))
    edit = FlagEdit(kind="featured", value=True)
    preview = await bulk.preview(of("p1", "p2"), edit)
    await save(catalogue, put("p1", "Straw hat"))
    done = await bulk.apply("b1", of("p1", "p2"), edit, seq=preview.seq)
    assert (done.changed, whys(done)) == (1, {"p1": Why.CHANGED})
    assert not (await now(engine)).is_featured


async def test_what_was_changed_since_the_edit_is_not_undone(
    engine: AsyncEngine, catalogue: OwnedCatalogue, bulk: BulkChanges
) -> None:
    await save(catalogue, put("p1"), put("p2"))
    await bulk.apply("b1", of("p1", "p2"), TagEdit(tag="sale"))
    await save(catalogue, put("p1", "Straw hat"))
    undone = await bulk.undo("b1")
    assert (undone.changed, whys(undone)) == (1, {"p1": Why.CHANGED})
    assert (await now(engine)).name == "Straw hat"
    assert (await now(engine, "p2")).tags == ()


async def test_deleted_ones_come_back_and_restored_ones_go_again(
    catalogue: OwnedCatalogue, bulk: BulkChanges
) -> None:
    await save(catalogue, put("p1"), put("p2"))
    assert (await bulk.apply("b1", of("p1", "p2"), DeleteEdit(kind="delete"))).changed == 2
    assert await found(catalogue) == set()
    assert whys(await bulk.apply("b2", of("p1"), FlagEdit(kind="featured", value=True))) == {"p1": Why.GONE}
    assert (await bulk.undo("b1")).changed == 2
    assert await found(catalogue) == {"p1", "p2"}
    assert whys(await bulk.apply("b3", of("p1"), DeleteEdit(kind="restore"))) == {"p1": Why.GONE}


async def test_one_that_cannot_be_changed_keeps_no_other_from_it(
    engine: AsyncEngine, catalogue: OwnedCatalogue, gateway: Gateway, bulk: BulkChanges
) -> None:
    await save(catalogue, put("p1", price=300), put("p2", price=2000), put("p3", price=3000))
    gateway.down = "p3"
    done = await bulk.apply("b1", of("p1", "p2", "p3", "p4"), PriceEdit(mode="add", amount=-500))
    assert whys(done) == {"p1": Why.BELOW_ZERO, "p3": Why.UNAVAILABLE, "p4": Why.GONE}
    assert (await now(engine, "p2")).variants[0].price_minor == 1500
    gateway.down = ""
    assert whys(await bulk.undo("b1")) == {"p3": Why.CHANGED}
    assert (await now(engine, "p2")).variants[0].price_minor == 2000


async def test_one_change_is_made_once(
    engine: AsyncEngine, catalogue: OwnedCatalogue, bulk: BulkChanges
) -> None:
    await save(catalogue, put("p1", price=1000))
    edit = PriceEdit(mode="add", amount=100)
    await bulk.apply("b1", of("p1"), edit)
    with pytest.raises(Conflict):
        await bulk.apply("b1", of("p1"), edit)
    assert (await now(engine)).variants[0].price_minor == 1100


async def test_all_that_a_list_shows_are_changed_in_batches(
    catalogue: OwnedCatalogue, bulk: BulkChanges
) -> None:
    for start in range(0, 1100, 220):
        await save(catalogue, *[put(f"p{number}") for number in range(start, start + 220)])
    await save(catalogue, put("other", "Cap"))
    everything = Selection(products={}, wanted=Wanted(text="linen"))
    edit = StockEdit(mode="set", pieces=3)
    preview = await bulk.preview(everything, edit)
    assert (preview.total, len(preview.pairs), preview.more) == (1100, 100, 1000)
    assert (await bulk.apply("b1", everything, edit, seq=preview.seq)).changed == 1100
    assert (await bulk.undo("b1")).changed == 1100


async def test_a_product_goes_into_a_collection_and_out_again(
    engine: AsyncEngine, catalogue: OwnedCatalogue, bulk: BulkChanges
) -> None:
    await save(catalogue, put("p1"), put("p2"))
    async with engine.begin() as connection:
        await collections.create(connection, "m1", "sale", "Sale", [])
        await collections.add(connection, "m1", "sale", ["p1"])
    edit = CollectionEdit(collection_id="sale")
    preview = await bulk.preview(of("p1", "p2"), edit)
    assert (len(preview.pairs), preview.unchanged) == (1, 1)
    done = await bulk.apply("b1", of("p1", "p2"), edit)
    assert (done.changed, done.unchanged) == (1, 1)
    await bulk.undo("b1")
    async with engine.begin() as connection:
        assert await collections.product_ids(connection, "m1", "sale") == ["p1"]
    with pytest.raises(NotFound):
        await bulk.apply("b2", of("p1"), CollectionEdit(collection_id="unknown"))


async def test_nobody_undoes_the_change_of_another_merchant(
    engine: AsyncEngine, catalogue: OwnedCatalogue, gateway: Gateway, bulk: BulkChanges
) -> None:
    await save(catalogue, put("p1"))
    await bulk.apply("b1", of("p1"), TagEdit(tag="sale"))
    with pytest.raises(NotFound):
        await BulkChanges(engine, gateway, replace(MERCHANT, id="m2")).undo("b1")
    assert (await now(engine)).tags == ("sale",)


def two_sizes(**rest: Any) -> Product:
    variants = [
        Variant(id="s", name="S", price_minor=1000, stock=2),
        Variant(id="m", name="M", price_minor=1200, compare_at_price_minor=2000, stock=None),
    ]
    return product("p", variants=variants, **rest)


def prices(after: Product) -> list[tuple[int, int | None]]:
    return [(variant.price_minor, variant.compare_at_price_minor) for variant in after.variants]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (PriceEdit(mode="set", amount=900), [(900, None), (900, 2000)]),
        (PriceEdit(mode="add", amount=-1), [(999, None), (1199, 2000)]),
        (PriceEdit(mode="percent", percent=Decimal("0.05")), [(1001, None), (1201, 2000)]),
        (PriceEdit(mode="percent", percent=Decimal(-50), sale=True), [(500, 1000), (600, 2000)]),
        (PriceEdit(mode="add", amount=900, sale=True), [(1900, None), (2100, None)]),
    ],
)
def test_prices_are_set_raised_and_lowered(edit: PriceEdit, expected: list[tuple[int, int | None]]) -> None:
    assert prices(edited(two_sizes(), edit)) == expected


def test_of_a_product_the_variants_that_are_meant_are_changed() -> None:
    after = edited(two_sizes(), StockEdit(mode="add", pieces=3), {"s"})
    assert [variant.stock for variant in after.variants] == [5, None]


def test_tags_and_states_are_set_and_taken_away() -> None:
    tagged = edited(two_sizes(tags=("New", "sale")), TagEdit(tag="sale"))
    assert tagged.tags == ("New", "sale")
    assert edited(tagged, TagEdit(tag="new", add=False)).tags == ("sale",)
    assert not edited(tagged, FlagEdit(kind="active", value=False)).is_active
    assert edited(tagged, FlagEdit(kind="featured", value=True)).is_featured


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (PriceEdit(mode="add", amount=-1001), Why.BELOW_ZERO),
        (PriceEdit(mode="add", amount=10**12), Why.TOO_HIGH),
        (StockEdit(mode="add", pieces=1), Why.NOT_COUNTED),
        (StockEdit(mode="set", pieces=-1), Why.BELOW_ZERO),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(edit: Edit, why: Why) -> None:
    with pytest.raises(Left) as refused:
        edited(two_sizes(), edit)
    assert refused.value.why is why


@pytest.mark.parametrize(
    "edit",
    [
        PriceEdit(mode="add", amount=1),
        StockEdit(mode="set", pieces=1),
        TagEdit(tag="t"),
        DeleteEdit(kind="delete"),
    ],
)
def test_what_a_connected_store_would_write_over_is_left_to_it(edit: Edit) -> None:
    synced = two_sizes(source=Source.SHOPIFY)
    with pytest.raises(Left, match="shopify"):
        edited(synced, edit)
    assert edited(synced, FlagEdit(kind="featured", value=True)).is_featured
