"""What can be done to many products at once, and what it makes of one."""

from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.errors import ShopkeepError
from models.money import MAX_MINOR
from models.product import Product, Source, Variant
from sources.fields import MAX_LIST, MAX_STOCK, Id, Word

LEAST_PERCENT, MOST_PERCENT = -100, 10_000


class Why(StrEnum):
    """Why a product is left as it is."""

    GONE = "gone"
    CHANGED = "changed"  # since it was looked at
    SHOPIFY = "shopify"  # the store there would write over it
    BELOW_ZERO = "below_zero"
    TOO_HIGH = "too_high"
    NOT_COUNTED = "not_counted"  # its stock
    TOO_MANY_TAGS = "too_many_tags"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"  # the catalogue; whether it has changed nobody said


class Left(ShopkeepError):
    """The edit leaves this product alone."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class _Edit(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PriceEdit(_Edit):
    """`amount`: minor units that are set or added. `sale`: the price of before stays beside it."""

    kind: Literal["price"] = "price"
    mode: Literal["set", "add", "percent"]
    amount: Annotated[int, Field(ge=-MAX_MINOR, le=MAX_MINOR)] = 0
    percent: Annotated[Decimal, Field(ge=LEAST_PERCENT, le=MOST_PERCENT, max_digits=10)] = Decimal(0)
    sale: bool = False


class StockEdit(_Edit):
    kind: Literal["stock"] = "stock"
    mode: Literal["set", "add"]
    pieces: Annotated[int, Field(ge=-MAX_STOCK, le=MAX_STOCK)]


class FlagEdit(_Edit):
    kind: Literal["active", "featured"]
    value: bool


class TagEdit(_Edit):
    kind: Literal["tag"] = "tag"
    tag: Annotated[Word, Field(min_length=1)]
    add: bool = True


class CollectionEdit(_Edit):
    kind: Literal["collection"] = "collection"
    collection_id: Id
    add: bool = True


class DeleteEdit(_Edit):
    kind: Literal["delete", "restore"] = "delete"


Edit = Annotated[
    PriceEdit | StockEdit | FlagEdit | TagEdit | CollectionEdit | DeleteEdit, Field(discriminator="kind")
]
# What a connected store does not write over.
_OURS = ("featured", "collection", "restore")


def edited(product: Product, edit: Edit, variant_ids: Collection[str] | None = None) -> Product:
    """The same where nothing changes. `variant_ids`: the price and stock of these alone. Left."""
    if product.source is Source.SHOPIFY and edit.kind not in _OURS:
        raise Left(Why.SHOPIFY)
    match edit:
        case PriceEdit():
            return _variants(product, variant_ids, lambda variant: _priced(variant, edit))
        case StockEdit():
            return _variants(product, variant_ids, lambda variant: _stocked(variant, edit))
        case FlagEdit(kind="active"):
            return replace(product, is_active=edit.value)
        case FlagEdit():
            return replace(product, is_featured=edit.value)
        case TagEdit():
            return replace(product, tags=_tagged(product.tags, edit))
        case _:  # what it is in, or whether it is there
            return product


def _variants(
    product: Product, variant_ids: Collection[str] | None, change: Callable[[Variant], Variant]
) -> Product:
    return replace(
        product,
        variants=tuple(
            change(variant) if variant_ids is None or variant.id in variant_ids else variant
            for variant in product.variants
        ),
    )


def _priced(variant: Variant, edit: PriceEdit) -> Variant:
    price = new_price(variant.price_minor, edit)
    before = variant.compare_at_price_minor
    if edit.sale:
        before = max(before or 0, variant.price_minor)
        before = before if before > price else None
    return replace(variant, price_minor=price, compare_at_price_minor=before)


def new_price(price: int, edit: PriceEdit) -> int:
    """Half a minor unit is rounded up. Left."""
    if edit.mode == "set":
        made = edit.amount
    elif edit.mode == "add":
        made = price + edit.amount
    else:
        exact = Decimal(price) * (100 + edit.percent) / 100
        made = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    if made < 0:
        raise Left(Why.BELOW_ZERO)
    if made > MAX_MINOR:
        raise Left(Why.TOO_HIGH)
    return made


def _stocked(variant: Variant, edit: StockEdit) -> Variant:
    if edit.mode == "set":
        return replace(variant, stock=_pieces(edit.pieces))
    if variant.stock is None:
        raise Left(Why.NOT_COUNTED)
    return replace(variant, stock=_pieces(variant.stock + edit.pieces))


def _pieces(stock: int) -> int:
    if stock < 0:
        raise Left(Why.BELOW_ZERO)
    if stock > MAX_STOCK:
        raise Left(Why.TOO_HIGH)
    return stock


def _tagged(tags: tuple[str, ...], edit: TagEdit) -> tuple[str, ...]:
    if edit.add:
        tagged = tuple(dict.fromkeys((*tags, edit.tag)))
        if len(tagged) > MAX_LIST:
            raise Left(Why.TOO_MANY_TAGS)
        return tagged
    return tuple(tag for tag in tags if tag.casefold() != edit.tag.casefold())
