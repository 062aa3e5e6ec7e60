import re

import pytest

from tests.cluster.api import Api
from tests.cluster.launching import Launcher


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic dGhlLWFkbWluLXRva2Vu"},
        {"Authorization": "the-admin-token"},
        {"Cookie": "shopkeep_session=made-up"},
        {"Cookie": "shopkeep_session="},
    ],
)
@pytest.mark.parametrize("path", ["/api/merchants", "/api/merchants/demo", "/api/merchants/demo/products"])
async def test_nobody_gets_in_without_the_token(nobody: Api, path: str, headers: dict[str, str]) -> None:
    refused = await nobody.get(path, headers=headers)
    assert refused.status == 401
    assert refused.problem()
    assert refused.headers["WWW-Authenticate"] == "Bearer"


async def test_a_wrong_token_learns_nothing_about_what_is_there(nobody: Api) -> None:
    paths = ("/api/merchants/demo", "/api/merchants/nobody", "/api/merchants/demo/chat")
    refused = [(await nobody.post(path, {"wrong": "body"})).status for path in paths[2:]]
    refused += [(await nobody.get(path)).status for path in paths[:2]]
    assert set(refused) == {401}


async def test_the_link_of_the_start_lets_one_browser_in_once(nobody: Api, launcher: Launcher) -> None:
    entered = await nobody.get(launcher.entry_path())
    assert (entered.status, entered.headers["Location"]) == (303, "/")
    cookie = entered.headers["Set-Cookie"]
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    browser = {"Cookie": cookie.split(";")[0]}

    again = await nobody.get(launcher.entry_path())
    assert again.status == 401
    assert "Set-Cookie" not in again.headers

    assert (await nobody.get("/api/merchants/demo", headers=browser)).status == 200
    forged = await nobody.post("/api/merchants", {"name": "Forged"}, headers=browser)
    assert (forged.status, forged.problem()["status"]) == (403, 403)
    wrong = await nobody.post("/api/merchants", {"name": "F"}, headers=browser | {"X-CSRF-Token": "made-up"})
    assert wrong.status == 403

    page = await nobody.get("/console/", headers=browser)
    assert page.status == 200
    found = re.search(rb'csrf[^>]*?content="([^"]+)"', page.raw)
    assert found, page.raw
    signed = browser | {"X-CSRF-Token": found[1].decode()}
    assert (await nobody.post("/api/merchants", {"name": "By a browser"}, headers=signed)).status == 201


async def test_no_page_contains_the_token(nobody: Api) -> None:
    for path in ("/", "/enter?code=wrong", "/api/docs", "/api/openapi.json"):
        assert b"the-admin-token" not in (await nobody.get(path)).raw
