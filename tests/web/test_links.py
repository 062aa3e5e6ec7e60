"""Whoever follows a link gets to the product; who is counted is a person who tapped it."""

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store import links
from tests.store.rows import conversation_of, open_shop, select

DRESS = "https://shop.example/dress?size=M&colour=%C3%BC#top"
INSTAGRAM_APP = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/21F90 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5; de_DE; scale=3.00; 1170x2532; 606775471)"
)
FACEBOOK_APP = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/125.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/466.1.0.56.82;IABMV/1;]"
)
CUBOT_PHONE = (
    "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
async def code(engine: AsyncEngine) -> str:
    await open_shop(engine)
    conversation_id = await conversation_of(engine)
    async with engine.begin() as connection:
        made = await links.make(
            connection,
            merchant_id="m1",
            conversation_id=conversation_id,
            execution_id="turn-1",
            urls={"dress": DRESS},
            codes={"dress": "dQw4w9WgXcQ"},
        )
    return made["dress"]


async def clicks(engine: AsyncEngine) -> int:
    return int((await select(engine, "count(*) FROM clicks"))[0][0])


@pytest.mark.parametrize("agent", [INSTAGRAM_APP, FACEBOOK_APP, CUBOT_PHONE, ""])
async def test_a_person_is_led_to_the_product_and_counted(
    engine: AsyncEngine, browser: httpx.AsyncClient, code: str, agent: str
) -> None:
    answer = await browser.get(f"/r/{code}", headers={"User-Agent": agent})
    assert (answer.status_code, answer.headers["Location"]) == (302, DRESS)
    assert answer.headers["Cache-Control"] == "no-store"
    assert await clicks(engine) == 1
    await browser.get(f"/r/{code}", headers={"User-Agent": agent})
    assert await clicks(engine) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"},
        {"User-Agent": "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters)"},
        {"User-Agent": "facebookcatalog/1.0"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"},
        {"User-Agent": "SkypeUriPreview Preview/0.5"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"X-Purpose": "preview"},
    ],
    ids=lambda headers: next(iter(headers.values()))[:24],
)
async def test_a_machine_that_looks_is_led_there_too_and_not_counted(
    engine: AsyncEngine, browser: httpx.AsyncClient, code: str, headers: dict[str, str]
) -> None:
    answer = await browser.get(f"/r/{code}", headers=headers)
    assert (answer.status_code, answer.headers["Location"]) == (302, DRESS)
    assert await clicks(engine) == 0


async def test_asking_for_the_head_alone_is_no_click(
    engine: AsyncEngine, browser: httpx.AsyncClient, code: str
) -> None:
    answer = await browser.head(f"/r/{code}", headers={"User-Agent": INSTAGRAM_APP})
    assert (answer.status_code, answer.headers["Location"]) == (302, DRESS)
    assert await clicks(engine) == 0


@pytest.mark.parametrize(
    "path",
    ["/r/unknown", "/r/https:%2F%2Fevil.example", "/r/dqw4w9wgxcq", "/r/%F0%9F%91%97", "/r/" + "a" * 5000],
)
async def test_a_link_that_is_none_ends_on_a_page_that_says_what_to_do(
    engine: AsyncEngine, browser: httpx.AsyncClient, code: str, path: str
) -> None:
    assert code
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Location" not in answer.headers
    assert "Write to the shop again" in answer.text
    assert await clicks(engine) == 0


async def test_an_address_cannot_add_a_header(
    engine: AsyncEngine, browser: httpx.AsyncClient, code: str
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE links SET url = E'https://a.example/\\r\\nSet-Cookie: a=b'"))
    answer = await browser.get(f"/r/{code}")
    assert answer.headers["Location"] == "https://a.example/%0D%0ASet-Cookie:%20a=b"
    assert "Set-Cookie" not in answer.headers


async def test_while_the_database_is_away_a_page_asks_to_try_again(
    engine: AsyncEngine, browser: httpx.AsyncClient, code: str
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE clicks RENAME TO away"))
    answer = await browser.get(f"/r/{code}")
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO clicks"))
    assert answer.status_code == 503
    assert "try again" in answer.text
    assert (await browser.get(f"/r/{code}")).status_code == 302
    assert await clicks(engine) == 1
