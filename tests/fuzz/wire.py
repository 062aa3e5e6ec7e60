"""JSON as no library would write it."""

import json
import re
from typing import Any

# What stands in a value for text that `json.dumps` would never produce.
RAW = {
    "nan": "NaN",
    "infinity": "-Infinity",
    "overflow": "1e400",
    "minus_zero": "-0",
    "integer_of_5000_digits": "9" * 5000,
    "integer_of_300_digits": "1" * 300,
    "deep_lists": "[" * 10_000 + "]" * 10_000,
    "deep_objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "deep_enough": "[" * 900 + "]" * 900,
}
_MARKS = re.compile(r'"@raw:(\w+)@"')
_AGAIN = re.compile(r"@again:\d+@")


def raw(name: str) -> str:
    return f"@raw:{name}@"


def again(name: str, number: int) -> str:
    """The key `name` once more in the same object."""
    return f"{name}@again:{number}@"


def encode(value: Any) -> bytes:
    """Lone surrogates as escapes, as Meta would send them."""
    written = _AGAIN.sub("", json.dumps(value, separators=(",", ":")))
    return _MARKS.sub(lambda mark: RAW[mark[1]], written).encode()


def stored(text: str) -> str:
    """As PostgreSQL can hold it: without NUL and halves of surrogate pairs."""
    return "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff")
