"""The kinds of values a draft is made of: how each is cleaned, and what is too long or wrong."""

import json
import math
import unicodedata
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, JsonValue
from pydantic_core import PydanticCustomError

from models.money import CURRENCIES, MAX_MINOR
from sources.text import clean, one_line, plain

MAX_NAME = 500
MAX_WORD = 255  # a colour, a brand, a tag, a category
MAX_LIST = 250
MAX_ID_BYTES = 256
MAX_URL = 2048
MAX_HTML = 500_000
MAX_DESCRIPTION = 20_000  # what is kept of it, without its HTML
MAX_METADATA = 20_000  # as JSON
MAX_STOCK = 2**31 - 1


def wrong(detail: str) -> PydanticCustomError:
    # Not ValueError: pydantic would put "Value error, " before a sentence that people read.
    return PydanticCustomError("draft", "{detail}", {"detail": detail})


def currency_problem(currency: str | None, merchant_currency: str | None) -> str | None:
    """What is wrong with a product's currency; None is nothing. Without one it takes the merchant's."""
    if currency is None:
        return None
    if currency not in CURRENCIES:
        return f"{currency[:10]!r} is not an ISO 4217 currency"
    if merchant_currency is not None and currency != merchant_currency:
        return f"{currency} is not the shop's currency, {merchant_currency}"
    return None


def _bounded(value: str, limit: int) -> str:
    if len(value) > limit:
        raise wrong(f"has {len(value)} characters, more than {limit}")
    return value


def _name(value: str) -> str:
    value = _bounded(one_line(value), MAX_NAME)
    if not value:
        raise wrong("must not be blank")
    return value


def _name_or_none(value: str | None) -> str | None:
    return _bounded(one_line(value), MAX_NAME) or None if value is not None else None


def _word(value: str) -> str:
    return _bounded(one_line(value), MAX_WORD)


def _word_or_none(value: str | None) -> str | None:
    return _word(value) or None if value is not None else None


def _words(values: list[str]) -> list[str]:
    """In order, each once, no blanks."""
    return list(dict.fromkeys(value for value in values if value))


def _text(value: str) -> str:
    return plain(_bounded(value, MAX_HTML))[:MAX_DESCRIPTION].rstrip()


def _id(value: str) -> str:
    value = value.strip()
    if not value:
        raise wrong("must not be blank")
    if len(value.encode()) > MAX_ID_BYTES:
        raise wrong(f"is longer than {MAX_ID_BYTES} bytes")
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise wrong("must not contain control characters")
    return value


def _url(value: str) -> str:
    value = _bounded(value.strip(), MAX_URL)
    printable = value.isprintable() and " " not in value
    if not (printable and (value.startswith("/media/") or _is_http(value))):
        raise wrong(f"{value[:80]!r} is not an http or https address")
    return value


def _is_http(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:  # an unfinished [IPv6] host
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _json(value: dict[str, JsonValue]) -> dict[str, Any]:
    cleaned: dict[str, Any] = _cleaned(value)
    if len(json.dumps(cleaned, ensure_ascii=False)) > MAX_METADATA:
        raise wrong(f"is longer than {MAX_METADATA} characters as JSON")
    return cleaned


def _cleaned(value: JsonValue) -> Any:  # noqa: ANN401 - a JSON value is any of them
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        raise wrong("contains a number that is not JSON")
    return value


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, AfterValidator(_name)]
NameOrNone = Annotated[str | None, AfterValidator(_name_or_none)]
Word = Annotated[str, AfterValidator(_word)]
WordOrNone = Annotated[str | None, AfterValidator(_word_or_none)]
Words = Annotated[list[Word], AfterValidator(_words), Field(max_length=MAX_LIST)]
Text = Annotated[str, AfterValidator(_text)]
Url = Annotated[str, AfterValidator(_url)]
Urls = Annotated[list[Url], Field(max_length=MAX_LIST)]
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
Stock = Annotated[int, Field(ge=0, le=MAX_STOCK)]
Metadata = Annotated[dict[str, JsonValue], AfterValidator(_json)]
