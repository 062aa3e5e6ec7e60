"""zvec: an embedded vector database with its own full-text index."""

from collections.abc import Sequence
from pathlib import Path

import zvec

from indexes.vectors import Vector
from scripts.rivals.rival import DEPTH, Row, Wanted

_BATCH = 500


class ZvecRival:
    def __init__(self, folder: Path) -> None:
        inverted = zvec.InvertIndexParam(enable_range_optimization=True)
        words = zvec.FtsIndexParam(tokenizer_name="standard", filters=["lowercase", "stemmer"])
        self._fields = [
            zvec.FieldSchema("text", zvec.DataType.STRING, index_param=words),
            zvec.FieldSchema("category", zvec.DataType.STRING, index_param=inverted),
            zvec.FieldSchema("price", zvec.DataType.INT64, index_param=inverted),
            zvec.FieldSchema("in_stock", zvec.DataType.INT32, index_param=inverted),
        ]
        self._folder = folder / "zvec"

    def load(self, rows: Sequence[Row], vectors: Vector) -> None:
        graph = zvec.HnswIndexParam(metric_type=zvec.MetricType.COSINE, m=16, ef_construction=100)
        dimension = vectors.shape[1]
        vector = zvec.VectorSchema("vector", zvec.DataType.VECTOR_FP32, dimension, index_param=graph)
        schema = zvec.CollectionSchema(name="products", fields=self._fields, vectors=[vector])
        self._products = zvec.create_and_open(path=str(self._folder), schema=schema)
        for at in range(0, len(rows), _BATCH):
            docs = [
                zvec.Doc(
                    id=str(row.number),
                    vectors={"vector": vector.tolist()},
                    fields={"text": f"{row.title} {row.title} {row.text}", **_changing(row)}
                    | {"category": row.category},
                )
                for row, vector in zip(rows[at : at + _BATCH], vectors[at : at + _BATCH], strict=True)
            ]
            self._products.insert(docs)
        self._products.optimize()

    def hybrid(self, words: Sequence[str], vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        queries = [
            zvec.Query("vector", vector=vector),
            zvec.Query("text", fts=zvec.Fts(match_string=" ".join(words))),
        ]
        found = self._products.query(
            queries, topk=limit, filter=_filter(wanted), output_fields=[], reranker=zvec.RrfReRanker()
        )
        return [int(doc.id) for doc in found]

    def nearest(self, vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        query = zvec.Query("vector", vector=vector, param=zvec.HnswQueryParam(ef=DEPTH * 4))
        found = self._products.query(query, topk=limit, filter=_filter(wanted), output_fields=[])
        return [int(doc.id) for doc in found]

    def update(self, row: Row) -> None:
        self._products.update(zvec.Doc(id=str(row.number), fields=_changing(row)))

    def close(self) -> None:
        self._products.destroy()


def _changing(row: Row) -> dict[str, int]:
    return {"price": row.price, "in_stock": int(row.in_stock)}


def _filter(wanted: Wanted) -> str:
    return (
        f"category = '{wanted.category}' and price >= {wanted.price_min} and price <= {wanted.price_max} "
        "and in_stock = 1"
    )
