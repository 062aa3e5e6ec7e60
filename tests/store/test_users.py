"""Users, their shops and their links."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import Conflict, NotFound
from store import invitations, sessions, sign_in_failures, users
from store.users import Role
from tests.store.rows import open_shop, select


async def made(
    engine: AsyncEngine, user_id: str, email: str, *merchants: str, role: Role = "merchant"
) -> None:
    async with engine.begin() as connection:
        await users.create(
            connection, user_id=user_id, role=role, email=email, name=user_id, merchants=merchants
        )


async def test_an_email_belongs_to_one_user_however_it_is_written(engine: AsyncEngine) -> None:
    await made(engine, "u1", " Straße@Shop.example ")
    with pytest.raises(Conflict):
        await made(engine, "u2", "STRASSE@shop.example")
    async with engine.begin() as connection:
        known = await users.known(connection, "strasse@SHOP.example")
        assert known
        assert (known.user_id, known.password_hash, known.disabled) == ("u1", None, False)
        assert (await users.get(connection, "u1")).email == "Straße@Shop.example"


async def test_a_shop_that_is_not_there_cannot_be_given(engine: AsyncEngine) -> None:
    with pytest.raises(NotFound):
        await made(engine, "u1", "a@shop.example", "nobody")
    assert not await select(engine, "1 FROM users")


async def test_users_are_listed_by_email_in_pages_and_by_shop(engine: AsyncEngine) -> None:
    for shop in ("m1", "m2"):
        await open_shop(engine, shop)
    await made(engine, "u3", "c@shop.example", "m1", "m2")
    await made(engine, "u1", "a@shop.example", "m1")
    await made(engine, "u2", "B@shop.example", role="operator")
    async with engine.begin() as connection:
        first = await users.listing(connection, limit=2, after=None)
        assert [user.id for user in first] == ["u1", "u2"]
        rest = await users.listing(connection, limit=2, after=users.email_key(first[-1].email))
        assert [(user.id, user.merchants) for user in rest] == [("u3", ("m1", "m2"))]
        of_shop = await users.listing(connection, limit=9, after=None, merchants=["m2"])
        assert [user.id for user in of_shop] == ["u3"]


async def test_with_a_shop_its_users_lose_it_and_nothing_else(engine: AsyncEngine) -> None:
    await open_shop(engine)
    await made(engine, "u1", "a@shop.example", "m1")
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM merchants")
        assert (await users.get(connection, "u1")).merchants == ()


async def test_only_an_operator_who_can_sign_in_counts_as_one(engine: AsyncEngine) -> None:
    await made(engine, "u1", "a@shop.example", role="operator")
    async with engine.begin() as connection:
        assert not await users.any_operator(connection)
        await users.set_password(connection, "u1", "hash")
        assert await users.any_operator(connection)
        await users.disable(connection, "u1")
        assert not await users.any_operator(connection)


async def test_disabling_takes_sessions_and_links_with_it(engine: AsyncEngine) -> None:
    await made(engine, "u1", "a@shop.example")
    async with engine.begin() as connection:
        await sessions.begin(connection, "s1", "u1")
        await sessions.begin(connection, "s2", None)
        await invitations.issue(connection, "u1", "code")
        await users.disable(connection, "u1")
        assert await sessions.find(connection, "s1") is None
        assert await sessions.find(connection, "s2")
        assert await invitations.whose(connection, "code") is None


async def test_a_link_is_looked_at_as_often_as_one_likes_and_used_once(engine: AsyncEngine) -> None:
    await made(engine, "u1", "a@shop.example")
    async with engine.begin() as connection:
        await invitations.issue(connection, "u1", "old")
        await invitations.issue(connection, "u1", "new")
        assert await invitations.redeem(connection, "old") is None
        assert [await invitations.whose(connection, "new") for _ in range(2)] == ["u1", "u1"]
        assert [await invitations.redeem(connection, "new") for _ in range(2)] == ["u1", None]


async def test_what_is_over_is_pruned(engine: AsyncEngine) -> None:
    await made(engine, "u1", "a@shop.example")
    async with engine.begin() as connection:
        await sessions.begin(connection, "s1", "u1")
        await invitations.issue(connection, "u1", "code")
        await sign_in_failures.count(connection, "email:a")
        for table, column in (
            ("sessions", "expires_at"),
            ("invitations", "expires_at"),
            ("sign_in_failures", "resets_at"),
        ):
            await connection.exec_driver_sql(f"UPDATE {table} SET {column} = now() - interval '1 s'")  # noqa: S608
        assert await sessions.find(connection, "s1") is None
        assert (await sign_in_failures.count(connection, "email:a")).count == 1  # its window is over
        assert await invitations.redeem(connection, "code") is None
        for kept in (sessions, invitations, sign_in_failures):
            await kept.prune(connection)
    assert not await select(engine, "1 FROM sessions")
    assert not await select(engine, "1 FROM invitations")
    assert len(await select(engine, "1 FROM sign_in_failures")) == 1


async def test_failures_are_kept_without_anybodys_name(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await sign_in_failures.count(connection, "email:a@shop.example")
        counted = await sign_in_failures.count(connection, "email:a@shop.example")
    assert counted.count == 2
    assert 0 < counted.resets_in_s <= sign_in_failures.WINDOW_S
    assert "shop.example" not in str(await select(engine, "* FROM sign_in_failures"))
