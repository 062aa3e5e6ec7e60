"""Pictures that nobody needs, and those that somebody does."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.upload_upkeep import UploadUpkeep
from models.errors import NotFound
from store import media
from store.files import Files
from store.media import Media


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(str(tmp_path))


@pytest.fixture
async def picture(engine: AsyncEngine, files: Files) -> Media:
    made = Media(key="a" * 40, extension="jpg", width=1, height=1, bytes=3)
    async with engine.begin() as connection:
        await connection.execute(text("INSERT INTO merchants (id, profile) VALUES ('m', '{}')"))
        await media.add(connection, "m", made)
    for size in ("full", "card", "thumb"):
        await files.write(made.file(size), b"x")
    return made


async def test_a_picture_no_product_has_shown_for_a_week_is_erased(
    engine: AsyncEngine, files: Files, picture: Media
) -> None:
    upkeep = UploadUpkeep(engine, files)
    await upkeep.run()
    assert await files.read(picture.file("thumb")) == b"x"
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE media SET unused_since = now() - interval '8 days'"))
    await upkeep.run()
    for size in ("full", "card", "thumb"):
        with pytest.raises(NotFound):
            await files.read(picture.file(size))
    async with engine.begin() as connection:
        assert await media.known(connection, "m", picture.key) is None


async def test_a_picture_of_a_deleted_product_stays_for_its_return(
    engine: AsyncEngine, files: Files, picture: Media
) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO products (merchant_id, id, seq, body, text_hash, deleted) "
                "VALUES ('m', 'p', 1, jsonb_build_object('main_image', CAST(:url AS text)), '', true)"
            ),
            {"url": picture.url},
        )
        await connection.execute(text("UPDATE media SET unused_since = now() - interval '8 days'"))
    await UploadUpkeep(engine, files).run()
    assert await files.read(picture.file("thumb")) == b"x"
