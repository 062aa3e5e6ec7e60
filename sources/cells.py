"""One record's cells, read by kind."""

import json
import re

from models.money import parse_amount
from sources.rows import RowError
from sources.separated import split
from sources.tables import Record, Table

_YES = frozenset(("true", "yes", "y", "1"))
_NO = frozenset(("false", "no", "n", "0"))


class Cells:
    """What cannot be read becomes an error and a value nobody else objects to."""

    def __init__(self, table: Table, record: Record, currency: str, errors: list[RowError]) -> None:
        self._table = table
        self._record = record
        self._currency = currency
        self._errors = errors

    def text(self, column: str) -> str | None:
        return self._record.cells.get(column)

    def amount(self, column: str) -> int | None:
        """Minor units of a decimal."""
        text = self.text(column)
        if text is None:
            return None
        if self._table.decimal_comma:
            text = re.sub(r"^(\d+),(\d+)$", r"\1.\2", text)
        try:
            return parse_amount(text, self._currency)
        except ValueError as error:
            self.wrong(column, str(error))
            return 0

    def whole(self, column: str) -> int | None:
        text = self.text(column)
        if text is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            self.wrong(column, f"{text[:40]!r} is not a whole number")
            return 0
        return int(text)

    def flag(self, column: str, *, default: bool) -> bool:
        text = (self.text(column) or str(default)).lower()
        if text not in _YES | _NO:
            self.wrong(column, f"{text[:40]!r} is neither true nor false")
        return text in _YES

    def parts(self, column: str, separator: str) -> list[str]:
        return split(self.text(column) or "", separator)

    def document(self, column: str) -> dict[str, object]:
        """A JSON object."""
        text = self.text(column)
        if text is None:
            return {}
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            self.wrong(column, f"{text[:40]!r} is not a JSON object")
            return {}
        return found

    def wrong(self, column: str, detail: str) -> None:
        self._errors.append(RowError(row=self._record.row, field=self._table.titles[column], detail=detail))
