"""What Shopify posts becomes something to be read again, once, and only if Shopify sent it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sources.shopify.signatures import sign_body
from store import links, shopify_stores
from store.shopify_stores import Tokens
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_login import API_SECRET
from tests.standins.shopify_store import SCOPES, SHOP
from tests.store.rows import arrive, event, open_shop, select
from tests.web.conftest import Actors

PRODUCT = {"id": 788032119674292922, "title": "Linen shirt", "updated_at": "2026-05-02T10:00:00-04:00"}
ITEM = {"inventory_item_id": 9200000000001, "location_id": 655400001, "available": 10}


@pytest.fixture(autouse=True)
async def store(engine: AsyncEngine) -> None:
    await open_shop(engine)
    async with engine.begin() as connection:
        await shopify_stores.connect(
            connection,
            merchant_id="m1",
            shop=SHOP,
            tokens=Tokens(access=b"sealed"),
            scopes=SCOPES,
        )


class Shopify:
    def __init__(self, browser: httpx.AsyncClient) -> None:
        self._browser = browser
        self._sent = 0

    async def post(
        self, topic: str, body: Any, *, secret: str = API_SECRET, prefix: str = "X-", **headers: str
    ) -> httpx.Response:
        """`headers` differ from those of a delivery of its own: id="w1", shop="..."."""
        self._sent += 1
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {
            "Topic": topic,
            "Hmac-Sha256": headers.pop("signature", sign_body(raw, secret)),
            "Shop-Domain": headers.pop("shop", SHOP),
            "API-Version": "2026-07",
            "Webhook-Id": headers.pop("id", f"w{self._sent}"),
            "Triggered-At": headers.pop("at", datetime.now(UTC).isoformat()),
        }
        return await self._browser.post(
            "/webhooks/shopify",
            content=raw,
            headers={f"{prefix}Shopify-{name}": value for name, value in named.items()},
        )


@pytest.fixture
def posting(browser: httpx.AsyncClient) -> Shopify:
    return Shopify(browser)


async def changes(engine: AsyncEngine) -> list[tuple[str, str]]:
    rows = await select(engine, "kind, external_id FROM shopify_changes ORDER BY kind, external_id")
    return [tuple(row) for row in rows]


async def status(engine: AsyncEngine) -> tuple[str, str | None, bool]:
    """And whether it has tokens."""
    (row,) = await select(engine, "status, reason, access_token IS NOT NULL AS has FROM shopify_stores")
    return row.status, row.reason, row.has


async def logged(engine: AsyncEngine) -> list[str]:
    return [row.detail for row in await select(engine, "detail FROM shopify_log ORDER BY id")]


@pytest.mark.parametrize(
    ("topic", "body", "change"),
    [
        ("products/create", PRODUCT, ("product", "788032119674292922")),
        ("products/update", PRODUCT, ("product", "788032119674292922")),
        ("PRODUCTS/DELETE", {"id": 7}, ("product", "7")),
        ("inventory_levels/update", ITEM, ("inventory_item", "9200000000001")),
        ("inventory_levels/disconnect", ITEM, ("inventory_item", "9200000000001")),
        ("collections/update", {"id": 5}, ("collection", "5")),
    ],
)
async def test_a_webhook_names_what_is_to_be_read_again(
    engine: AsyncEngine, posting: Shopify, topic: str, body: Any, change: Any
) -> None:
    answer = await posting.post(topic, body)
    assert (answer.status_code, answer.json()) == (200, {"taken": True})
    assert await changes(engine) == [change]


async def test_a_webhook_wakes_who_reads_and_shows_that_the_store_is_heard(
    engine: AsyncEngine, posting: Shopify, actors: Actors
) -> None:
    await posting.post("products/update", PRODUCT)
    assert actors.jobs_started == 1
    (row,) = await select(engine, "last_event_at FROM shopify_stores")
    assert row.last_event_at is not None


async def test_the_newest_time_counts_however_they_come(engine: AsyncEngine, posting: Shopify) -> None:
    await posting.post("products/update", PRODUCT)
    await posting.post("products/update", PRODUCT | {"updated_at": "2026-05-02T09:00:00-04:00"})
    (row,) = await select(engine, "changed_at, version FROM shopify_changes")
    assert (row.changed_at, row.version) == (datetime(2026, 5, 2, 14, tzinfo=UTC), 2)


async def test_the_same_delivery_is_taken_once(engine: AsyncEngine, posting: Shopify) -> None:
    first = await posting.post("products/update", PRODUCT, id="w")
    again = await posting.post("products/update", PRODUCT, id="w")
    assert (first.json(), again.json()) == ({"taken": True}, {"taken": False})
    (row,) = await select(engine, "version FROM shopify_changes")
    assert row.version == 1


async def test_headers_of_newer_deliveries_are_read_as_well(engine: AsyncEngine, posting: Shopify) -> None:
    assert (await posting.post("products/update", PRODUCT, prefix="")).json() == {"taken": True}
    assert len(await changes(engine)) == 1


@pytest.mark.parametrize("secret", ["another", ""])
async def test_what_shopify_did_not_sign_is_refused(
    engine: AsyncEngine, posting: Shopify, secret: str
) -> None:
    for topic in ("products/update", "app/uninstalled", "shop/redact"):
        answer = await posting.post(topic, PRODUCT, secret=secret)
        assert answer.status_code == 401
        assert answer.json()["field"] == "X-Shopify-Hmac-Sha256"
    assert await changes(engine) == []
    assert await status(engine) == ("connected", None, True)


async def test_after_a_change_of_the_secret_the_old_one_is_still_taken(posting: Shopify) -> None:
    assert (await posting.post("products/update", PRODUCT, secret="the one before")).status_code == 200


@pytest.mark.parametrize("shop", ["other.myshopify.com", "evil.test", ""])
async def test_a_shop_nobody_has_is_answered_and_never_made(
    engine: AsyncEngine, posting: Shopify, shop: str
) -> None:
    for topic in ("products/update", "app/uninstalled", "customers/redact", "shop/redact"):
        answer = await posting.post(topic, PRODUCT, shop=shop)
        assert (answer.status_code, answer.json()) == (200, {"taken": False})
    assert await changes(engine) == []
    assert len(await select(engine, "* FROM shopify_stores")) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"id": ',
        b"[" * 100_000,
        b'{"id": null}',
        b'{"id": true}',
        b'{"id": 1.5}',
        b'{"id": -1}',
        b'{"id": "7\\u0000"}',
        b'{"id": 99999999999999999999999}',
        b'{"inventory_item_id": 7}',
        b"\xff\xfe",
    ],
)
async def test_a_body_without_a_usable_number_is_answered_and_dropped(
    engine: AsyncEngine, posting: Shopify, body: bytes
) -> None:
    assert (await posting.post("products/update", body)).status_code == 200
    assert await changes(engine) == []


@pytest.mark.parametrize(
    "at", ["", "soon", "2026-05-02", "2026-05-02T10:00:00", "0001-01-01T00:00:00+14:00", 7]
)
async def test_a_time_that_is_none_costs_nothing_but_the_time(
    engine: AsyncEngine, posting: Shopify, at: Any
) -> None:
    assert (await posting.post("products/update", PRODUCT | {"updated_at": at}, at="soon")).status_code == 200
    (row,) = await select(engine, "changed_at FROM shopify_changes")
    assert row.changed_at is None


async def test_a_topic_nobody_asked_for_is_answered(engine: AsyncEngine, posting: Shopify) -> None:
    assert (await posting.post("themes/publish", {"id": 1})).json() == {"taken": False}
    assert await changes(engine) == []


async def test_without_automatic_sync_nothing_is_read_again(engine: AsyncEngine, posting: Shopify) -> None:
    async with engine.begin() as connection:
        await shopify_stores.set_options(connection, "m1", automatic=False, options={})
    assert (await posting.post("products/update", PRODUCT)).status_code == 200
    assert await changes(engine) == []


async def test_a_collection_that_is_gone_has_everything_compared(
    engine: AsyncEngine, posting: Shopify
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE shopify_stores SET full_due_at = now() + interval '1 hour'"))
    await posting.post("collections/delete", {"id": 5})
    (row,) = await select(engine, "full_due_at < now() AS due FROM shopify_stores")
    assert row.due


async def test_who_removes_the_app_is_disconnected_and_keeps_the_products(
    engine: AsyncEngine, posting: Shopify
) -> None:
    await posting.post("products/update", PRODUCT)
    await posting.post("app/uninstalled", {"id": 548300001})
    assert await status(engine) == ("disconnected", "the app was removed at Shopify", False)
    assert await changes(engine) == []
    assert (await posting.post("products/update", PRODUCT)).json() == {"taken": False}


async def test_the_word_of_a_removal_that_comes_after_a_new_installation_is_old(
    engine: AsyncEngine, posting: Shopify
) -> None:
    before = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    await posting.post("app/uninstalled", {"id": 548300001}, at=before)
    assert await status(engine) == ("connected", None, True)


async def test_a_scope_that_is_taken_back_asks_for_a_new_connection(
    engine: AsyncEngine, posting: Shopify
) -> None:
    await posting.post("app/scopes_update", {"previous": list(SCOPES), "current": ["read_products"]})
    assert await status(engine) == ("reconnect", "not granted any more: read_inventory", True)
    (row,) = await select(engine, "scopes FROM shopify_stores")
    assert row.scopes == ["read_products"]


async def test_scopes_that_suffice_change_nothing_else(engine: AsyncEngine, posting: Shopify) -> None:
    await posting.post("app/scopes_update", {"current": ["write_products", "read_inventory", "read_orders"]})
    assert (await status(engine))[0] == "connected"
    await posting.post("app/scopes_update", {"current": "all"})
    (row,) = await select(engine, "scopes FROM shopify_stores")
    assert row.scopes == ["write_products", "read_inventory", "read_orders"]


CUSTOMER = {"id": 700001, "email": "a@example.com", "phone": "+15550100"}


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact"])
async def test_the_merchant_reads_what_a_customer_asked_and_the_address_is_not_kept(
    engine: AsyncEngine, posting: Shopify, topic: str
) -> None:
    await posting.post("app/uninstalled", {})
    body = {"shop_id": 548300001, "shop_domain": SHOP, "customer": CUSTOMER}
    assert (await posting.post(topic, body)).json() == {"taken": True}
    told = (await logged(engine))[-1]
    assert "customer 700001" in told
    assert "a@example.com" not in told
    assert (await posting.post(topic, {"customer": {"email": "a@example.com"}})).status_code == 200


async def test_two_days_after_a_removal_all_that_is_held_about_the_store_is_erased(
    engine: AsyncEngine, posting: Shopify
) -> None:
    await posting.post("app/uninstalled", {})
    assert (await posting.post("shop/redact", {"shop_domain": SHOP})).json() == {"taken": True}
    for table in ("shopify_stores", "shopify_log", "shopify_webhooks", "shopify_changes"):
        assert await select(engine, f"* FROM {table}") == []
    (job,) = await select(engine, "kind, options FROM jobs WHERE status = 'running'")
    assert (job.kind, job.options["shop"]) == ("shopify_erasure", SHOP)  # its products
    (deletion,) = await select(engine, "code, what, asked_by, merchant_id, done_at FROM deletions")
    assert tuple(deletion) == (job.options["code"], "store", "shopify", "m1", None)
    assert (await posting.post("shop/redact", {"shop_domain": SHOP})).status_code == 200


async def test_a_store_that_came_back_meanwhile_is_not_erased(engine: AsyncEngine, posting: Shopify) -> None:
    await posting.post("shop/redact", {"shop_domain": SHOP})
    assert await status(engine) == ("connected", None, True)


async def test_a_real_catalogues_webhooks_are_understood(
    engine: AsyncEngine, posting: Shopify, shopify: ShopifyStandin
) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    store = shopify.store()
    store.told.append(lambda topic, body: told.append((topic, body)))
    number = store.put_product("Linen shirt", variants=[{} for _ in range(120)])
    store.set_stock(number, 3, 5)
    store.delete_product(number)
    for topic, body in told:
        assert (await posting.post(topic, body)).json() == {"taken": True}
    assert sorted(kind for kind, _ in await changes(engine)) == ["inventory_item", "product"]


ORDER = {
    "id": 5500000000001,
    "created_at": "2026-05-02T10:00:00-04:00",
    "currency": "EUR",
    "subtotal_price": "49.00",
    "total_price": "55.00",
    "landing_site": "/products/dress?variant=1&ref=code-of-dress",
    "customer": {"id": 700001, "email": "a@example.com"},
}


@pytest.fixture
async def shown(engine: AsyncEngine, api: httpx.AsyncClient) -> Any:
    """A reply whose link to a product of the store was sent, where sales are counted."""
    (taken,) = await arrive(engine, event("hello"))
    async with engine.begin() as connection:
        await links.make(
            connection,
            merchant_id="m1",
            conversation_id=taken.conversation_id,
            execution_id="turn-1",
            urls={"dress": "https://demo.example/products/dress?variant=1#sizes"},
            codes={"dress": "code-of-dress"},
        )
        await shopify_stores.set_scopes(connection, "m1", [*SCOPES, "read_orders"])

    async def sales() -> Any:
        return (await api.get("/api/merchants/m1/analytics/sales", params={"days": 366})).json()["items"]

    return sales


async def test_an_order_is_counted_for_the_reply_whose_link_led_to_it_once(
    engine: AsyncEngine, posting: Shopify, browser: httpx.AsyncClient, shown: Any
) -> None:
    led = (await browser.get("/r/code-of-dress")).headers["Location"]
    assert led == "https://demo.example/products/dress?variant=1&ref=code-of-dress#sizes"
    order = ORDER | {"created_at": datetime.now(UTC).isoformat()}
    for _ in range(2):
        assert (await posting.post("orders/create", order)).status_code == 200
    assert await shown() == [{"currency": "EUR", "orders": 1, "amount_minor": 4900}]
    (row,) = await select(engine, "to_jsonb(s)::text FROM shopify_sales s")
    assert '"execution_id": "turn-1"' in row[0]
    assert "a@example.com" not in row[0]


@pytest.mark.parametrize(
    "change",
    [
        {"landing_site": None},
        {"landing_site": "/products/dress"},
        {"landing_site": "/products/dress?ref=somebody-else"},
        {"landing_site": "//[?ref=code-of-dress"},
        {"test": True},
        {"currency": "XXY"},
        {"subtotal_price": None},
        {"subtotal_price": "-1"},
        {"created_at": None},
        {"id": None},
    ],
)
async def test_no_other_order_is_counted(posting: Shopify, shown: Any, change: Any) -> None:
    order = ORDER | {"created_at": datetime.now(UTC).isoformat()} | change
    assert (await posting.post("orders/create", order)).status_code == 200
    assert await shown() == []


async def test_without_the_scope_nothing_is_counted_and_links_say_nothing(
    engine: AsyncEngine, posting: Shopify, browser: httpx.AsyncClient, shown: Any
) -> None:
    async with engine.begin() as connection:
        await shopify_stores.set_scopes(connection, "m1", SCOPES)
    await posting.post("orders/create", ORDER | {"created_at": datetime.now(UTC).isoformat()})
    assert await shown() == []
    assert "ref=" not in (await browser.get("/r/code-of-dress")).headers["Location"]


async def test_a_customer_who_is_to_be_forgotten_takes_the_orders_along(
    engine: AsyncEngine, posting: Shopify, shown: Any
) -> None:
    await posting.post("orders/create", ORDER | {"created_at": datetime.now(UTC).isoformat()})
    asked = {"customer": CUSTOMER, "orders_requested": [ORDER["id"], 1, None]}
    await posting.post("customers/data_request", asked)
    assert "sum of 1 orders" in (await logged(engine))[-1]
    await posting.post("customers/redact", {"customer": CUSTOMER, "orders_to_redact": [ORDER["id"]]})
    assert "1 orders were erased" in (await logged(engine))[-1]
    assert await shown() == []
