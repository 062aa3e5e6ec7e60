"""What the list of products is asked for, read from its address and written into its links."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from models.amounts import typed_amount
from models.errors import Invalid
from models.product import Source
from store.product_listing import Place, Sort, Stock, Wanted
from web.paging import place_cursor, place_from
from web.storable import without_unstorable

PAGE_SIZE = 50
VIEWS = ("table", "grid")
# What a tab narrows the list to, in their order.
TABS: Mapping[str, Mapping[str, str]] = {
    "all": {},
    "active": {"state": "active"},
    "archived": {"state": "archived"},
    "low": {"stock": "low"},
    "out": {"stock": "out"},
    "deleted": {"state": "deleted"},
}
# What is on a tab, and what else can be asked for beside it.
_NAMES = ("q", "category", "brand", "collection", "source", "state", "stock", "featured", "min", "max")
_MOST = 300

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """As typed: whatever nobody can read asks for nothing, and is said in `faults`."""

    asked: Mapping[str, str]
    sort: Sort = Sort.NEWEST
    view: str = VIEWS[0]
    at: Place | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    price_min: int | None = None
    price_max: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, str], currency: str) -> "ListQuery":
        asked = {
            name: text for name in _NAMES if (text := without_unstorable(given.get(name, "")).strip()[:_MOST])
        }
        prices, faults = _prices(asked, currency)
        try:
            at = place_from(given.get("cursor") or None)
        except Invalid:
            at = None
        view = given.get("view", "")
        return cls(
            asked=asked,
            sort=_one_of(Sort, given.get("sort", "")) or Sort.NEWEST,
            view=view if view in VIEWS else VIEWS[0],
            at=at,
            faults=faults,
            price_min=prices.get("min"),
            price_max=prices.get("max"),
        )

    @classmethod
    def of(cls, query: str, currency: str) -> "ListQuery":
        return cls.read(dict(parse_qsl(query)), currency)

    @property
    def wanted(self) -> Wanted:
        asked = self.asked
        return Wanted(
            text=asked.get("q", ""),
            category=asked.get("category"),
            brand=asked.get("brand"),
            collection=asked.get("collection"),
            active={"active": True, "archived": False}.get(asked.get("state", "")),
            featured=True if "featured" in asked else None,
            stock=_one_of(Stock, asked.get("stock", "")),
            source=_one_of(Source, asked.get("source", "")),
            price_min=self.price_min,
            price_max=self.price_max,
            deleted=self.deleted,
        )

    @property
    def deleted(self) -> bool:
        return self.asked.get("state") == "deleted"

    @property
    def tab(self) -> str:
        on = {name: self.asked[name] for name in ("state", "stock") if name in self.asked}
        return next((tab for tab, narrowed in TABS.items() if narrowed == on), "")

    @property
    def filtered(self) -> bool:
        """By more than a tab."""
        return any(name not in ("state", "stock") for name in self.asked)

    @property
    def more(self) -> int:
        """How many of the filters are on that do not stand beside the search field."""
        return sum(name in self.asked for name in ("brand", "collection", "source", "featured", "min", "max"))

    def link(self, *, at: Place | None = None, **changed: str) -> str:
        """The query of a page like this one; a value that is empty is left out, and so is the place."""
        every = {**self.asked, "sort": self.sort.value, "view": self.view, **changed}
        if at is not None:
            every["cursor"] = place_cursor(at) or ""
        usual = {"sort": Sort.NEWEST.value, "view": VIEWS[0]}
        return urlencode({name: value for name, value in every.items() if value and usual.get(name) != value})

    def tab_link(self, tab: str) -> str:
        return replace(self, asked={**self._off_tab, **TABS[tab]}).link()

    @property
    def _off_tab(self) -> dict[str, str]:
        return {name: text for name, text in self.asked.items() if name not in ("state", "stock")}

    def unfiltered_link(self) -> str:
        kept = {name: text for name, text in self.asked.items() if name in ("state", "stock")}
        return replace(self, asked=kept).link()


def _prices(asked: Mapping[str, str], currency: str) -> tuple[dict[str, int], dict[str, str]]:
    prices, faults = {}, {}
    for name in ("min", "max"):
        if name in asked:
            try:
                prices[name] = typed_amount(asked[name], currency)
            except ValueError as error:
                faults[name] = str(error)
    return prices, faults


def _one_of(choices: type[Choice], text: str) -> Choice | None:
    return choices(text) if text in {one.value for one in choices} else None
