"""Shops, and the accounts that are theirs alone."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import Conflict, NotFound
from models.merchant import Contact, FaqEntry
from store import accounts, inbox, merchants
from tests.store.rows import CHANNEL, account_of, arrive, event, open_shop, select


async def test_a_profile_comes_back_as_it_was_saved(engine: AsyncEngine) -> None:
    shop = replace(
        await open_shop(engine),
        faq=(FaqEntry(question="Gift wrap?", answer="Yes."),),
        policies={"returns": "30 days"},
        contact=Contact(email="hello@shop.example"),
    )
    async with engine.begin() as connection:
        await merchants.save(connection, shop)
        assert await merchants.get(connection, shop.id) == shop
        assert await merchants.listing(connection) == [shop]


async def test_an_unknown_merchant_is_not_found(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        with pytest.raises(NotFound):
            await merchants.get(connection, "m9")


async def test_an_account_belongs_to_one_merchant(engine: AsyncEngine) -> None:
    await open_shop(engine, "m1")
    await open_shop(engine, "m2")
    async with engine.begin() as connection:
        with pytest.raises(Conflict, match="another merchant"):
            await accounts.connect(
                connection,
                merchant_id="m2",
                channel=CHANNEL,
                account_id=account_of("m1"),
                sealed_token=b"stolen",
            )
    await arrive(engine, event("hi"))
    assert [row.merchant_id for row in await select(engine, "merchant_id FROM inbox")] == ["m1"]
    kept = await select(engine, "access_token FROM accounts WHERE merchant_id = 'm1'")
    assert [row.access_token for row in kept] == [b"sealed"]


async def test_disconnecting_ends_one_merchants_account_alone(engine: AsyncEngine) -> None:
    await open_shop(engine, "m1")
    await open_shop(engine, "m2")
    async with engine.begin() as connection:
        await accounts.disconnect(connection, merchant_id="m1", channel=CHANNEL)
        taken = await inbox.route(connection, CHANNEL, [event("hi"), event("hi", merchant="m2")])
        assert len(taken) == 1
        with pytest.raises(NotFound):
            await accounts.disconnect(connection, merchant_id="m1", channel=CHANNEL)
