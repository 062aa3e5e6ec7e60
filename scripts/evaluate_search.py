"""How well a search ranks judged queries: keywords alone, vectors alone, the usual fusion of both, and ours.

    python -m scripts.evaluate_search --products products.jsonl.gz --judgments judgments.csv

Products: a JSON object per line, {id, title, description, brand, price_minor, attributes, released}, plain or
gzipped. Judgments: CSV with query, docid, rating; 0 does not fit, higher is better. nDCG@10 has gain
2^rating - 1 and 0 for what was not judged; recall@100 counts all rated above 0. Queries nothing fits are left
out.
"""

import argparse
import asyncio
import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.embedders import LocalEmbedder
from indexes.vectors import Vector
from indexes.words import stems
from models.product import Product, Variant, searchable_text
from models.search import NO_FILTERS

# What the fusion takes from each list, and the constant everybody uses.
_DEPTH, _RRF = 100, 60
_HALVES_SEED = 0

Ratings = Mapping[str, int]
Search = Callable[[str, Vector], Sequence[str]]


def read_products(path: Path) -> list[Product]:
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    # Not splitlines(): JSON strings may hold the line separators only it knows.
    return [_product(json.loads(line)) for line in text.split(b"\n") if line.strip()]


def _product(row: dict[str, Any]) -> Product:
    attributes = row.get("attributes") or {}
    described = [
        row.get("description") or "",
        *(value for value in attributes.values() if isinstance(value, str)),
    ]
    released = row.get("released")
    return Product(
        id=str(row["id"]),
        name=row["title"],
        description=" ".join(described),
        brand=row.get("brand"),
        currency="EUR",
        variants=(Variant(id="only", name="only", price_minor=row.get("price_minor") or 0),),
        created_at=datetime.fromisoformat(released) if released else datetime(2020, 1, 1, tzinfo=UTC),
    )


def read_judgments(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            judged[row["query"]][row["docid"]] = int(row["rating"])
    return {query: ratings for query, ratings in judged.items() if any(ratings.values())}


def ndcg(ratings: Ratings, ranked: Sequence[str], depth: int = 10) -> float:
    ideal = _gain(sorted(ratings.values(), reverse=True)[:depth])
    return _gain([ratings.get(product_id, 0) for product_id in ranked[:depth]]) / ideal


def _gain(ratings: Sequence[int]) -> float:
    return float(sum((2**rating - 1) / np.log2(place + 2) for place, rating in enumerate(ratings)))


def recall(ratings: Ratings, ranked: Sequence[str], depth: int = 100) -> float:
    wanted = {product_id for product_id, rating in ratings.items() if rating > 0}
    return len(wanted.intersection(ranked[:depth])) / len(wanted)


class PlainKeywords:
    """Tantivy as it comes: stemmed, the title counting double."""

    def __init__(self, products: Sequence[Product]) -> None:
        fields = tantivy.SchemaBuilder().add_text_field("title", tokenizer_name="en_stem")
        fields = fields.add_text_field("text", tokenizer_name="en_stem")
        self._schema = fields.add_integer_field("place", fast=True).build()
        self._ids = [product.id for product in products]
        index = tantivy.Index(self._schema)
        with index.writer(num_threads=1) as writer:
            for place, product in enumerate(products):
                text = f"{product.description} {product.brand or ''}"
                writer.add_document(tantivy.Document(title=product.name, text=text, place=place))
        index.reload()
        self._searcher = index.searcher()

    def __call__(self, query: str, _: Vector) -> list[str]:
        parts = []
        for word in stems(query):
            title = tantivy.Query.term_query(self._schema, "title", word)
            text = tantivy.Query.term_query(self._schema, "text", word)
            parts += [tantivy.Query.boost_query(title, 2.0), text]
        wanted = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        hits = [address for _, address in self._searcher.search(wanted, _DEPTH).hits]
        return [self._ids[int(place or 0)] for place in self._searcher.fast_field_values("place", hits)]


class PlainVectors:
    def __init__(self, products: Sequence[Product], vectors: Vector) -> None:
        self._ids = np.array([product.id for product in products])
        self._vectors = vectors

    def __call__(self, _: str, vector: Vector) -> list[str]:
        nearest: list[str] = self._ids[np.argsort(-(self._vectors @ vector))[:_DEPTH]].tolist()
        return nearest


def fused(searches: Sequence[Search]) -> Search:
    """Reciprocal rank fusion."""

    def search(query: str, vector: Vector) -> list[str]:
        scores: dict[str, float] = defaultdict(float)
        for one in searches:
            for place, product_id in enumerate(one(query, vector)):
                scores[product_id] += 1 / (_RRF + place + 1)
        return sorted(scores, key=lambda product_id: -scores[product_id])

    return search


def ours(products: Sequence[Product], vectors: Vector, embedder: LocalEmbedder) -> Search:
    index = CatalogueIndex(embedder.name, embedder.dimension)
    index.apply(
        [IndexedProduct(product=one, vector=vector) for one, vector in zip(products, vectors, strict=True)]
    )
    index.settle()
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def search(query: str, vector: Vector) -> list[str]:
        hits = index.search(query, vector, NO_FILTERS, _DEPTH, now=now).hits
        return [hit.product.id for hit in hits]

    return search


def halves(queries: Sequence[str]) -> tuple[list[str], list[str]]:
    """The half the weights were tuned on, and the other."""
    order = np.random.default_rng(_HALVES_SEED).permutation(len(queries))
    middle = len(queries) // 2
    return [queries[place] for place in order[:middle]], [queries[place] for place in order[middle:]]


async def evaluate(products: list[Product], judged: Mapping[str, Ratings]) -> Iterator[str]:
    """The lines of the table."""
    embedder = LocalEmbedder()
    vectors = await embedder.embed([searchable_text(product) for product in products])
    asked = dict(zip(judged, await embedder.embed(list(judged)), strict=True))
    keywords, nearest = PlainKeywords(products), PlainVectors(products, vectors)
    searches: dict[str, Search] = {
        "keywords": keywords,
        "vectors": nearest,
        "RRF of both": fused([keywords, nearest]),
        "ours": ours(products, vectors, embedder),
    }
    return (_line(name, search, judged, asked) for name, search in searches.items())


def _line(name: str, search: Search, judged: Mapping[str, Ratings], asked: Mapping[str, Vector]) -> str:
    ranked = {query: search(query, asked[query]) for query in judged}
    tuned, held_out = halves(list(judged))
    scores = [
        _mean(ndcg(judged[query], ranked[query]) for query in part)
        for part in (list(judged), tuned, held_out)
    ]
    found = _mean(recall(judged[query], ranked[query]) for query in judged)
    return f"{name:12} {scores[0]:8.3f} {scores[1]:8.3f} {scores[2]:8.3f} {found:11.3f}"


def _mean(values: Iterator[float]) -> float:
    return float(np.mean(list(values)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--products", type=Path, required=True)
    parser.add_argument("--judgments", type=Path, required=True)
    given = parser.parse_args()
    products, judged = read_products(given.products), read_judgments(given.judgments)
    print(f"{len(products)} products, {len(judged)} queries with something that fits")
    print(f"{'nDCG@10':12} {'all':>8} {'tuned':>8} {'held out':>8} {'recall@100':>11}")
    for line in asyncio.run(evaluate(products, judged)):
        print(line)


if __name__ == "__main__":
    main()
