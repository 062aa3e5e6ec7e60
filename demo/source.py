"""The hand-written products: products/<top category>/<category>.toml, a table a product.

Keys above the first table hold for every product of the file that does not say otherwise. `stock` maps a
colour to its pieces per size, in the order of `sizes`; "x" is not tracked. A product without colours has the
pieces alone, and `drawn_in` for its picture. Prices are in whole units of the shop's currency.
"""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

HERE = Path(__file__).parent


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str
    category: tuple[str, str]
    brand: str
    name: str
    short: str
    text: str
    tags: str
    price: Decimal
    was: Decimal | None = None
    sale: dict[str, Decimal] = {}
    by_size: dict[str, Decimal] = {}
    material: str | dict[str, str] | None = None
    sizes: tuple[str, ...]
    stock: str | dict[str, str]
    picture: str
    look: str = ""
    drawn_in: str | None = None
    featured: bool = False

    @property
    def colors(self) -> tuple[str, ...]:
        return tuple(self.stock) if isinstance(self.stock, dict) else ()

    @property
    def drawn_colors(self) -> tuple[str, ...]:
        return self.colors or ((self.drawn_in,) if self.drawn_in else ())

    def pieces(self, color: str | None) -> list[str]:
        """One word a size."""
        if isinstance(self.stock, str):
            return self.stock.split()
        return self.stock[color].split() if color else []

    def material_in(self, color: str | None) -> str | None:
        return self.material.get(color or "") if isinstance(self.material, dict) else self.material


@cache
def entries() -> dict[str, Entry]:
    """By slug, in the order of the files and of their lines."""
    found: dict[str, Entry] = {}
    for file in sorted((HERE / "products").glob("*/*.toml")):
        written: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        shared = {
            key: value for key, value in written.items() if not isinstance(value, dict) or key == "by_size"
        }
        category = (_title(file.parent.name), _title(file.stem))
        for slug, table in written.items():
            if slug not in shared:
                found[slug] = Entry.model_validate({"slug": slug, "category": category, **shared, **table})
    return found


def color_slug(color: str) -> str:
    return color.replace(" ", "-")


def picture_path(slug: str, color: str) -> str:
    return f"/media/demo/{slug}/{color_slug(color)}.png"


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()
