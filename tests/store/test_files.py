from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.errors import NotFound
from store.files import Files


@pytest.fixture(params=["folder", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return Files(str(tmp_path) if request.param == "folder" else f"memory://{tmp_path.name}")


async def test_what_was_written_is_read_again(files: Files) -> None:
    await files.write("media/ab/abc.full.jpg", b"pixels")
    assert await files.read("media/ab/abc.full.jpg") == b"pixels"
    assert await files.read("media/ab/abc.full.jpg", most=3) == b"pix"


async def test_a_file_in_pieces_is_the_same_file(files: Files) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one,"
        yield b"two"

    assert await files.receive("imports/ab", pieces()) == 7
    assert await files.read("imports/ab") == b"one,two"


async def test_what_is_erased_is_gone_and_what_was_not_there_is_no_error(files: Files) -> None:
    await files.write("media/ab/abc.full.jpg", b"pixels")
    await files.erase(["media/ab/abc.full.jpg", "media/ab/never.full.jpg"])
    with pytest.raises(NotFound):
        await files.read("media/ab/abc.full.jpg")


@pytest.mark.parametrize("name", ["../secrets", "media/../../x", "/etc/passwd", "media/A", "media/a\0", ""])
async def test_a_name_that_is_not_ours_reaches_no_disk(files: Files, name: str) -> None:
    with pytest.raises(ValueError, match="no name of a file of ours"):
        await files.read(name)
