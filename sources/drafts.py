"""A product as it comes in: a line of JSONL, the body of a POST or PUT, what every other format becomes.

The shape is the Product of the API. What we know ourselves (`price_range`, `source`, `version`, `created_at`)
is taken and ignored, so that what we give out can be given back. Any other unknown key is an error.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import InitErrorDetails

from models.errors import Invalid
from models.product import Product, Variant
from sources.fields import (
    Id,
    Metadata,
    Minor,
    Name,
    NameOrNone,
    Stock,
    Text,
    Url,
    Urls,
    WordOrNone,
    Words,
    currency_problem,
    wrong,
)

MAX_VARIANTS = 2048


class VariantDraft(BaseModel):
    """Without an id it gets one; without a name its colour, size and material are its name."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Id | None = None
    sku: WordOrNone = None
    name: NameOrNone = None
    color: WordOrNone = None
    size: WordOrNone = None
    material: WordOrNone = None
    price_minor: Minor
    compare_at_price_minor: Minor | None = None
    stock: Stock | None = None
    available: bool = True
    oversell: bool = False
    images: Urls = []


class ProductDraft(BaseModel):
    """Validated with the merchant's currency as context, another currency is an error of the draft."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Id | None = None
    name: Name
    description: Text = ""
    short_description: Text = ""
    category: Words = []
    tags: Words = []
    brand: WordOrNone = None
    currency: str | None = None
    variants: Annotated[list[VariantDraft], Field(min_length=1, max_length=MAX_VARIANTS)]
    main_image: Url | None = None
    images: Urls = []
    product_url: Url | None = None
    is_active: bool = True
    is_featured: bool = False
    shopify_product_id: Id | None = None
    metadata: Metadata = {}
    price_range: Any = Field(default=None, exclude=True)
    source: Any = Field(default=None, exclude=True)
    version: Any = Field(default=None, exclude=True)
    created_at: Any = Field(default=None, exclude=True)

    @field_validator("currency")
    @classmethod
    def _one_currency(cls, value: str | None, info: ValidationInfo) -> str | None:
        value = value.strip().upper() if value is not None else None
        if problem := currency_problem(value, info.context):
            raise wrong(problem)
        return value

    @field_validator("variants")
    @classmethod
    def _told_apart(cls, variants: list[VariantDraft]) -> list[VariantDraft]:
        errors = [
            InitErrorDetails(type=wrong(f"{value!r} is another variant's"), loc=(index, field), input=value)
            for field in ("id", "sku")
            for index, value in _again(getattr(variant, field) for variant in variants)
        ]
        if errors:
            raise ValidationError.from_exception_data("variants", errors)
        return variants


def _again(values: Iterable[str | None]) -> Iterator[tuple[int, str]]:
    seen = set()
    for index, value in enumerate(values):
        if value is not None and value in seen:
            yield index, value
        seen.add(value)


def to_product(
    draft: ProductDraft,
    merchant_currency: str,
    *,
    id: str,  # noqa: A002 - the product's field of that name
    now: datetime,
    new_id: Callable[[], str],
) -> Product:
    """`id` wins over the draft's own. Invalid when the draft has another currency than the merchant."""
    if problem := currency_problem(draft.currency, merchant_currency):
        raise Invalid(problem, field="currency")
    return Product(
        id=id,
        name=draft.name,
        description=draft.description,
        short_description=draft.short_description,
        category=tuple(draft.category),
        tags=tuple(draft.tags),
        brand=draft.brand,
        currency=merchant_currency,
        variants=tuple(_variant(variant, draft.name, new_id) for variant in draft.variants),
        main_image=draft.main_image or next(iter(draft.images), None),
        images=tuple(draft.images),
        product_url=draft.product_url,
        is_active=draft.is_active,
        is_featured=draft.is_featured,
        shopify_product_id=draft.shopify_product_id,
        metadata=draft.metadata,
        created_at=now,
    )


def draft_of(product: Product) -> ProductDraft:
    """What makes this product again. Not validated: to read its texts as HTML once more would change them."""
    told = [name for name, field in ProductDraft.model_fields.items() if not field.exclude]
    fields = {name: getattr(product, name) for name in told}
    lists = {name: list(value) for name, value in fields.items() if isinstance(value, tuple)}
    variants = [
        VariantDraft.model_construct(**(asdict(variant) | {"images": list(variant.images)}))
        for variant in product.variants
    ]
    return ProductDraft.model_construct(**(fields | lists | {"variants": variants}))


def _variant(draft: VariantDraft, product_name: str, new_id: Callable[[], str]) -> Variant:
    options = " / ".join(option for option in (draft.color, draft.size, draft.material) if option)
    return Variant(
        id=draft.id or new_id(),
        sku=draft.sku,
        name=draft.name or options or product_name,
        color=draft.color,
        size=draft.size,
        material=draft.material,
        price_minor=draft.price_minor,
        compare_at_price_minor=draft.compare_at_price_minor,
        stock=draft.stock,
        available=draft.available,
        oversell=draft.oversell,
        images=tuple(draft.images),
    )


def keep_ids(new: Product, old: Product, *, given: Collection[str] = ()) -> Product:
    """`new`, its variants with the ids they had in `old`; `given` are ids a person chose, which stand.

    A variant with an id of `old` is that one. Any other is the one with its SKU, else its options, else its
    name, if that is not taken: conversations and tracked links know a variant by its id.
    """
    stand = {*given, *(variant.id for variant in old.variants)}
    ids = {variant.id: variant.id for variant in new.variants if variant.id in stand}
    free = [variant for variant in old.variants if variant.id not in ids]
    for likeness in range(3):
        known = {key: v.id for v in reversed(free) if (key := _likenesses(v, old)[likeness]) is not None}
        for variant in new.variants:
            if variant.id not in ids and (same := known.pop(_likenesses(variant, new)[likeness], None)):
                ids[variant.id] = same
        taken = set(ids.values())
        free = [variant for variant in free if variant.id not in taken]
    variants = (replace(variant, id=ids.get(variant.id, variant.id)) for variant in new.variants)
    return replace(new, variants=tuple(variants))


def _likenesses(variant: Variant, product: Product) -> tuple[Hashable, Hashable, Hashable]:
    """What tells a variant from its siblings, the surest first; None tells nothing."""
    options = (variant.color, variant.size, variant.material)
    # A variant without a name of its own is called as its product, which may be renamed.
    name = variant.name if variant.name != product.name else ""
    return variant.sku, options if any(options) else None, name
