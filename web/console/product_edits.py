"""One edit of many products as a form says it, and what it changes as a page shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import TypeAdapter, ValidationError

from actors.bulk_edits import (
    LEAST_PERCENT,
    MOST_PERCENT,
    CollectionEdit,
    DeleteEdit,
    Edit,
    FlagEdit,
    PriceEdit,
    StockEdit,
    TagEdit,
)
from models.amounts import typed_amount
from models.money import format_money
from models.product import Product, Variant
from web.pages import filled, texts
from web.storable import without_unstorable

# What can be chosen, in the groups it is shown in.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "price": ("price_percent", "price_add", "price_set"),
    "stock": ("stock_set", "stock_add"),
    "state": ("show", "archive", "feature", "unfeature"),
    "grouping": ("tag_add", "tag_remove", "collection_add", "collection_remove"),
    "removal": ("delete",),
}
_FIXED: Mapping[str, dict[str, Any]] = {
    "show": {"kind": "active", "value": True},
    "archive": {"kind": "active", "value": False},
    "feature": {"kind": "featured", "value": True},
    "unfeature": {"kind": "featured", "value": False},
    "delete": {"kind": "delete"},
    "restore": {"kind": "restore"},
}
_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """As the form has it."""

    action: str = ""
    value: str = ""
    into: str = ""
    sale: bool = False

    @classmethod
    def read(cls, form: Mapping[str, Any]) -> "Asked":
        def said(name: str) -> str:
            value = form.get(name)
            return without_unstorable(value).strip() if isinstance(value, str) else ""

        return cls(action=said("action"), value=said("value"), into=said("into"), sale=bool(said("sale")))

    @property
    def fields(self) -> dict[str, str]:
        """To be sent again."""
        sent = {"action": self.action, "value": self.value, "into": self.into}
        return sent | {"sale": "1"} if self.sale else sent


@dataclass(frozen=True, slots=True)
class Unclear(Exception):
    """What is wrong with it, and beside which field that is said."""

    field: str
    sentence: str


def edit_of(asked: Asked, currency: str) -> Edit:
    """Unclear when it cannot be made."""
    kind, _, mode = asked.action.partition("_")
    if asked.action in _FIXED:
        return _valid(_FIXED[asked.action])
    if kind == "collection" and mode in ("add", "remove"):
        if not asked.into:
            raise Unclear("into", _words("no_collection"))
        return _valid({"kind": kind, "collection_id": asked.into, "add": mode == "add"})
    if asked.action not in {action for actions in GROUPS.values() for action in actions}:
        raise Unclear("action", _words("no_action"))
    if not asked.value:
        raise Unclear("value", _words("no_value"))
    if kind == "tag":
        return _valid({"kind": kind, "tag": asked.value, "add": mode == "add"})
    if kind == "stock":
        return _valid({"kind": kind, "mode": mode, "pieces": _whole(asked.value)})
    number = {"percent": _percent(asked.value)} if mode == "percent" else {"amount": _amount(asked, currency)}
    return _valid({"kind": kind, "mode": mode, "sale": asked.sale, **number})


def _valid(values: Mapping[str, Any]) -> Edit:
    try:
        return _EDIT.validate_python(values)
    except ValidationError as error:
        field = "into" if values["kind"] == "collection" else "value"
        raise Unclear(field, error.errors()[0]["msg"]) from None


def _amount(asked: Asked, currency: str) -> int:
    sign = -1 if asked.value.startswith(("-", "−")) and asked.action == "price_add" else 1
    try:
        return sign * typed_amount(
            asked.value.lstrip("+-−") if sign < 0 else asked.value.lstrip("+"), currency
        )
    except ValueError as error:
        raise Unclear("value", str(error)) from None


def _percent(text: str) -> Decimal:
    try:
        number = Decimal(text.removesuffix("%").strip().replace("−", "-").replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not LEAST_PERCENT <= number <= MOST_PERCENT:
        raise Unclear("value", _words("not_percent"))
    return number


def _whole(text: str) -> int:
    plain = text.replace("−", "-")
    try:
        return int(plain)
    except ValueError:
        raise Unclear("value", _words("not_whole")) from None


def _words(name: str) -> str:
    sentence: str = texts("en")["products"]["bulk"][name]
    return sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that changes. `variant` empty: of the product as a whole."""

    variant: str
    what: str
    before: str
    after: str


def lines(before: Product, after: Product, edit: Edit, collection: str = "") -> list[Line]:
    match edit:
        case PriceEdit() | StockEdit():
            pairs = zip(before.variants, after.variants, strict=True)
            return [line for old, new in pairs for line in _of_variant(old, new, before.currency)]
        case FlagEdit(kind="active"):
            return [_line("state", _state(before), _state(after))]
        case FlagEdit():
            return [_line("featured", _mark(before.is_featured), _mark(after.is_featured))]
        case TagEdit():
            return [_line("tags", ", ".join(before.tags) or "–", ", ".join(after.tags) or "–")]
        case CollectionEdit():
            change = ("–", collection) if edit.add else (collection, "–")
            return [_line("collection", *change)]
        case DeleteEdit():
            there, gone = _state(before), texts("en")["products"]["badge"]["deleted"]
            return [_line("state", there, gone) if edit.kind == "delete" else _line("state", gone, there)]


def _of_variant(old: Variant, new: Variant, currency: str) -> Iterator[Line]:
    was, becomes = _price(old, currency), _price(new, currency)
    if was != becomes:
        yield _line("price", was, becomes, old.name)
    if old.stock != new.stock:
        counted = texts("en")["products"]["not_counted"] if old.stock is None else str(old.stock)
        yield _line("stock", counted, str(new.stock), old.name)


def _price(variant: Variant, currency: str) -> str:
    now = format_money(variant.price_minor, currency)
    if variant.compare_at_price_minor is None:
        return now
    before = format_money(variant.compare_at_price_minor, currency)
    return filled(texts("en")["products"]["bulk"]["fields"]["reduced"], price=now, before=before)


def _line(what: str, before: str, after: str, variant: str = "") -> Line:
    return Line(
        variant=variant, what=texts("en")["products"]["bulk"]["fields"][what], before=before, after=after
    )


def _state(product: Product) -> str:
    words: dict[str, str] = texts("en")["products"]["badge"]
    return words["active" if product.is_active else "archived"]


def _mark(on: bool) -> str:
    return "✓" if on else "–"
