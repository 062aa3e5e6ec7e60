"""What Prometheus would read of a running installation."""

import asyncio
import json
import re
import sys

import aiohttp

from tests.cluster.launching import ROOT, Launcher, environment
from tests.cluster.polling import until
from tests.cluster.shops import Shop, dress

# A metric, its labels, its value.
LINE = re.compile(r"^ray_(shopkeep_\w+?)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


async def targets(launcher: Launcher) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scripts.scrape_targets",
        cwd=ROOT,
        env=environment(launcher.folder, launcher.port, {}),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    (group,) = json.loads(output)
    found: list[str] = group["targets"]
    return found


async def test_a_turn_shows_in_the_metrics_without_a_word_of_whose_it_was(
    launcher: Launcher, session: aiohttp.ClientSession, shop: Shop
) -> None:
    await shop.add(dress("blue"))
    answer = await shop.post("/chat", {"customer_id": "somebody", "text": "do you have a dress?"})
    assert answer.status == 200
    (target,) = await targets(launcher)
    port = target.rpartition(":")[2]

    async def told() -> str:
        async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
            text = await response.text()
        names = {name for name, _, _ in LINE.findall(text)}
        wanted = {"shopkeep_turns_total", "shopkeep_turn_seconds_bucket", "shopkeep_inbox_waiting"}
        return text if wanted <= names else ""

    text = await until(told, what="the turn in the metrics", timeout_s=60)
    turns = [labels for name, labels, _ in LINE.findall(text) if name == "shopkeep_turns_total"]
    assert any('rung="rules"' in labels and 'intent="product_search"' in labels for labels in turns)
    ours = "\n".join(line for line in text.splitlines() if line.startswith("ray_shopkeep_"))
    assert shop.id not in ours
    assert "somebody" not in ours
