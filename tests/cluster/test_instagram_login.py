"""An account that logs in at Instagram: from the operator's click to the customer's answer."""

from urllib.parse import urlsplit

import pytest

from tests.cluster.api import Answer, Api
from tests.cluster.shops import Account, Shop, new_account_id
from tests.standins.instagram import Instagram
from tests.standins.meta_webhooks import sign_request


@pytest.fixture
def account(instagram: Instagram) -> Account:
    """Not connected yet."""
    return Account(instagram=instagram, id=new_account_id())


async def log_in(shop: Shop, nobody: Api, account: Account) -> Answer:
    """As a browser would: to Instagram, where its owner agrees, and back."""
    account.instagram.owner = account.id
    begun = await shop.api.get("/instagram/auth", params={"merchant": shop.id})
    assert begun.status == 302, begun.raw
    async with nobody.session.get(begun.headers["Location"], allow_redirects=False) as agreed:
        back = urlsplit(agreed.headers["Location"])
    cookie = begun.headers["Set-Cookie"].split(";")[0]
    return await nobody.get(f"{back.path}?{back.query}", headers={"Cookie": cookie})


async def test_a_customer_is_answered_once_the_account_has_logged_in(
    shop: Shop, nobody: Api, account: Account
) -> None:
    await account.says("990000000000071", "hello")  # before anybody has connected it
    assert (await log_in(shop, nobody, account)).status == 200
    await account.replies("990000000000071")
    checks = {check["name"]: check for check in (await shop.get("/self-test")).body["checks"]}
    assert all(
        checks[name]["ok"] for name in ("token", "subscription", "permissions", "events", "app_secret")
    )
    assert "59 more days" in checks["token_life"]["detail"]


async def test_what_waited_for_a_new_token_leaves_in_order_after_the_next_login(
    shop: Shop, nobody: Api, account: Account
) -> None:
    await log_in(shop, nobody, account)
    account.instagram.revoke(account.id)
    customers = ["990000000000072", "990000000000073"]
    for customer_id in customers:
        await account.says(customer_id, "hello")
        await shop.messages(customer_id, "assistant")
        await account.says(customer_id, "do you have dresses?")
        await shop.messages(customer_id, "assistant", at_least=2)
    assert [account.sent_to(customer_id) for customer_id in customers] == [[], []]

    assert (await log_in(shop, nobody, account)).status == 200
    for customer_id in customers:
        everything = [line["text"] for line in await shop.messages(customer_id, "assistant")]
        sent = await account.replies(customer_id, at_least=len(everything))
        assert [each.text for each in sent] == everything


async def test_whoever_removes_the_app_is_sent_nothing_more_until_the_next_login(
    shop: Shop, nobody: Api, account: Account
) -> None:
    await log_in(shop, nobody, account)
    request = sign_request({"algorithm": "HMAC-SHA256", "user_id": account.id})
    left = await nobody.post("/instagram/deauthorize", data={"signed_request": request})
    assert (left.status, left.body) == (200, {"accounts": 1})
    (listed,) = (await shop.get("/instagram")).body["items"]
    assert listed["status"] == "deauthorized"
    await account.says("990000000000074", "hello")
    await shop.messages("990000000000074", "assistant")
    assert account.sent_to("990000000000074") == []
    assert (await log_in(shop, nobody, account)).status == 200
    await account.replies("990000000000074")


async def test_a_customer_who_is_erased_can_write_again(shop: Shop, nobody: Api, account: Account) -> None:
    await log_in(shop, nobody, account)
    await account.says("990000000000075", "my size is a secret")
    await account.replies("990000000000075")
    path = "/customers/990000000000075"
    assert b"a secret" in (await shop.get(path)).raw
    assert (await shop.delete(path)).status == 204
    assert [(await call(path)).status for call in (shop.get, shop.delete)] == [404, 404]
    assert await shop.conversation("990000000000075") is None
    before = len(account.sent_to("990000000000075"))
    await account.says("990000000000075", "hello")
    await account.replies("990000000000075", at_least=before + 1)
