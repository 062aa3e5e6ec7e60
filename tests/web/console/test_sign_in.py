"""In and out, and what makes it safe."""

import asyncio
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from store import users
from tests.store.rows import select
from tests.web.people import SESSION, at_console, form_token, hold, user
from web import accounts
from web.access import VISIT_COOKIE, Access, hashed

PASSWORD = "a lamp in the harbour"
EMAIL = "ana@shop.example"


@pytest.fixture
async def ana(app: FastAPI, engine: AsyncEngine, shop: Merchant) -> str:
    user_id = await user(engine, shop.id, email=EMAIL)
    made = await app.state.shopkeep.passwords.hash(PASSWORD)
    async with engine.begin() as connection:
        await users.set_password(connection, user_id, made)
    return user_id


async def sign_in(
    browser: httpx.AsyncClient, password: str = PASSWORD, email: str = EMAIL, **more: Any
) -> httpx.Response:
    page = await browser.get("/console/sign-in")
    data = {"csrf_token": form_token(page.text), "email": email, "password": password, **more}
    return await browser.post("/console/sign-in", data=data)


@pytest.mark.usefixtures("ana")
async def test_a_user_signs_in_and_sees_the_own_shop(browser: httpx.AsyncClient) -> None:
    answer = await sign_in(browser, email="  ANA@Shop.Example ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(SESSION))
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= attributes
    home = await browser.get("/console/")
    assert home.headers["Location"] == "/console/m1/conversations"  # there is but one


@pytest.mark.usefixtures("ana")
async def test_over_plain_http_the_cookie_has_its_plain_name(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
        answer = await sign_in(browser)
        cookie = next(one for one in answer.headers.get_list("set-cookie") if "session" in one)
        assert cookie.startswith("shopkeep_session=")
        assert "secure" not in cookie.lower()
        assert (await browser.get("/console/account")).status_code == 200


@pytest.mark.usefixtures("ana")
async def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(browser: httpx.AsyncClient) -> None:
    wrong = await sign_in(browser, "a lamp in the window")
    unknown = await sign_in(browser, email="bob@shop.example")
    assert wrong.status_code == unknown.status_code == 401
    assert "do not fit together" in wrong.text
    assert wrong.text.count("do not fit") == unknown.text.count("do not fit")
    assert PASSWORD not in wrong.text
    assert 'value="ana@shop.example"' in wrong.text  # what was typed is not lost


@pytest.mark.usefixtures("ana")
async def test_an_unknown_email_is_hashed_as_a_known_one_is(
    browser: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []
    passwords = app.state.shopkeep.passwords
    before = type(passwords).fits

    async def fits(self: Any, password: str, known: str | None) -> bool:
        asked.append(known)
        fits_really: bool = await before(self, password, known)
        return fits_really

    monkeypatch.setattr(type(passwords), "fits", fits)
    await sign_in(browser, email="bob@shop.example")
    await sign_in(browser, "wrong")
    assert asked[0] is None
    assert asked[1]


async def test_a_disabled_user_is_answered_like_a_wrong_password(
    browser: httpx.AsyncClient, app: FastAPI, ana: str
) -> None:
    await accounts.disable(app.state.shopkeep, ana, by="")
    answer = await sign_in(browser)
    assert answer.status_code == 401
    assert "do not fit together" in answer.text


@pytest.mark.usefixtures("ana")
async def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(
    browser: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_OF_AN_EMAIL", 3)
    tries = [await sign_in(browser, "wrong") for _ in range(3)]
    assert {one.status_code for one in tries} == {401}
    late = await sign_in(browser)
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 15 * 60
    assert "Please wait 15 min" in late.text
    assert not (await select(app.state.access.engine, "1 FROM sessions"))


@pytest.mark.usefixtures("ana")
async def test_tries_of_many_emails_from_one_address_have_to_wait_too(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_OF_AN_ADDRESS", 3)
    for number in range(3):
        assert (await sign_in(browser, email=f"{number}@shop.example")).status_code == 401
    assert (await sign_in(browser)).status_code == 429


@pytest.mark.usefixtures("ana")
async def test_tries_at_the_same_moment_are_all_counted(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_OF_AN_EMAIL", 2)
    await browser.get("/console/sign-in")
    answers = await asyncio.gather(*(sign_in(browser, "wrong") for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [401, 401, 429, 429]


@pytest.mark.usefixtures("ana")
async def test_signing_in_forgives_the_tries_before(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_OF_AN_EMAIL", 2)
    for _ in range(3):
        assert (await sign_in(browser, "wrong")).status_code == 401
        assert (await sign_in(browser)).status_code == 303
        browser.cookies.clear()


@pytest.mark.usefixtures("ana")
async def test_a_session_that_was_there_before_is_not_the_one_after(
    browser: httpx.AsyncClient, app: FastAPI, engine: AsyncEngine
) -> None:
    """Session fixation: whoever planted a cookie does not share what comes after."""
    access: Access = app.state.access
    planted = await access.new_session(None)
    hold(browser, planted)
    answer = await browser.post(
        "/console/sign-in",
        data={"csrf_token": access.csrf_token(planted), "email": EMAIL, "password": PASSWORD},
    )
    assert answer.status_code == 303
    assert browser.cookies[SESSION] != planted
    assert len(await select(engine, "1 FROM sessions")) == 1
    browser.cookies.clear()
    hold(browser, planted)
    assert (await browser.get("/console/account")).status_code == 401


@pytest.mark.usefixtures("ana")
async def test_the_form_of_another_visit_does_not_sign_in(browser: httpx.AsyncClient, app: FastAPI) -> None:
    page = await browser.get("/console/sign-in")
    browser.cookies.clear()
    data = {"csrf_token": form_token(page.text), "email": EMAIL, "password": PASSWORD}
    assert (await browser.post("/console/sign-in", data=data)).status_code == 403
    other = app.state.access.vault.seal("visit:another").decode()
    browser.cookies.set(f"__Host-{VISIT_COOKIE}", other)
    assert (await browser.post("/console/sign-in", data=data)).status_code == 403


async def test_signing_out_ends_the_session_and_no_copy_of_the_cookie_helps(
    app: FastAPI, ana: str, browser: httpx.AsyncClient
) -> None:
    async with at_console(app, ana) as visitor:
        copied = visitor.client.cookies[SESSION]
        answer = await visitor.send("/sign-out")
        assert answer.headers["Location"].startswith("/console/sign-in")
        assert SESSION not in visitor.client.cookies
    hold(browser, copied)
    assert (await browser.get("/console/account")).status_code == 401
    assert (await browser.get("/api/account")).status_code == 401


async def test_a_changed_password_ends_every_session_but_this_browsers(app: FastAPI, ana: str) -> None:
    async with at_console(app, ana) as here, at_console(app, ana) as elsewhere:
        before = here.client.cookies[SESSION]
        new = "two lamps in the harbour"
        wrong = await here.send("/account/password", {"current": "wrong", "password": new})
        assert wrong.status_code == 422
        assert "not your present password" in wrong.text
        changed = await here.send("/account/password", {"current": PASSWORD, "password": new})
        assert changed.status_code == 303
        assert here.client.cookies[SESSION] != before
        assert (await here.client.get("/console/account")).status_code == 200
        assert (await elsewhere.client.get("/console/account")).status_code == 401


async def test_signing_out_everywhere_is_everywhere(app: FastAPI, ana: str) -> None:
    async with at_console(app, ana) as here, at_console(app, ana) as elsewhere:
        assert "2 browsers are signed in" in (await here.page("/account")).get_text()
        assert (await here.send("/account/sign-out-everywhere")).status_code == 303
        for one in (here, elsewhere):
            assert (await one.client.get("/console/account")).status_code == 401


async def test_a_disabled_user_is_out_at_once(app: FastAPI, ana: str) -> None:
    async with at_console(app, ana) as visitor:
        assert (await visitor.client.get("/console/account")).status_code == 200
        await accounts.disable(app.state.shopkeep, ana, by="")
        assert (await visitor.client.get("/console/account")).status_code == 401


async def test_a_session_ends_seven_days_after_its_last_use(
    app: FastAPI, ana: str, engine: AsyncEngine
) -> None:
    async with at_console(app, ana) as visitor:
        await select(engine, "1")
        async with engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE sessions SET expires_at = now() + interval '1 day'")
        await visitor.page("/account")
        (moved,) = await select(engine, "expires_at > now() + interval '6 days' FROM sessions")
        assert moved[0]
        async with engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE sessions SET expires_at = now() - interval '1 second'")
        assert (await visitor.client.get("/console/account")).status_code == 401


async def test_what_is_stored_of_a_session_lets_nobody_in(
    browser: httpx.AsyncClient, app: FastAPI, ana: str, engine: AsyncEngine
) -> None:
    access: Access = app.state.access
    cookie = await access.new_session(ana)
    ((stored,),) = await select(engine, "id_hash FROM sessions")
    opened = access.vault.open(cookie.encode()).removeprefix("session:")
    assert stored == hashed(opened)
    for made_up in (stored, access.vault.seal(f"session:{stored}").decode(), opened):
        hold(browser, made_up)
        assert (await browser.get("/console/account")).status_code == 401


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/console/",
        "//evil.example",
        "//evil.example/console/",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/console/\\evil.example",
        "/console/\r\nSet-Cookie: a=b",
        " /console/",
        "/consolejoy",
        "/r/abc",
    ],
)
@pytest.mark.usefixtures("ana")
async def test_after_signing_in_nobody_is_led_out_of_the_console(
    browser: httpx.AsyncClient, next_: str
) -> None:
    answer = await sign_in(browser, next=next_)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")


@pytest.mark.usefixtures("ana")
async def test_whoever_has_to_sign_in_first_goes_on_to_where_they_were_going(
    browser: httpx.AsyncClient,
) -> None:
    asked = await browser.get("/console/audit?what=blue%20dress&cursor=x")
    assert asked.status_code == 401
    assert 'name="next" value="/console/audit?what=blue%20dress&amp;cursor=x"' in asked.text
    answer = await sign_in(browser, next="/console/audit?what=blue%20dress")
    assert answer.headers["Location"] == "/console/audit?what=blue%20dress"
