"""Catalogues are rebuilt while customers search and the merchant writes."""

import asyncio
import sys

from tests.cluster.launching import ROOT, Launcher, environment
from tests.cluster.shops import Shop, dress

COUNT = 20


async def reindex(launcher: Launcher, *arguments: str) -> tuple[int | None, str]:
    """The exit code, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scripts.reindex",
        *arguments,
        cwd=ROOT,
        env=environment(launcher.folder, launcher.port, {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def prices(shop: Shop) -> dict[str, int]:
    """Of each product what a search says."""
    answer = await shop.post("/search", {"query": "dress", "limit": COUNT})
    assert answer.status == 200, answer.raw
    return {hit["product"]["id"]: hit["variant"]["price_minor"] for hit in answer.body["hits"]}


async def test_no_search_fails_or_is_stale_while_a_catalogue_is_rebuilt(
    launcher: Launcher, shop: Shop
) -> None:
    wanted = {f"no{number}": 5000 for number in range(COUNT)}
    await shop.add(*(dress(product_id, price_minor=price) for product_id, price in wanted.items()))

    rebuilding = asyncio.create_task(reindex(launcher, "--merchant", shop.id, "--embed-all"))
    while not rebuilding.done():
        wanted["no7"] += 1
        answer = await shop.put("/products/no7", dress("no7", price_minor=wanted["no7"]))
        assert answer.status == 200, answer.raw
        assert await prices(shop) == wanted

    code, output = await rebuilding
    assert code == 0, output
    assert f"{shop.id}: {COUNT} products" in output
    assert await prices(shop) == wanted


async def test_a_merchant_that_is_none_is_named(launcher: Launcher) -> None:
    code, output = await reindex(launcher, "--merchant", "nobody")
    assert code == 1
    assert "there is no merchant nobody" in output
