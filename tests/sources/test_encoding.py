import pytest

from models.errors import Invalid
from sources.encoding import decode


def test_utf8_is_read_with_and_without_its_mark() -> None:
    assert decode("Größe".encode()) == decode("Größe".encode("utf-8-sig")) == "Größe"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_refused_by_its_name(encoding: str) -> None:
    with pytest.raises(Invalid, match=r"file: byte [01] shows text in UTF-(16|32), not UTF-8: save"):
        decode("product_id,name".encode(encoding))


def test_latin1_is_refused_with_the_byte_and_the_line() -> None:
    with pytest.raises(Invalid, match=r"byte 10 \(line 2\) is 0xf6, .* Latin-1 .* save the file as UTF-8"):
        decode("price\n1 Größe".encode("latin-1"))


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n\n"])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    with pytest.raises(Invalid, match="empty"):
        decode(data)


def test_a_workbook_is_told_from_text() -> None:
    with pytest.raises(Invalid, match="Excel"):
        decode(b"PK\x03\x04rest")


def test_a_stray_nul_is_no_other_encoding() -> None:
    assert decode(b"ab\x00c") == "ab\x00c"
