"""The shops of a rehearsal, made over the API as their owners would make them."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

import aiohttp

from scripts.made_shops import wares
from scripts.rehearsal.day import VIRAL_POST

LOOK_S = 0.2
NO_CONTENT = 204


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """`session` brings the token."""

    session: aiohttp.ClientSession
    url: str

    async def call(self, method: str, path: str, **rest: Any) -> Any:  # noqa: ANN401 - JSON
        async with self.session.request(method, f"{self.url}/api/{path}", **rest) as answer:
            if not answer.ok:
                raise RuntimeError(f"{method} {path}: {answer.status} {await answer.text()}")
            return await answer.json(content_type=None) if answer.status != NO_CONTENT else None


def account(number: int) -> tuple[str, str]:
    """Instagram's id of a shop, and its token."""
    return str(17841400000001000 + number), f"IGAA_rehearsal_{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """`questions`: what its customers might ask."""

    id: str
    account_id: str
    questions: list[str]


async def open_shop(api: Api, number: int, products: int) -> Shop:
    """With its products imported, its account connected, and three of them in the post."""
    name, made = f"Rehearsed {number}", list(wares(products, f"rehearsed-{number}"))
    shop = (await api.call("POST", "merchants", json={"name": name, "currency": "EUR"}))["id"]
    lines = "\n".join(json.dumps(ware.draft) for ware in made)
    await _imported(api, shop, lines)
    account_id, token = account(number)
    connected = {"account_id": account_id, "access_token": token}
    await api.call("PUT", f"merchants/{shop}/instagram", json=connected)
    post = {"product_ids": [ware.draft["id"] for ware in made[:3]]}
    await api.call("PUT", f"merchants/{shop}/posts/{VIRAL_POST}", json=post)
    questions = [f"do you have a {ware.question}?" for ware in made]
    return Shop(id=shop, account_id=account_id, questions=questions)


async def _imported(api: Api, shop: str, lines: str) -> None:
    begun = await api.call("POST", f"merchants/{shop}/imports", params={"format": "jsonl"}, data=lines)
    path = f"merchants/{shop}/imports/{begun['id']}"
    while (read := await api.call("GET", path))["status"] == "running":  # noqa: ASYNC110 - another process's
        await asyncio.sleep(LOOK_S)
    if read["status"] != "done" or read["errors"]:
        raise RuntimeError(f"the products of {shop} could not be imported: {read}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """`changed` products, each in the table and in the index."""

    changed: int
    took_s: float


async def hold_sale(api: Api, shop: Shop) -> Sale:
    """Ten per cent off everything, in one change."""
    edit = {"kind": "price", "mode": "percent", "percent": -10, "sale": True}
    began = time.monotonic()
    done = await api.call("POST", f"merchants/{shop.id}/products/bulk", json={"where": {}, "edit": edit})
    return Sale(changed=done["changed"], took_s=time.monotonic() - began)
