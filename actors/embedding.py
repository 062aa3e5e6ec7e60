"""When a product is embedded: on its creation and when its searchable text changes, never otherwise."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.merging import State
from indexes.embedders import Embedder
from models.errors import Unavailable
from models.product import Product, searchable_text
from store.products import ProductRow, embed

log = logging.getLogger(__name__)


def text_hash(product: Product) -> str:
    return hashlib.sha256(searchable_text(product).encode()).hexdigest()


async def embedded(
    states: Sequence[State], known: Mapping[str, ProductRow], embedder: Embedder
) -> list[ProductRow]:
    """Rows to be written. When the embedder is down they go without: found by words until it is back."""
    rows = [_row(state, known.get(state.product.id), embedder) for state in states]
    missing = [number for number, row in enumerate(rows) if row.embedding is None and not row.deleted]
    if not missing:
        return rows
    try:
        vectors = await embedder.embed([searchable_text(rows[number].product) for number in missing])
    except Unavailable as error:
        log.warning("%d products stay without a vector for now: %s", len(missing), error.detail)
        return rows
    for number, vector in zip(missing, vectors, strict=True):
        rows[number] = replace(
            rows[number], embedder=embedder.name, embedding=vector.astype(np.float32).tobytes()
        )
    return rows


def _row(state: State, before: ProductRow | None, embedder: Embedder) -> ProductRow:
    fresh = text_hash(state.product)
    keep = before is not None and before.text_hash == fresh and not unembedded(before, embedder)
    return ProductRow(
        product=state.product,
        text_hash=fresh,
        embedder=embedder.name if keep else None,
        embedding=before.embedding if keep and before else None,
        deleted=state.deleted,
    )


def as_embedded(rows: Sequence[ProductRow], known: Mapping[str, ProductRow]) -> set[str]:
    """Ids of the products that have the embedding they had: a new price, a new stock."""
    return {
        row.product.id
        for row in rows
        if (before := known.get(row.product.id))
        and row.embedding is not None
        and (row.text_hash, row.embedding) == (before.text_hash, before.embedding)
    }


def unembedded(row: ProductRow, embedder: Embedder) -> bool:
    """No vector, or one of another embedder: two never mix."""
    return row.embedding is None or row.embedder != embedder.name


def vector_of(row: ProductRow, embedder: Embedder) -> NDArray[np.float32]:
    """Shape (dimension,); zeros, which resemble nothing, where there is no vector yet."""
    if row.embedding is None or unembedded(row, embedder):
        return np.zeros(embedder.dimension, np.float32)
    return np.frombuffer(row.embedding, np.float32)


async def embed_missing(
    engine: AsyncEngine, merchant_id: str, rows: Sequence[ProductRow], embedder: Embedder
) -> Sequence[ProductRow]:
    """The rows, those of another embedder, or of none, embedded now and kept so: all unless it is down."""
    missing = [row for row in rows if not row.deleted and unembedded(row, embedder)]
    fresh = await embedded([State(row.product) for row in missing], {}, embedder)
    now = {
        new.product.id: replace(new, seq=old.seq)
        for new, old in zip(fresh, missing, strict=True)
        if new.embedding is not None
    }
    if now:
        async with engine.begin() as connection:
            await embed(connection, merchant_id, list(now.values()))
    return [now.get(row.product.id, row) for row in rows]
