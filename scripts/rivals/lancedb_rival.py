"""LanceDB: the embedded choice with a hybrid search of its own."""

from collections.abc import Sequence
from pathlib import Path

import lancedb
import pyarrow as pa
from lancedb.rerankers import RRFReranker

from indexes.vectors import Vector
from scripts.rivals.rival import Row, Wanted


class LancedbRival:
    def __init__(self, folder: Path) -> None:
        self._database = lancedb.connect(folder / "lancedb")
        self._fusion = RRFReranker()

    def load(self, rows: Sequence[Row], vectors: Vector) -> None:
        columns = {
            "id": [row.number for row in rows],
            "text": [f"{row.title} {row.title} {row.text}" for row in rows],
            "category": [row.category for row in rows],
            "price": [row.price for row in rows],
            "in_stock": [row.in_stock for row in rows],
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1]),
        }
        self._products = self._database.create_table("products", pa.table(columns))
        self._products.create_index(metric="cosine", vector_column_name="vector", index_type="IVF_HNSW_SQ")
        self._products.create_scalar_index("id")
        self._products.create_scalar_index("category", index_type="BITMAP")
        self._products.create_scalar_index("price")
        self._products.create_scalar_index("in_stock", index_type="BITMAP")
        self._products.create_fts_index("text")

    def hybrid(self, words: Sequence[str], vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        search = self._products.search(query_type="hybrid").vector(vector).text(" ".join(words))
        found = search.where(_filter(wanted)).rerank(self._fusion).limit(limit).select(["id"])
        return found.to_arrow()["id"].to_pylist()  # type: ignore[no-any-return]

    def nearest(self, vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        search = self._products.search(vector).distance_type("cosine").where(_filter(wanted), prefilter=True)
        return search.limit(limit).select(["id"]).to_arrow()["id"].to_pylist()  # type: ignore[no-any-return]

    def update(self, row: Row) -> None:
        self._products.update(
            where=f"id = {row.number}", values={"price": row.price, "in_stock": row.in_stock}
        )

    def close(self) -> None:
        """Nothing of it runs on."""


def _filter(wanted: Wanted) -> str:
    return (
        f"category = '{wanted.category}' AND price >= {wanted.price_min} AND price <= {wanted.price_max} "
        "AND in_stock"
    )
