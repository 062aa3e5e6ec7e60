"""The log of changes, as it is read."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from store import audit
from store.audit import Actor, Change, Wanted
from tests.store.rows import open_shop, select

CHANGE = Change(
    actor_kind="user",
    actor_id="u1",
    actor_name="Ana",
    merchant_id="m1",
    action="products.change",
    target="p1",
    fields=("name", "stock"),
)


async def test_the_log_is_read_newest_first_by_shop_who_and_what(engine: AsyncEngine) -> None:
    for shop in ("m1", "m2"):
        await open_shop(engine, shop)
    changes = [
        CHANGE,
        replace(CHANGE, merchant_id="m2", actor_name="Ana Maria"),
        replace(CHANGE, merchant_id=None, action="users.invite"),
        replace(CHANGE, actor_kind="link", actor_id="", actor_name=""),
    ]
    async with engine.begin() as connection:
        for change in changes:
            await audit.record(connection, change)
        (one, two) = await audit.listing(connection, Wanted(merchants=["m1"]), limit=9, before=None)
        assert (one.actor_kind, two.actor_kind, two.fields) == ("link", "user", ("name", "stock"))
        assert await audit.listing(connection, Wanted(merchants=["m1"]), limit=9, before=one.id) == [two]
        of_ana = await audit.listing(
            connection, Wanted(actor_kind="user", actor_id="u1"), limit=9, before=None
        )
        assert [entry.merchant_id for entry in of_ana] == [None, "m2", "m1"]
        invited = await audit.listing(connection, Wanted(action="users.invite"), limit=9, before=None)
        assert len(invited) == 1
        assert await audit.actors(connection, ["m1", "m2"]) == [
            Actor(kind="link", id="", name=""),
            Actor(kind="user", id="u1", name="Ana Maria"),
        ]
        assert await audit.actions(connection, ["m1"]) == ["products.change"]


async def test_a_change_of_a_shop_that_is_gone_is_one_of_the_installation(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await audit.record(connection, replace(CHANGE, merchant_id="gone"))
    assert [row[0] for row in await select(engine, "merchant_id FROM audit_log")] == [None]


async def test_after_two_years_a_change_is_forgotten(engine: AsyncEngine) -> None:
    await open_shop(engine)
    async with engine.begin() as connection:
        await audit.record(connection, CHANGE)
        await connection.exec_driver_sql("UPDATE audit_log SET at = now() - interval '731 days'")
        await audit.record(connection, CHANGE)
        await audit.prune(connection)
    assert len(await select(engine, "1 FROM audit_log")) == 1
