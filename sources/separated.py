"""Several values in one cell, split at a sign; a sign that belongs to a value has a backslash before it."""

import re
from collections.abc import Iterable


def split(text: str, separator: str) -> list[str]:
    """Without blanks. Backslashes mean something only before the sign and at the end of a value."""
    if "\\" not in text:
        return [part.strip() for part in text.split(separator) if part.strip()]
    parts = [""]
    end = 0
    for found in re.finditer(rf"(\\*)({re.escape(separator)}|\Z)", text):
        backslashes, sign = found.groups()
        parts[-1] += text[end : found.start()] + "\\" * (len(backslashes) // 2)
        end = found.end()
        if len(backslashes) % 2:
            parts[-1] += sign or "\\"
        elif sign:
            parts.append("")
    return [part.strip() for part in parts if part.strip()]


def join(values: Iterable[str], separator: str) -> str:
    """What `split` takes apart again."""
    return separator.join(_escaped(value, separator) for value in values)


def _escaped(value: str, separator: str) -> str:
    doubled = re.sub(rf"(\\+)(?={re.escape(separator)}|\Z)", r"\1\1", value)
    return doubled.replace(separator, "\\" + separator)
