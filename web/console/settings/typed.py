"""What stands in a form: as it was typed, so that it can be shown again whatever was wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from web.pages import texts


class Typed:
    def __init__(self, values: Mapping[str, str | Sequence[str]]) -> None:
        self._values = {
            name: [value] if isinstance(value, str) else list(value) for name, value in values.items()
        }

    @classmethod
    def of(cls, form: FormData) -> "Typed":
        values: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            if isinstance(value, str):
                # PostgreSQL takes no NUL.
                values.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\0", ""))
        return cls(values)

    def get(self, name: str, default: str = "") -> str:
        return self._values.get(name, [default])[-1]

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def ticked(self, name: str) -> bool:
        return bool(self.get(name))

    def optional(self, name: str) -> str | None:
        return self.get(name).strip() or None

    def lines(self, name: str) -> list[str]:
        """One a line, in a field of several."""
        return [line.strip() for line in self.get(name).splitlines() if line.strip()]

    def numbers(self, prefix: str) -> list[int]:
        """Of rows that are called `prefix.0.name`, `prefix.1.name`: which there are."""
        return sorted({int(number) for number in self._row_numbers(prefix)})

    def _row_numbers(self, prefix: str) -> Iterator[str]:
        for name in self._values:
            parts = name.split(".")
            if parts[0] == prefix and len(parts) > 1 and parts[1].isascii() and parts[1].isdigit():
                yield parts[1][:4]


def faults(error: ValidationError, places: Mapping[str, str]) -> dict[str, str]:
    """By field of the form. `places`: where what the body calls so stands in it; the nearest one counts."""
    found: dict[str, str] = {}
    for fault in error.errors():
        path = [str(step) for step in fault["loc"]]
        named = [".".join(path[:length]) for length in range(len(path), 0, -1)]
        place = next((places[name] for name in named if name in places), named[0])
        found.setdefault(place, in_words(fault["type"], fault["msg"], fault.get("ctx", {})))
        # A field of many lines has its fault, too, whichever line it is in.
        for name in named:
            found.setdefault(name, found[place])
    return found


def in_words(kind: str, message: str, values: Mapping[str, Any]) -> str:
    known: dict[str, str] = texts("en")["settings"]["faults"]
    sentence = known.get(kind)
    if sentence is None:
        return message.removeprefix("Value error, ")
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", str(value))
    return sentence
