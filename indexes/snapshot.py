"""An index on disk, so that a restart needs neither embedder nor table scan.

One Arrow file with a row per product; what concerns the whole is in its schema's metadata.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.split import SplitProducts, split
from models.codec import from_json, to_json
from models.errors import Invalid, ShopkeepError
from models.product import Product

# Another number when a file of before must not be read as one of now.
_FORMAT = b"shopkeep catalogue 3"
# So many products are split again, to see whether words are still split the way they were.
_SAMPLE = 16


class SnapshotUnusable(ShopkeepError):
    """Torn, foreign or of another version: the caller sets it aside and starts from the table."""


def save(index: CatalogueIndex, path: Path, seq: int) -> None:
    """`seq`: the last change the index has seen. A crash leaves the old file or the new one, never half."""
    table = _table(index, seq)
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("wb") as file:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)


def load(path: Path) -> tuple[CatalogueIndex, int]:
    """The index and the `seq` it was saved with. FileNotFoundError where there is none."""
    try:
        with pa.OSFile(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
        return _index(table)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, Invalid, OSError, LookupError, TypeError, ValueError) as error:
        raise SnapshotUnusable(f"{path.name}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Content:
    """What a file holds; row i of each belongs to the same product."""

    products: list[str]  # JSON
    vectors: NDArray[np.float32]
    words: SplitProducts

    @property
    def checksum(self) -> bytes:
        digest = hashlib.blake2b(digest_size=16)
        for text in (*self.products, *self.words.terms):
            digest.update(text.encode())
        words = self.words
        for column in (self.vectors, words.codes, words.lengths, words.title_lengths):
            digest.update(np.ascontiguousarray(column).data)
        return digest.hexdigest().encode()


def _table(index: CatalogueIndex, seq: int) -> pa.Table:
    content = _content(index)
    words = content.words
    about = {
        b"format": _FORMAT,
        b"embedder": index.embedder.encode(),
        b"dimension": str(index.dimension).encode(),
        b"seq": str(seq).encode(),
        b"checksum": content.checksum,
    }
    coded = pa.DictionaryArray.from_arrays(words.codes.astype(np.int32), pa.array(words.terms, pa.string()))
    ends = np.concatenate([[0], np.cumsum(words.lengths)]).astype(np.int64)
    columns = {
        "product": pa.array(content.products, pa.large_string()),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(content.vectors.ravel()), index.dimension),
        "words": pa.LargeListArray.from_arrays(ends, coded),
        "title_words": pa.array(words.title_lengths),
    }
    return pa.table(columns).replace_schema_metadata(about)


def _content(index: CatalogueIndex) -> _Content:
    entries = list(index.entries())
    vectors = np.zeros((len(entries), index.dimension), np.float32)
    for row, entry in enumerate(entries):
        vectors[row] = entry.vector
    return _Content(
        products=[to_json(entry.product) for entry in entries],
        vectors=vectors,
        words=SplitProducts.of(split(entry.product) for entry in entries),
    )


def _index(table: pa.Table) -> tuple[CatalogueIndex, int]:
    about: Mapping[bytes, bytes] = table.schema.metadata or {}
    if about.get(b"format") != _FORMAT:
        raise ValueError("not a snapshot of this version")
    dimension = int(about[b"dimension"])
    content = _read(table, dimension)
    entries = [
        IndexedProduct(product=from_json(Product, product), vector=vector)
        for product, vector in zip(content.products, content.vectors, strict=True)
    ]
    _check_words(entries, content.words)
    if about[b"checksum"] != content.checksum:
        raise ValueError("the checksum differs")
    index = CatalogueIndex.restored(about[b"embedder"].decode(), dimension, entries, content.words)
    return index, int(about[b"seq"])


def _read(table: pa.Table, dimension: int) -> _Content:
    products: list[str] = table["product"].to_pylist()
    flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    lists = table["words"].combine_chunks()
    coded = lists.flatten()
    return _Content(
        products=products,
        vectors=np.ascontiguousarray(flat, np.float32).reshape(len(products), dimension),
        words=SplitProducts(
            coded.dictionary.to_pylist(),
            coded.indices.to_numpy().astype(np.int64),
            lists.value_lengths().to_numpy().astype(np.int64),
            table["title_words"].to_numpy(),
        ),
    )


def _check_words(entries: list[IndexedProduct], words: SplitProducts) -> None:
    """A query is split by today's rules, and finds nothing in words split by others."""
    for place in range(0, len(entries), max(len(entries) // _SAMPLE, 1)):
        if words.product(place) != split(entries[place].product):
            raise ValueError("its words are split by other rules")


def _sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
