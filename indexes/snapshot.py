"""An index on disk, so that a restart needs neither embedder nor table scan.

One Arrow file with a row per product; what concerns the whole is in its schema's metadata.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from indexes.catalogue import CatalogueIndex, IndexedProduct
from models.codec import from_json, to_json
from models.errors import Invalid, ShopkeepError
from models.product import Product

# Another number when a file of before must not be read as one of now.
_FORMAT = b"shopkeep catalogue 1"


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


def _table(index: CatalogueIndex, seq: int) -> pa.Table:
    entries = list(index.entries())
    products = [to_json(entry.product) for entry in entries]
    vectors = np.zeros((len(entries), index.dimension), np.float32)
    for row, entry in enumerate(entries):
        vectors[row] = entry.vector
    popularity = np.array([entry.popularity for entry in entries], np.float64)
    about = {
        b"format": _FORMAT,
        b"embedder": index.embedder.encode(),
        b"dimension": str(index.dimension).encode(),
        b"seq": str(seq).encode(),
        b"checksum": _checksum(products, vectors, popularity),
    }
    columns = {
        "product": pa.array(products, pa.large_string()),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), index.dimension),
        "popularity": pa.array(popularity),
    }
    return pa.table(columns).replace_schema_metadata(about)


def _index(table: pa.Table) -> tuple[CatalogueIndex, int]:
    about: Mapping[bytes, bytes] = table.schema.metadata or {}
    if about.get(b"format") != _FORMAT:
        raise ValueError("not a snapshot of this version")
    dimension = int(about[b"dimension"])
    products: list[str] = table["product"].to_pylist()
    flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    vectors = np.ascontiguousarray(flat, np.float32).reshape(len(products), dimension)
    popularity = table["popularity"].to_numpy()
    if about[b"checksum"] != _checksum(products, vectors, popularity):
        raise ValueError("the checksum differs")
    index = CatalogueIndex(about[b"embedder"].decode(), dimension)
    index.apply(
        [
            IndexedProduct(product=from_json(Product, product), vector=vector, popularity=float(count))
            for product, vector, count in zip(products, vectors, popularity, strict=True)
        ]
    )
    return index, int(about[b"seq"])


def _checksum(products: list[str], vectors: np.ndarray, popularity: np.ndarray) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for product in products:
        digest.update(product.encode())
    digest.update(vectors.tobytes())
    digest.update(popularity.astype(np.float64).tobytes())
    return digest.hexdigest().encode()


def _sync_folder(folder: Path) -> None:
    """A rename is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
