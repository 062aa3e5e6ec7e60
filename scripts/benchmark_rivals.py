"""The same searches, filters and updates in our index and in the engines a team would pick instead.

    .venv/bin/python -m pip install zvec lancedb
    python -m scripts.benchmark_rivals [--products 20000] [--dimension 384] [--queries 300] [--updates 1000]

One process, one query at a time, the shop of scripts/clustered_shop.py. A search is hybrid: words of one
product, a vector near its own, in its category, around its price, in stock; ten hits. Recall is that of the
vector search under the same filter against an exact scan, of what is like the query at all: a cosine below
our floor does not count for any of them. Updates change price and stock of one product each.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from indexes.ranking import profile
from indexes.vectors import Vector
from models.product import Product
from scripts.clustered_shop import PRICES, Shop, filters_around, make_shop, milliseconds
from scripts.rivals.ours import EMBEDDER, Ours
from scripts.rivals.rival import Rival, Row, Wanted

_LIMIT = 10
_RECALLED = 100
_STAYS_IN_STOCK = 0.9
_LIKE = profile(EMBEDDER).floor


def row_of(product: Product) -> Row:
    return Row(
        number=int(product.id),
        title=product.name,
        text=product.description,
        category=product.category[1],
        price=product.price_range.min_minor,
        in_stock=product.sellable,
    )


def rivals(shop: Shop, folder: Path) -> Iterator[tuple[str, Callable[[], Rival]]]:
    """Those that are installed. Their packages are imported only here: none is a dependency of ours."""
    yield "ours", partial(Ours, shop)
    if find_spec("zvec"):
        from scripts.rivals.zvec_rival import ZvecRival  # noqa: PLC0415 - see above

        yield "zvec", partial(ZvecRival, folder)
    from scripts.rivals.pgvector_rival import PgvectorRival  # noqa: PLC0415 - see above

    yield "pgvector", partial(PgvectorRival, folder)
    if find_spec("lancedb"):
        from scripts.rivals.lancedb_rival import LancedbRival  # noqa: PLC0415 - see above

        yield "lancedb", partial(LancedbRival, folder)


class Contest:
    """What is asked of each, the same for all."""

    def __init__(self, shop: Shop, queries: int, updates: int) -> None:
        chance = np.random.default_rng(1)
        self._shop = shop
        self._rows = [row_of(product) for product in shop.products]
        self._asked = chance.integers(0, len(shop.products), queries).tolist()
        changed = chance.integers(0, len(shop.products), updates).tolist()
        prices = chance.integers(1, PRICES, updates).tolist()
        stocks = (chance.random(updates) < _STAYS_IN_STOCK).tolist()
        self._updates = [
            replace(self._rows[number], price=price, in_stock=stock)
            for number, price, stock in zip(changed, prices, stocks, strict=True)
        ]

    def lines(self, rival: Rival) -> Iterator[str]:
        rows = list(self._rows)
        rival.load(rows, self._shop.vectors)
        yield f"hybrid, filtered      {self._timed(rival)}   recall@10 {self._recall(rival, rows):.4f}"
        yield f"update of one product {milliseconds([partial(rival.update, row) for row in self._updates])}"
        for row in self._updates:
            rows[row.number] = row
        yield f"hybrid after updates  {self._timed(rival)}   recall@10 {self._recall(rival, rows):.4f}"

    def _timed(self, rival: Rival) -> str:
        return milliseconds(
            [partial(rival.hybrid, *self._question(number), _LIMIT) for number in self._asked]
        )

    def _question(self, number: int) -> tuple[Sequence[str], Vector, Wanted]:
        product = self._shop.products[number]
        filters = filters_around(product)
        wanted = Wanted(product.category[1], filters.price_min or 0, filters.price_max or 0)
        return product.name.split()[::2], self._shop.near[number], wanted

    def _recall(self, rival: Rival, rows: Sequence[Row]) -> float:
        shares = []
        for number in self._asked[:_RECALLED]:
            _, vector, wanted = self._question(number)
            allowed = np.array([row.number for row in rows if _meets(row, wanted)])
            cosines = self._shop.vectors[allowed] @ vector
            order = np.argsort(-cosines)[:_LIMIT]
            exact = set(allowed[order[cosines[order] >= _LIKE]].tolist())
            found = exact.intersection(rival.nearest(vector, wanted, _LIMIT))
            shares.append(len(found) / len(exact) if exact else 1)
        return float(np.mean(shares))


def _meets(row: Row, wanted: Wanted) -> bool:
    return (
        row.in_stock and row.category == wanted.category and wanted.price_min <= row.price <= wanted.price_max
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--updates", type=int, default=1000)
    given = parser.parse_args()
    shop = make_shop(given.products, given.dimension)
    contest = Contest(shop, given.queries, given.updates)
    print(f"{given.products} products of {given.dimension} dimensions")
    with tempfile.TemporaryDirectory(prefix="rivals-") as folder:
        for name, made in rivals(shop, Path(folder)):
            rival = made()
            for line in contest.lines(rival):
                print(f"{name:9} {line}", flush=True)
            rival.close()
    missing = [name for name in ("zvec", "lancedb") if not find_spec(name)]
    if missing:
        sys.exit(f"not measured, as not installed: {', '.join(missing)}")


if __name__ == "__main__":
    main()
