"""Bytes to text: UTF-8 with or without its mark, another encoding when it is named, else a way out."""

import codecs

from models.errors import Invalid

# What spreadsheets and shops write, the likely ones first.
ENCODINGS = (
    "utf-8", "utf-16", "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254",
    "windows-1255", "windows-1256", "shift_jis", "gb18030", "big5", "euc-kr",
)  # fmt: skip

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


def decode(data: bytes, encoding: str = "utf-8") -> str:
    """Invalid when empty or not UTF-8, naming what it is instead and the byte where that shows, from 0."""
    if encoding != "utf-8":
        return _decoded(data, encoding)
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


class Utf8Check:
    """Which encoding a file has that comes in pieces: UTF-8 until something contradicts it."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._start = b""
        self._fits = True

    def feed(self, piece: bytes) -> None:
        self._start = (self._start + piece)[:4] if len(self._start) < 4 else self._start  # noqa: PLR2004 - as below
        if self._fits:
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self._fits = False

    def encoding(self) -> str:
        if self._start[:2] in (b"\xff\xfe", b"\xfe\xff") or _every_other_is_zero(self._start):
            return "utf-16"
        # What is not UTF-8 was mostly written by a spreadsheet in the west; a person sees samples of it.
        return "utf-8" if self._fits else "windows-1252"


def decode_start(data: bytes, encoding: str) -> str:
    """The beginning of a file, as much as there is of it: whole lines, whatever is wrong with them."""
    text = data.decode(_codec(data, encoding), errors="replace").lstrip("\ufeff")
    whole, newline, _ = text.rpartition("\n")
    return whole + newline if newline else text


def _decoded(data: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise Invalid(f"{encoding[:40]!r} is none of {', '.join(ENCODINGS)}", field="encoding")
    try:
        text = data.decode(_codec(data, encoding)).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        detail = f"byte {error.start} is no text in {encoding}; choose the encoding the file was saved in"
        raise Invalid(detail, field="encoding") from None
    if not text.strip():
        raise Invalid("the file is empty", field="file")
    return text


def _codec(data: bytes, encoding: str) -> str:
    """UTF-16 without a mark says by its zeros which half comes first."""
    if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    return encoding


def _every_other_is_zero(start: bytes) -> bool:
    """UTF-16 without a mark is valid UTF-8 as long as its text is English."""
    return len(start) == 4 and (start[::2] == b"\0\0") != (start[1::2] == b"\0\0")  # noqa: PLR2004 - two characters


def _not_utf8(data: bytes, position: int) -> str:
    line = data.count(b"\n", 0, position) + 1
    return (
        f"byte {position} (line {line}) is 0x{data[position]:02x}, which is not UTF-8 but probably "
        f"Latin-1 or Windows-1252: {_WAY_OUT}"
    )
