"""The demo shop's pictures, drawn on request: /media/demo/<product>/<colour>.png."""

import re
from collections.abc import Callable
from zlib import crc32

from demo.palette import COLORS
from demo.patterns import PATTERNS
from demo.pen import Look, Pen
from demo.silhouettes import accessories, bags, beauty, clothing, home, jewellery, shoes
from demo.source import color_slug, entries
from demo.studio import shoot

_KEY = re.compile(r"(?:/media/)?demo/(?P<slug>[^/]+)/(?P<color>[^/]+)\.png")

Silhouette = Callable[[Pen, Look], None]

HANGING: dict[str, Silhouette] = {
    "dress": clothing.dress,
    "top": clothing.top,
    "trousers": clothing.trousers,
    "skirt": clothing.skirt,
    "sweater": clothing.sweater,
    "jacket": clothing.jacket,
    "earrings": jewellery.earrings,
    "necklace": jewellery.necklace,
    "bracelet": jewellery.bracelet,
    "ring": jewellery.ring,
    "scarf": accessories.scarf,
    "belt": accessories.belt,
    "sunglasses": accessories.sunglasses,
}
STANDING: dict[str, Silhouette] = {
    "sneaker": shoes.sneaker,
    "boot": shoes.boot,
    "sandal": shoes.sandal,
    "heel": shoes.heel,
    "flat": shoes.flat,
    "tote": bags.tote,
    "crossbody": bags.crossbody,
    "backpack": bags.backpack,
    "clutch": bags.clutch,
    "hat": accessories.hat,
    "candle": home.candle,
    "mug": home.mug,
    "cushion": home.cushion,
    "throw": home.throw,
    "beauty": beauty.beauty,
}


def draw(product_kind: str, color: str, *, look: str = "", seed: int = 0) -> bytes:
    """PNG of a kind of product in a named colour; `look` says its cut and print: "midi wrap dots"."""
    drawing = Look(words=frozenset(look.split()), seed=seed)
    pen = Pen(COLORS[color])
    for word in PATTERNS:
        if word in drawing:
            PATTERNS[word](pen)
    standing = product_kind in STANDING
    (STANDING if standing else HANGING)[product_kind](pen, drawing)
    return shoot(pen, drawing, standing=standing)


def picture(key: str) -> bytes | None:
    """PNG of "demo/<product>/<colour>.png", a leading "/media/" allowed; None for an unknown key."""
    known = _KEY.fullmatch(key)
    entry = entries().get(known["slug"]) if known else None
    if known is None or entry is None:
        return None
    color = next((color for color in entry.drawn_colors if color_slug(color) == known["color"]), None)
    if color is None:
        return None
    return draw(entry.picture, color, look=entry.look, seed=crc32(entry.slug.encode()))
