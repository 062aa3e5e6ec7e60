import io
import struct
import zipfile
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from models.errors import Invalid
from sources.pictures import MOST_BYTES, SIZES, read_picture
from tests.sources.photos import opened, photo


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_format_becomes_a_jpeg_in_every_size(kind: str) -> None:
    picture = read_picture(photo(kind, (3000, 1500)))
    assert picture.extension == "jpg"
    assert (picture.width, picture.height) == (2048, 1024)
    widths = {name: opened(data).width for name, data in picture.sizes.items()}
    assert widths == {"full": 2048, "card": 800, "thumb": 160} == dict(SIZES)
    assert {opened(data).format for data in picture.sizes.values()} == {"JPEG"}


def test_a_small_picture_is_not_blown_up() -> None:
    picture = read_picture(photo(size=(40, 30)))
    assert {opened(data).size for data in picture.sizes.values()} == {(40, 30)}


def test_what_shines_through_stays_a_png() -> None:
    picture = read_picture(photo("PNG", color=(255, 0, 0, 90)))
    assert picture.extension == "png"
    assert opened(picture.sizes["thumb"]).getpixel((3, 3)) == (255, 0, 0, 90)


def test_a_channel_of_transparency_that_hides_nothing_costs_no_png() -> None:
    assert read_picture(photo("PNG", color=(255, 0, 0, 255))).extension == "jpg"


def test_a_transparent_picture_too_large_for_instagram_is_laid_on_white() -> None:
    noise = Image.effect_noise((1100, 1100), 90).convert("RGBA")
    noise.putalpha(Image.effect_noise((1100, 1100), 90))
    out = io.BytesIO()
    noise.save(out, "PNG")
    picture = read_picture(out.getvalue())
    assert picture.extension == "jpg"
    assert len(picture.sizes["full"]) < 4 * 2**20


def test_only_the_first_frame_of_an_animation_is_kept() -> None:
    out = io.BytesIO()
    first, second = Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")
    first.save(out, "GIF", save_all=True, append_images=[second])
    assert _middle(read_picture(out.getvalue()).sizes["full"], "R") > 200
    assert _middle(read_picture(out.getvalue()).sizes["full"], "B") < 50


def test_a_picture_stands_as_its_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    assert read_picture(photo(size=(400, 300), exif=exif)).height == 400


def test_nothing_is_left_of_where_and_by_whom_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera of mine"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with_all: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    for made in (
        photo("JPEG", comment=b"by me", **with_all),
        photo("PNG", color=(9, 9, 9, 9), **with_all),
        photo("WEBP", **with_all),
    ):
        full = read_picture(made).sizes["full"]
        assert b"camera" in made
        assert b"camera" not in full
        assert b"by me" not in full
        image = opened(full)
        assert not image.getexif()
        assert not {"icc_profile", "comment", "exif", "xmp"} & image.info.keys()


def test_a_grey_picture_of_16_bits_keeps_its_greys() -> None:
    out = io.BytesIO()
    Image.new("I;16", (10, 10), 32768).save(out, "PNG")
    grey = opened(read_picture(out.getvalue()).sizes["full"]).convert("L").getpixel((5, 5))
    assert grey == pytest.approx(128, abs=2)


def test_a_picture_for_the_press_is_shown_in_colours_of_the_screen() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (10, 10), (0, 255, 255, 0)).save(out, "JPEG")
    full = read_picture(out.getvalue()).sizes["full"]
    assert _middle(full, "R") > 200
    assert _middle(full, "G") < 60


REFUSED = {
    "an SVG drawing": b'<?xml version="1.0"?><!-- x --><svg onload="alert(1)"/>',
    "a web page": b"<!DOCTYPE html><script>alert(1)</script>",
    "an XML document": b"<?xml version='1.0'?><a/>",
    "a PDF": b"%PDF-1.7 ...",
    "a ZIP file or an office document": b"PK\x03\x04....",
    "a HEIC picture": b"\0\0\0\x18ftypheic....",
    "an AVIF picture": b"\0\0\0\x18ftypavif....",
    "a video": b"\0\0\0\x18ftypisom....",
    "a TIFF picture": b"II*\0....",
    "a BMP picture": b"BM....",
    "a program": b"\x7fELF....",
    "the file is empty": b"",
    "no picture we can read": b"just words",
    "a web page or a script": photo("GIF") + b"<ScRipt>alert(1)</script>",
}  # fmt: skip


@pytest.mark.parametrize(("said", "data"), REFUSED.items())
def test_what_is_no_picture_is_refused_by_its_name(said: str, data: bytes) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        read_picture(data)
    assert refused.value.field == "file"


def test_a_picture_that_is_an_archive_too_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.html", "hello")
    with pytest.raises(Invalid, match="an archive"):
        read_picture(photo("PNG") + archive.getvalue())


def test_a_picture_that_was_cut_off_is_refused() -> None:
    data = photo("JPEG", (900, 900), color=(1, 200, 7))
    with pytest.raises(Invalid, match="damaged"):
        read_picture(data[: len(data) // 2])


def test_a_bomb_of_pixels_is_refused_before_it_goes_off() -> None:
    with pytest.raises(Invalid, match="30000 by 30000 pixels, more than 50 million"):
        read_picture(_png_that_says(30000, 30000))


def test_a_file_that_is_too_large_is_not_even_looked_into() -> None:
    with pytest.raises(Invalid, match="larger than 20 MB"):
        read_picture(b"\x89PNG" + bytes(MOST_BYTES))


@settings(deadline=None)  # the first one imports a decoder
@given(st.data())
def test_a_damaged_picture_is_read_or_refused(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
    damaged = bytearray(photo(kind, (16, 16)))
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Invalid):
        assert set(read_picture(bytes(damaged)).sizes) == set(SIZES)


def _middle(data: bytes, channel: str) -> float:
    image = opened(data).getchannel(channel)
    found = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(found, int)
    return found


def _png_that_says(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
