from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from indexes import snapshot
from indexes.catalogue import CatalogueIndex
from indexes.snapshot import SnapshotUnusable
from models.search import Filters
from tests.indexes.shop import DIMENSION, by_words, entry, found, product, shop, variant


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    index = shop(
        product("1", "Oslo sofa", variant(color="Navy", stock=3), metadata={"seats": 3}), product("2", "Hat")
    )
    index.apply([entry(product("3", "Rome armchair"))], ["2"])
    path = tmp_path / "catalogue.arrow"
    snapshot.save(index, path, seq=41)
    return path


def test_a_loaded_index_is_the_saved_one(saved: Path) -> None:
    index, seq = snapshot.load(saved)

    assert (seq, index.embedder, index.dimension) == (41, "words", DIMENSION)
    assert [item.metadata for item in index.products()] == [{"seats": 3}, {}]
    assert found(index, "sofa", Filters(colors=("blue",))) == ["1"]
    assert by_words(index, "rome armchairs") == ["3"]
    assert by_words(index, "armchiar") == ["3"]  # mistyped
    assert found(index, "armchair") == ["3"]


def test_a_loaded_index_goes_on_changing(saved: Path) -> None:
    index, _ = snapshot.load(saved)

    index.apply([entry(product("3", "Rome bench")), entry(product("4", "Rome chair"))], ["1"])

    assert by_words(index, "rome") == ["3", "4"]
    assert (by_words(index, "chair"), by_words(index, "sofa")) == (["4"], [])


def test_an_empty_index_is_saved_too(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.arrow"
    snapshot.save(CatalogueIndex("words", DIMENSION), path, seq=0)
    index, seq = snapshot.load(path)
    assert (len(index), seq) == (0, 0)


def test_saving_replaces_the_file_and_leaves_no_other(saved: Path) -> None:
    snapshot.save(shop(product("9")), saved, seq=42)
    assert ([item.id for item in snapshot.load(saved)[0].products()], list(saved.parent.iterdir())) == (
        ["9"],
        [saved],
    )


def test_a_torn_file_is_unusable(saved: Path) -> None:
    whole = saved.read_bytes()
    for length in (0, 5, len(whole) // 2, len(whole) - 1):
        saved.write_bytes(whole[:length])
        with pytest.raises(SnapshotUnusable):
            snapshot.load(saved)


def test_a_changed_byte_in_the_content_is_noticed(saved: Path) -> None:
    whole = saved.read_bytes()
    saved.write_bytes(whole.replace(b'"seats":3', b'"seats":4'))
    with pytest.raises(SnapshotUnusable, match="checksum"):
        snapshot.load(saved)


def test_a_file_whose_words_were_split_by_other_rules_is_unusable(saved: Path) -> None:
    whole = saved.read_bytes()
    saved.write_bytes(whole.replace(b"Oslo sofa", b"Oslo sofs"))
    with pytest.raises(SnapshotUnusable, match="split by other rules"):
        snapshot.load(saved)


@pytest.mark.parametrize(
    "changed", [{b"format": b"shopkeep catalogue 0"}, {b"seq": b"x"}, {b"dimension": b"63"}]
)
def test_a_file_of_another_version_or_kind_is_unusable(saved: Path, changed: dict[bytes, bytes]) -> None:
    table = pa.ipc.open_file(pa.BufferReader(saved.read_bytes())).read_all()
    table = table.replace_schema_metadata({**table.schema.metadata, **changed})
    with pa.ipc.new_file(str(saved), table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(SnapshotUnusable):
        snapshot.load(saved)


def test_a_foreign_arrow_file_is_unusable(tmp_path: Path) -> None:
    path, table = tmp_path / "other.arrow", pa.table({"a": np.arange(3)})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(SnapshotUnusable):
        snapshot.load(path)


def test_a_missing_file_is_missing_not_unusable(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        snapshot.load(tmp_path / "none.arrow")
