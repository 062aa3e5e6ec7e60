"""What was typed into the search tester, read. The address of the page holds all of it."""

from dataclasses import dataclass, field, fields
from typing import Final
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.datastructures import QueryParams

from models.money import parse_amount
from models.search import Filters, Order, Weights
from web.pages import texts
from web.search_settings import SearchSettingsBody, WeightsBody

PARTS: Final = tuple(part.name for part in fields(Weights))
LISTS: Final = ("colors", "sizes", "categories", "brands")
LIMITS: Final = (5, 10, 20, 50)
STOCK: Final = {"": None, "yes": True, "all": False}
_LONGEST = 500
_MOST_VALUES = 20


def _words() -> dict[str, str]:
    found: dict[str, str] = texts("en")["search"]["fault"]
    return found


@dataclass(slots=True)
class SearchForm:
    """`typed` fills the fields again; `errors` stand beside them. What is wrong counts as not given."""

    typed: dict[str, str]
    currency: str
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, query: QueryParams, currency: str) -> "SearchForm":
        return cls({name: value[:_LONGEST].replace("\0", "") for name, value in query.items()}, currency)

    def get(self, name: str) -> str:
        return self.typed.get(name, "")

    @property
    def query(self) -> str:
        return self.get("query").strip()

    @property
    def limit(self) -> int:
        written = self.get("limit")
        return int(written) if written in map(str, LIMITS) else 10

    @property
    def order(self) -> Order:
        return Order(self.get("order")) if self.get("order") in list(Order) else Order.RELEVANCE

    @property
    def relax(self) -> bool:
        return bool(self.get("relax"))

    @property
    def comparing(self) -> bool:
        return bool(self.get("compare"))

    def filters(self) -> Filters:
        lists = {name: self._list(name) for name in LISTS}
        low, high = self._price("price_min"), self._price("price_max")
        if low is not None and high is not None and low > high:
            self.errors["price_max"] = _words()["prices"]
            high = None
        return Filters(
            price_min=low,
            price_max=high,
            colors=lists["colors"],
            sizes=lists["sizes"],
            categories=lists["categories"],
            brands=lists["brands"],
            in_stock=STOCK.get(self.get("in_stock")),
        )

    def _list(self, name: str) -> tuple[str, ...]:
        values = (value.strip()[:255] for value in self.get(name).split(","))
        return tuple(dict.fromkeys(value for value in values if value))[:_MOST_VALUES]

    def _price(self, name: str) -> int | None:
        written = self.get(name).strip()
        if not written:
            return None
        try:
            return parse_amount(written.replace(",", "."), self.currency)
        except ValueError:
            self.errors[name] = _words()["price"]
            return None

    def weights(self, side: str) -> Weights | None:
        """Of the side `a` or `b`. None where nothing is typed, or nothing that can be used."""
        written = {part: self.get(f"{side}_{part}").strip().replace(",", ".") for part in PARTS}
        if not any(written.values()):
            return None
        numbers: dict[str, float] = {}
        for part, one in written.items():
            try:
                numbers[part] = float(one)
            except ValueError:
                self.errors[f"{side}_{part}"] = _words()["number"]
        if len(numbers) < len(PARTS):
            return None
        try:
            return Weights(**WeightsBody(**numbers).model_dump())
        except ValidationError as error:
            for fault in error.errors():
                part = str(fault["loc"][0]) if fault["loc"] else PARTS[0]
                self.errors[f"{side}_{part}"] = _words()["weight" if fault["loc"] else "weights"]
            return None

    def group(self) -> tuple[str, ...] | None:
        """Synonyms to be tried."""
        written = self.get("try")
        if not written.strip():
            return None
        group = group_of(written)
        if group is None:
            self.errors["try"] = _words()["group"]
        return group

    def address(self, **changes: str | None) -> str:
        """The query string of this page, with other values."""
        values = {name: value for name, value in (self.typed | changes).items() if value}
        return urlencode(values)


def group_of(written: str) -> tuple[str, ...] | None:
    """Words or phrases between commas. None when they are no group."""
    phrases = [phrase for phrase in (one.strip() for one in written.split(",")) if phrase]
    try:
        body = SearchSettingsBody(synonyms=[list(dict.fromkeys(phrases))])
    except ValidationError:
        return None
    return tuple(body.synonyms[0]) if body.synonyms else None
