"""The first operator, invitations, people and their shops."""

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from store import installation
from store.database import autocommit
from tests.store.rows import select
from tests.web.console.visitor import Visitor
from tests.web.people import SESSION, at_console, form_token, user
from web import accounts
from web.access import hashed

PASSWORD = "a lamp in the harbour"
FIRST = {"name": "Olga", "email": "olga@shop.example", "password": PASSWORD}


async def test_the_link_of_the_start_sets_up_the_first_operator(
    browser: httpx.AsyncClient, engine: AsyncEngine, shop: Merchant
) -> None:
    async with autocommit(engine) as connection:
        await installation.issue(connection, hashed("code"), 60)
    entered = await browser.get("/enter?code=code")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/")
    by_link = browser.cookies[SESSION]
    home = await browser.get("/console/")
    assert shop.name in home.text  # looking around needs no account
    assert 'href="/console/set-up"' in home.text
    page = await browser.get("/console/set-up")
    answer = await browser.post("/console/set-up", data={"csrf_token": form_token(page.text), **FIRST})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    assert browser.cookies[SESSION] != by_link
    assert "Olga" in (await browser.get("/console/account")).text
    assert await select(engine, "1 FROM users WHERE role = 'operator' AND password_hash LIKE '$argon2id$%'")


async def test_once_there_is_an_operator_the_link_sets_up_no_other(
    app: FastAPI, visitor: Visitor, engine: AsyncEngine
) -> None:
    await accounts.set_up(app.state.shopkeep, **FIRST)
    assert (await visitor.client.get("/console/set-up")).status_code == 303
    another = {**FIRST, "email": "eve@shop.example"}
    assert (await visitor.send("/set-up", another)).status_code == 303
    assert len(await select(engine, "1 FROM users")) == 1
    assert "set-up" not in str(await visitor.page("/"))


async def test_a_merchant_cannot_become_the_first_operator(
    app: FastAPI, engine: AsyncEngine, shop: Merchant
) -> None:
    async with at_console(app, await user(engine, shop.id)) as merchant:
        assert (await merchant.send("/set-up", FIRST)).status_code == 403


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("shrt", "At least 10 characters"),
        ("aaaaaaaaaaaaaa", "guessed among the first"),
        ("olga@shop.example", "guessed among the first"),
        ("Olga-Password-1", "guessed among the first"),
        ("x" * 201, "At most 200"),
    ],
)
async def test_a_password_that_would_be_guessed_is_refused_beside_its_field(
    visitor: Visitor, password: str, said: str
) -> None:
    answer = await visitor.send("/set-up", {**FIRST, "password": password})
    assert answer.status_code == 422
    assert 'id="password-fault"' in answer.text
    assert said in answer.text
    assert 'value="Olga"' in answer.text
    assert password not in answer.text.replace(FIRST["email"], "")


async def invited(visitor: Visitor, **more: str) -> str:
    """The path of the link."""
    fields = {"name": "Ben", "email": "ben@shop.example", "role": "merchant", "merchants": "m1", **more}
    answer = await visitor.send("/users", fields)
    assert answer.status_code == 201, answer.text
    url = answer.text.split('id="link" value="', 1)[1].split('"', 1)[0]
    return url.removeprefix("https://shop.example")


async def test_who_is_invited_sets_a_password_and_sees_the_own_shop_only(
    visitor: Visitor, browser: httpx.AsyncClient, shop: Merchant, other_shop: Merchant
) -> None:
    path = await invited(visitor)
    page = await browser.get(path)
    assert "Ben, choose a password" in page.text
    data = {"csrf_token": form_token(page.text), "password": PASSWORD}
    weak = await browser.post(path, data={**data, "password": "weak"})
    assert weak.status_code == 422
    answer = await browser.post(path, data=data)
    assert answer.status_code == 303
    assert (await browser.get("/console/")).headers["Location"] == f"/console/{shop.id}/conversations"
    assert (await browser.get(f"/api/merchants/{other_shop.id}")).status_code == 404
    listed = (await browser.get("/api/merchants")).json()["items"]
    assert [one["id"] for one in listed] == [shop.id]


@pytest.mark.usefixtures("shop")
async def test_an_invitation_works_once_and_a_newer_one_takes_its_place(
    visitor: Visitor, browser: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    first = await invited(visitor)
    ((ben,),) = await select(engine, "id FROM users WHERE name = 'Ben'")
    again = await visitor.send(f"/users/{ben}/invitation")
    second = again.text.split('id="link" value="https://shop.example', 1)[1].split('"', 1)[0]
    assert (await browser.get(first)).status_code == 404
    page = await browser.get(second)
    data = {"csrf_token": form_token(page.text), "password": PASSWORD}
    assert (await browser.post(second, data=data)).status_code == 303
    assert (await browser.get(second)).status_code == 404
    browser.cookies.clear()
    page = await browser.get("/console/sign-in")
    data = {"csrf_token": form_token(page.text), "password": "another lamp here"}
    assert (await browser.post(second, data=data)).status_code == 404


async def test_an_email_is_taken_however_it_is_written(visitor: Visitor, shop: Merchant) -> None:
    await invited(visitor)
    answer = await visitor.send(
        "/users", {"name": "Benno", "email": "BEN@Shop.example", "role": "merchant", "merchants": shop.id}
    )
    assert answer.status_code == 422
    assert 'id="email-fault"' in answer.text
    assert 'value="Benno"' in answer.text


async def test_a_merchants_user_needs_a_shop_and_an_operator_none(visitor: Visitor, shop: Merchant) -> None:
    fields = {"name": "Ben", "email": "ben@shop.example", "role": "merchant"}
    answer = await visitor.send("/users", fields)
    assert answer.status_code == 422
    assert "Choose at least one shop" in answer.text
    unknown = await visitor.send("/users", {**fields, "merchants": "nobody"})
    assert (unknown.status_code, "No such merchant" in unknown.text) == (422, True)
    assert (
        await visitor.send("/users", {**fields, "role": "operator", "merchants": shop.id})
    ).status_code == 201


@pytest.mark.usefixtures("shop", "other_shop")
async def test_people_are_listed_given_other_shops_disabled_and_enabled_again(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await invited(visitor)
    page = await visitor.page("/users")
    assert "Ben" in page.get_text()
    assert "Invited" in page.get_text()
    ((ben,),) = await select(engine, "id FROM users")
    moved = await visitor.send(f"/users/{ben}", {"name": "Ben B.", "merchants": ["m2"]})
    assert "Ben B. is saved" in (await visitor.follow(moved)).get_text()
    assert [row[0] for row in await select(engine, "merchant_id FROM user_merchants")] == ["m2"]
    nothing = await visitor.send(f"/users/{ben}", {"name": "Ben"})
    assert nothing.status_code == 422
    disabled = await visitor.follow(await visitor.send(f"/users/{ben}/disable"))
    undo = disabled.select_one(".flash form")
    assert undo
    assert undo["action"] == f"/console/users/{ben}/enable"
    assert (await visitor.send(f"/users/{ben}/invitation")).status_code == 409
    enabled = await visitor.follow(await visitor.send(f"/users/{ben}/enable"))
    assert "can sign in again" in enabled.get_text()


async def test_nobody_disables_the_own_account(app: FastAPI, engine: AsyncEngine) -> None:
    me = await user(engine, role="operator")
    async with at_console(app, me) as operator:
        assert (await operator.send(f"/users/{me}/disable")).status_code == 409
        page = await operator.page(f"/users/{me}")
        assert not page.select_one(f'form[action="/console/users/{me}/disable"]')


async def test_merchants_keep_no_accounts_but_their_own(
    app: FastAPI, engine: AsyncEngine, shop: Merchant
) -> None:
    me = await user(engine, shop.id)
    async with at_console(app, me) as merchant:
        for path in ("/users", "/users/new", f"/users/{me}"):
            await merchant.page(path, status=403)
        for path in ("/users", f"/users/{me}", f"/users/{me}/disable", f"/users/{me}/invitation"):
            assert (await merchant.send(path, {"name": "Me", "role": "operator"})).status_code == 403
        saved = await merchant.follow(await merchant.send("/account", {"name": " Ana  Maria "}))
        assert "Your name is saved" in saved.get_text()
        assert (await merchant.send("/account", {"name": " "})).status_code == 422
    assert [tuple(row) for row in await select(engine, "name, role FROM users")] == [
        ("Ana Maria", "merchant")
    ]
