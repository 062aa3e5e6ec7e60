"""Bytes to text: UTF-8 with or without its mark, and a way out for everything else."""

from models.errors import Invalid

_WAY_OUT = 'save the file as UTF-8 (in Excel: "CSV UTF-8")'

# What files begin with that are no text in UTF-8. UTF-32 first: its little-endian mark begins with UTF-16's.
_OTHERS = (
    (b"\xff\xfe\x00\x00", "text in UTF-32"),
    (b"\x00\x00\xfe\xff", "text in UTF-32"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"PK\x03\x04", "an Excel workbook or another ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip file"),
)


def decode(data: bytes) -> str:
    """Invalid when empty or not UTF-8, naming what it is instead and the byte where that shows, from 0."""
    for mark, kind in _OTHERS:
        if data.startswith(mark):
            raise Invalid(f"byte 0 shows {kind}, not UTF-8: {_WAY_OUT}", field="file")
    if _every_other_is_zero(data[:4]):
        raise Invalid(f"byte {data.index(0)} shows text in UTF-16, not UTF-8: {_WAY_OUT}", field="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_not_utf8(data, error.start), field="file") from None
    if not text.strip():
        raise Invalid("the file is empty", field="file")
    return text


def _every_other_is_zero(start: bytes) -> bool:
    """UTF-16 without a mark is valid UTF-8 as long as its text is English."""
    return len(start) == 4 and (start[::2] == b"\0\0") != (start[1::2] == b"\0\0")  # noqa: PLR2004 - two characters


def _not_utf8(data: bytes, position: int) -> str:
    line = data.count(b"\n", 0, position) + 1
    return (
        f"byte {position} (line {line}) is 0x{data[position]:02x}, which is not UTF-8 but probably "
        f"Latin-1 or Windows-1252: {_WAY_OUT}"
    )
