"""Was the wish met? Judged by the catalogue, not by what the reply says."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.cluster.shops import Shop

BLUE_DRESS = "do you have a blue dress under 80?"
# What the demo shop calls its blues.
BLUES = frozenset(
    {"blue", "light blue", "sky blue", "powder blue", "navy", "midnight blue", "denim blue", "indigo"}
    | {"teal", "turquoise"}
)


async def check_blue_dresses(demo: Shop, shown: Sequence[Any]) -> None:
    """`shown`: the products of a chat call."""
    assert shown
    for each in shown:
        product = (await demo.get(f"/products/{each['id']}")).body
        (variant,) = [variant for variant in product["variants"] if variant["id"] == each["variant_id"]]
        assert (each["name"], each["url"]) == (product["name"], product["product_url"])
        assert each["price_minor"] == variant["price_minor"]
        _check_blue_dress(product, variant)


async def check_blue_carousel(demo: Shop, elements: Sequence[Any]) -> None:
    """`elements`: what Instagram was sent. Each has its product's name and link, and one variant's facts."""
    assert elements
    catalogue = (await demo.get("/products", params={"limit": "200"})).body["items"]
    by_url = {product["product_url"]: product for product in catalogue}
    for element in elements:
        product = by_url[await where(demo, element["default_action"]["url"])]
        price, color, size, _ = element["subtitle"].split(" · ")
        (variant,) = [each for each in product["variants"] if (each["color"], each["size"]) == (color, size)]
        assert element["title"] == product["name"]
        assert price.split(" ")[0] == f"${variant['price_minor'] / 100:g}"
        _check_blue_dress(product, variant)


async def where(shop: Shop, url: str) -> str:
    """A link of ours leads to the shop. A look is no click."""
    path = urlsplit(url).path
    if not path.startswith("/r/"):
        return url
    return (await shop.api.call("HEAD", path)).headers["Location"]


def _check_blue_dress(product: Any, variant: Any) -> None:
    assert "Dresses" in product["category"]
    assert variant["color"] in BLUES
    assert variant["price_minor"] < 8000
    assert variant["available"]
    assert variant["stock"] is None or variant["stock"] > 0
