"""PostgreSQL with pgvector and its own text search: what most teams would choose."""

import asyncio
import struct
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from indexes.vectors import Vector
from launch.postgres import EmbeddedPostgres
from scripts.rivals.rival import DEPTH, Row, Wanted

_MEETS = "category = $2 AND price BETWEEN $3 AND $4 AND in_stock"
_NEAREST = f"SELECT id FROM item WHERE {_MEETS} ORDER BY embedding <=> $1 LIMIT"  # noqa: S608 - constants
_HYBRID = f"""
    WITH near AS ({_NEAREST} {DEPTH}),
    worded AS (
        SELECT id FROM item WHERE {_MEETS} AND words @@ to_tsquery('english', $5)
        ORDER BY ts_rank(words, to_tsquery('english', $5)) DESC LIMIT {DEPTH}
    ),
    ranked AS (
        SELECT id, row_number() OVER () AS place FROM near
        UNION ALL SELECT id, row_number() OVER () FROM worded
    )
    SELECT id FROM ranked GROUP BY id ORDER BY sum(1.0 / (60 + place)) DESC LIMIT $6
"""  # noqa: S608 - constants
_SCHEMA = """
    CREATE EXTENSION vector;
    CREATE TABLE item (
        id integer PRIMARY KEY, category text, price integer, in_stock boolean, words tsvector,
        embedding vector({dimension})
    );
"""
_INDEXES = """
    CREATE INDEX ON item USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 100);
    CREATE INDEX ON item USING gin (words);
    CREATE INDEX ON item (category, price) WHERE in_stock;
    ANALYZE item;
    SET hnsw.iterative_scan = relaxed_order;
"""
_INSERT = """
    INSERT INTO item VALUES ($1, $2, $3, $4,
        setweight(to_tsvector('english', $5), 'A') || to_tsvector('english', $6), $7)
"""


class PgvectorRival:
    def __init__(self, folder: Path) -> None:
        self._server = EmbeddedPostgres(folder / "postgres")
        self._loop = asyncio.new_event_loop()
        self._connection = self._loop.run_until_complete(asyncpg.connect(self._server.start()))

    def load(self, rows: Sequence[Row], vectors: Vector) -> None:
        self._loop.run_until_complete(self._load(rows, vectors))

    async def _load(self, rows: Sequence[Row], vectors: Vector) -> None:
        connection = self._connection
        await connection.execute(_SCHEMA.format(dimension=vectors.shape[1]))
        await connection.set_type_codec(
            "vector", schema="public", encoder=_encoded, decoder=bytes, format="binary"
        )
        await connection.executemany(
            _INSERT,
            [
                (row.number, row.category, row.price, row.in_stock, row.title, row.text, vector)
                for row, vector in zip(rows, vectors, strict=True)
            ],
        )
        await connection.execute(_INDEXES)
        self._hybrid = await connection.prepare(_HYBRID)
        self._nearest = await connection.prepare(f"{_NEAREST} $5")

    def hybrid(self, words: Sequence[str], vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        query = " | ".join(words)
        return self._ids(self._hybrid.fetch(vector, *_bounds(wanted), query, limit))

    def nearest(self, vector: Vector, wanted: Wanted, limit: int) -> list[int]:
        return self._ids(self._nearest.fetch(vector, *_bounds(wanted), limit))

    def update(self, row: Row) -> None:
        change = "UPDATE item SET price = $2, in_stock = $3 WHERE id = $1"
        self._loop.run_until_complete(self._connection.execute(change, row.number, row.price, row.in_stock))

    def close(self) -> None:
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()
        self._server.stop()

    def _ids(self, found: "asyncio.Future[list[asyncpg.Record]]") -> list[int]:
        return [row["id"] for row in self._loop.run_until_complete(found)]


def _bounds(wanted: Wanted) -> tuple[str, int, int]:
    return wanted.category, wanted.price_min, wanted.price_max


def _encoded(vector: Vector) -> bytes:
    """As pgvector's binary input wants it: the dimension, an unused number, the floats, big end first."""
    return struct.pack(">HH", len(vector), 0) + vector.astype(">f4").tobytes()
