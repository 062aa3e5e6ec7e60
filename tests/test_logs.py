"""Lines that machines read, people find, and secrets never reach."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a room of ours has written, as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Line())
    log = logging.getLogger("web.test")
    log.addHandler(handler)
    yield stream
    log.removeHandler(handler)


def lines(written: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def fail(error: Exception) -> None:
    raise error


def test_a_line_says_when_where_and_what_it_is_about(written: io.StringIO) -> None:
    log = logging.getLogger("web.test")
    with logs.about(merchant="m1", turn="turn-7"), logs.about(request="r1"):
        log.warning("kept %d of %d", 2, 3)
    log.warning("outside")
    about, outside = lines(written)
    assert about.pop("at").endswith("+00:00")
    assert about == {
        "level": "WARNING",
        "room": "web.test",
        "message": "kept 2 of 3",
        "merchant": "m1",
        "turn": "turn-7",
        "request": "r1",
    }
    assert "merchant" not in outside


def test_an_exception_is_one_line_with_all_it_has_to_say(written: io.StringIO) -> None:
    try:
        fail(ValueError("two\nlines"))
    except ValueError:
        logging.getLogger("web.test").exception("failed")
    (line,) = lines(written)
    assert "Traceback" in line["exception"]
    assert "two\nlines" in line["exception"]


@pytest.mark.parametrize(
    "secret",
    [
        "IGAAJxyz0123456789abcdefghij",
        "EAABsbCS1234567890abcdefghij",
        "shpat_0123456789abcdef",
        "shprt_0123456789abcdef",
        "sk-proj-0123456789abcdef",
        "shopkeep_0123456789abcdefghijk",
    ],
)
@pytest.mark.parametrize("around", ["{}", "GET /me?access_token={}&fields=id", "Authorization: Bearer {}"])
def test_what_looks_like_a_token_is_not_written(written: io.StringIO, secret: str, around: str) -> None:
    log = logging.getLogger("web.test")
    log.warning("it said: %s", around.format(secret))
    try:
        fail(RuntimeError(around.format(secret)))
    except RuntimeError:
        log.exception("failed")
    assert secret not in written.getvalue()
    assert written.getvalue().count(logs.HIDDEN) >= 2


def test_the_password_of_a_database_is_not_written(written: io.StringIO) -> None:
    logging.getLogger("web.test").error("cannot connect to postgresql://shop:geheim@db/shop")
    (line,) = lines(written)
    assert line["message"] == "cannot connect to postgresql://***@db/shop"


def test_a_customer_is_a_hash_that_tells_two_apart_and_nothing_else() -> None:
    assert logs.customer("m1", "178414") == logs.customer("m1", "178414")
    assert logs.customer("m1", "178414") != logs.customer("m2", "178414")
    assert "178414" not in logs.customer("m1", "178414")


def test_for_people_the_ids_stand_behind_the_words() -> None:
    record = logging.LogRecord("web.test", logging.INFO, "", 1, "kept", (), None)
    with logs.about(merchant="m1"):
        assert logs.Words("%(levelname)s %(message)s").format(record) == "INFO kept merchant=m1"
