"""Business login and the calls about an account, against the stand-in over real HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from channels.errors import BadRequest, OutcomeUnknown, SendError, TokenInvalid
from channels.instagram.account_api import SUBSCRIBED_FIELDS, AccountApi
from channels.instagram.login import SCOPES, Login, ShortLivedToken
from tests.standins.faults import Fault
from tests.standins.instagram import TOKEN, Instagram
from tests.standins.login import APP_ID, DAY_S, LONG_S, app_scoped
from tests.standins.meta_webhooks import ACCOUNT_ID, APP_SECRET

BACK = "https://shop.example/instagram/callback"


@pytest.fixture
def login(instagram: Instagram) -> Login:
    return Login(
        app_id=APP_ID,
        app_secret=APP_SECRET,
        redirect_uri=BACK,
        login_url=instagram.url,
        api_url=f"{instagram.url}/",
    )


@pytest.fixture
def api(instagram: Instagram, session: aiohttp.ClientSession) -> AccountApi:
    return AccountApi(session, graph_url=instagram.url, api_version="v25.0", timeout_s=1)


@pytest.fixture
def exchange(login: Login, session: aiohttp.ClientSession) -> Callable[[str], Awaitable[ShortLivedToken]]:
    return lambda code: login.exchange(session, code)


@pytest.fixture
def agree(session: aiohttp.ClientSession, login: Login) -> Callable[[], Any]:
    """The merchant's browser; what the address it is sent back to says."""

    async def agreed() -> dict[str, str]:
        async with session.get(login.authorise_url("the state"), allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            back = urlsplit(response.headers["Location"])
        assert back._replace(query="", fragment="").geturl() == BACK
        return {name: values[0] for name, values in parse_qs(back.query).items()} | {
            "fragment": back.fragment
        }

    return agreed


@pytest.mark.parametrize("envelope", ["flat", "data"])
async def test_a_yes_becomes_a_token_for_sixty_days_in_either_envelope(
    instagram: Instagram, api: AccountApi, exchange: Any, agree: Any, envelope: str
) -> None:
    instagram.envelope = envelope
    back = await agree()
    assert back["state"] == "the state"
    short = await exchange(back["code"] + "#" + back["fragment"])
    assert short.permissions == SCOPES
    long = await api.long_lived(short.token, APP_SECRET)
    assert long.lives_s == LONG_S
    profile = await api.profile(long.token)
    assert (profile.account_id, profile.app_scoped_id) == (ACCOUNT_ID, app_scoped(ACCOUNT_ID))
    assert profile.username


@pytest.mark.parametrize("permissions", [None, "", [], 7, {"a": 1}, [7]])
async def test_permissions_that_were_not_said_are_not_known(
    instagram: Instagram, exchange: Any, agree: Any, permissions: Any
) -> None:
    code = (await agree())["code"]
    body = {"access_token": "IGAA_short", "user_id": 1, "permissions": permissions}
    instagram.faults.add(Fault(do="answer", status=200, body=body))
    assert (await exchange(code)).permissions is None


async def test_a_no_says_so(instagram: Instagram, agree: Any) -> None:
    instagram.denies = True
    back = await agree()
    assert (back["error"], back["state"]) == ("access_denied", "the state")


async def test_a_code_works_once(exchange: Any, agree: Any) -> None:
    code = (await agree())["code"]
    await exchange(code)
    with pytest.raises(BadRequest):
        await exchange(code)


@pytest.mark.parametrize("wrong", [{"app_secret": "no"}, {"app_id": "1"}, {"redirect_uri": BACK + "/"}])
async def test_a_wrong_setting_is_refused_and_nothing_of_it_is_told(
    login: Login, session: aiohttp.ClientSession, agree: Any, wrong: dict[str, str]
) -> None:
    code = (await agree())["code"]
    with pytest.raises(BadRequest) as refused:
        await replace(login, **wrong).exchange(session, code)
    assert str(refused.value) == "bad_request (HTTP 400, OAuthException)"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(do="answer", status=200, body={}), BadRequest),
        (Fault(do="answer", status=200, body={"user_id": 1}), OutcomeUnknown),
        (Fault(do="answer", status=200, body={"access_token": 7}), OutcomeUnknown),
        (Fault(do="answer", status=302, headers={"Location": "https://evil.example"}), BadRequest),
        (Fault(do="garble"), BadRequest),
        (Fault(do="cut_after"), OutcomeUnknown),
    ],
    ids=["empty", "no token", "no text", "redirect", "no JSON", "cut"],
)
async def test_an_answer_without_a_token_is_an_error(
    instagram: Instagram, exchange: Any, agree: Any, fault: Fault, error: type[SendError]
) -> None:
    code = (await agree())["code"]
    instagram.faults.add(fault)
    with pytest.raises(error):
        await exchange(code)


async def test_an_account_that_is_not_professional_has_no_id_to_route_by(
    instagram: Instagram, api: AccountApi
) -> None:
    instagram.professional = False
    with pytest.raises(BadRequest, match="professional"):
        await api.profile(TOKEN)


async def test_an_account_is_subscribed_to_what_we_need(instagram: Instagram, api: AccountApi) -> None:
    assert await api.subscribed_fields(ACCOUNT_ID, TOKEN) == ()
    await api.subscribe(ACCOUNT_ID, TOKEN)
    assert await api.subscribed_fields(ACCOUNT_ID, TOKEN) == tuple(sorted(SUBSCRIBED_FIELDS))
    assert set(instagram.subscribed) == {ACCOUNT_ID}


@pytest.mark.parametrize("fields", [["messages"], [{"name": "messages"}]])
async def test_subscribed_fields_are_read_in_either_form(
    instagram: Instagram, api: AccountApi, fields: Any
) -> None:
    body = {"data": [{"id": "1", "subscribed_fields": fields}, {"id": "2"}, "?"]}
    instagram.faults.add(Fault(do="answer", status=200, body=body))
    assert await api.subscribed_fields(ACCOUNT_ID, TOKEN) == ("messages",)


async def test_a_token_is_refreshed_from_its_second_day_to_its_last(
    instagram: Instagram, api: AccountApi
) -> None:
    now = 1_760_000_000.0
    instagram.clock = lambda: now
    token = instagram.issue(ACCOUNT_ID)
    with pytest.raises(BadRequest):
        await api.refreshed(token)
    now += DAY_S
    newer = await api.refreshed(token)
    assert newer.token != token
    assert newer.lives_s == LONG_S
    now += LONG_S
    with pytest.raises(TokenInvalid):
        await api.refreshed(newer.token)


async def test_no_error_and_no_value_shows_a_token(
    instagram: Instagram, api: AccountApi, login: Login, exchange: Any, agree: Any
) -> None:
    short = await exchange((await agree())["code"])
    long = await api.long_lived(short.token, APP_SECRET)
    assert short.token not in repr(short)
    assert long.token not in repr(long)
    assert APP_SECRET not in repr(login)
    instagram.revoke(ACCOUNT_ID)
    with pytest.raises(TokenInvalid) as refused:
        await api.profile(long.token)
    assert long.token not in repr(refused.value) + str(refused.value)
