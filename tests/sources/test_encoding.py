import pytest

from models.errors import Invalid
from sources.encoding import Utf8Check, decode, decode_start


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


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("utf-16", "utf-16"), ("utf-16", "utf-16-le"), ("utf-16", "utf-16-be"), ("windows-1252", "cp1252")],
)
def test_another_encoding_is_read_when_it_is_named(encoding: str, codec: str) -> None:
    assert decode("name;Größe".encode(codec), encoding) == "name;Größe"


def test_what_is_no_text_in_the_named_encoding_is_said() -> None:
    with pytest.raises(Invalid, match="byte 1 is no text in shift_jis"):
        decode(b"a\xff", "shift_jis")
    with pytest.raises(Invalid, match="'rot13' is none of"):
        decode(b"a", "rot13")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Größe".encode(), "utf-8"),
        ("Größe".encode("utf-8-sig"), "utf-8"),
        ("Größe".encode("cp1252"), "windows-1252"),
        ("Größe".encode("utf-16"), "utf-16"),
        ("name".encode("utf-16-le"), "utf-16"),
        (b"", "utf-8"),
    ],
)
def test_an_encoding_is_guessed_however_the_file_is_cut(data: bytes, encoding: str) -> None:
    for size in (1, 2, 3, 100):
        check = Utf8Check()
        for start in range(0, len(data), size):
            check.feed(data[start : start + size])
        assert check.encoding() == encoding


def test_the_beginning_of_a_file_is_whole_lines_of_it() -> None:
    assert decode_start("a,b\nGröße".encode()[:-1], "utf-8") == "a,b\n"
    assert decode_start("name\nGröße".encode("utf-16")[:-1], "utf-16") == "name\n"
