"""Cells of somebody else's table: prices with their sign, yes in several languages, lists as they come."""

import re
from typing import Literal

from models.money import parse_amount
from sources.cells import Cells
from sources.fields import MAX_STOCK
from sources.rows import RowError
from sources.tables import Record, Table

_YES = frozenset(
    """true yes y 1 x on ja j wahr oui o vrai si s sim verdadeiro tak da да ano igen evet active aktiv actif
    activo ativo attivo published visible enabled available online verfugbar verfügbar lieferbar disponible
    instock continue""".split()  # noqa: SIM905 - words, not code
) | {"in stock", "in_stock", "auf lager", "en stock", "sí"}
_NO = frozenset(
    """false no n 0 off nein falsch non faux nao não nie нет ne nem hayir inactive inaktiv inactif inactivo
    draft archived hidden disabled unavailable offline unpublished outofstock deny""".split()  # noqa: SIM905 - words, not code
) | {"out of stock", "out_of_stock", "ausverkauft", "nicht verfügbar", "agotado", "épuisé", "sold out"}
_PICTURES = frozenset(("images", "variant_images"))
_NUMBER = re.compile(r"-?\d+")


class ForeignCells(Cells):
    def __init__(
        self,
        table: Table,
        record: Record,
        currency: str,
        errors: list[RowError],
        *,
        decimal: Literal[".", ","],
    ) -> None:
        super().__init__(table, record, currency, errors)
        self._decimal = decimal

    def amount(self, column: str) -> int | None:
        """1.299,00 €, $1,299.00, EUR 5: what is written around the number says nothing new."""
        text = self.text(column)
        if text is None:
            return None
        number = re.sub(r"[^\d.,-]", "", text).strip(".")
        thousands = "." if self._decimal == "," else ","
        number = number.replace(thousands, "").replace(",", ".").removesuffix(".-")
        try:
            return parse_amount(number, self._currency)
        except ValueError:
            self.wrong(column, f"{text[:40]!r} is not a price such as {_example(self._decimal)}")
            return 0

    def whole(self, column: str) -> int | None:
        """12.0, "12 pcs", -3: what cannot be sold is none."""
        text = self.text(column)
        if text is None:
            return None
        number = _NUMBER.search(re.sub(r"(?<=\d)[.,](?=\d{3}\b)", "", text))
        if number is None:
            self.wrong(column, f"{text[:40]!r} is not a number")
            return 0
        return min(max(int(number[0]), 0), MAX_STOCK) if len(number[0]) < 19 else MAX_STOCK  # noqa: PLR2004 - fits 64 bits

    def flag(self, column: str, *, default: bool) -> bool:
        text = self.text(column)
        if text is None:
            return default
        said = text.strip().lower()
        if said not in _YES | _NO:
            self.wrong(column, f"{text[:40]!r} is neither yes nor no")
        return said in _YES

    def parts(self, column: str, separator: str) -> list[str]:
        text = self.text(column) or ""
        if column in _PICTURES:
            return [part for part in re.split(r"[|,;\s]+(?=https?://|/media/)|\|", text) if part.strip()]
        if separator not in text:
            separator = next((mark for mark in _others(separator) if mark in text), separator)
        return [part.strip() for part in text.split(separator) if part.strip()]


def _others(separator: str) -> tuple[str, ...]:
    return ("»", "/", "|") if separator == ">" else (";", ",")


def _example(decimal: str) -> str:
    return f"19{decimal}90"
