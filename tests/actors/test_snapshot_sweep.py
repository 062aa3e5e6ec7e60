"""Index files of merchants who are not here any more."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.snapshot_file import stem_of
from actors.snapshot_sweep import sweep
from tests.store.rows import open_shop


def begin(folder: Path) -> list[str]:
    return [file.name.partition(".")[0] for file in folder.iterdir()]


async def test_files_of_who_has_left_go_whatever_they_are_and_all_others_stay(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await open_shop(engine, "m1")
    await open_shop(engine, "m2")
    for merchant_id in ("m1", "m2"):
        for kind in ("arrow", "unusable", "arrow.unfinished"):
            (tmp_path / f"{stem_of(merchant_id)}.{kind}").write_bytes(b"an index")
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM placement WHERE merchant_id = 'm1'")
    await sweep(engine, tmp_path)
    assert begin(tmp_path) == [stem_of("m2")] * 3
