"""Shopify's product as its REST API, its webhooks and a shop's public products.json write it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo

from models.money import parse_amount
from sources.drafts import ProductDraft
from sources.fields import wrong
from sources.options import read_options
from sources.rows import Location, ProductRow, RowError, dotted, row_errors


def _amount(value: object, info: ValidationInfo) -> int:
    """Minor units of the merchant's currency, which is the context."""
    if not isinstance(value, str):
        raise wrong('should be a decimal in quotes such as "19.90"')
    currency: str = info.context or ""
    try:
        return parse_amount(value, currency)
    except ValueError as error:
        raise wrong(str(error)) from None


def _amount_or_none(value: object, info: ValidationInfo) -> int | None:
    return _amount(value, info) if value is not None and value != "" else None


Amount = Annotated[int, BeforeValidator(_amount)]
AmountOrNone = Annotated[int | None, BeforeValidator(_amount_or_none)]


class _Rest(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class RestImage(_Rest):
    id: int | None = None
    src: str
    variant_ids: list[int] = []

    @property
    def address(self) -> str:
        return f"https:{self.src}" if self.src.startswith("//") else self.src


class RestOption(_Rest):
    name: str | None = None


class RestVariant(_Rest):
    """A public file has `available` and no inventory, the REST API the reverse."""

    id: int
    price: Amount
    compare_at_price: AmountOrNone = None
    sku: str | None = None
    option1: str | None = None
    option2: str | None = None
    option3: str | None = None
    available: bool = True
    inventory_management: str | None = None
    inventory_policy: str | None = None
    inventory_quantity: int | None = None
    image_id: int | None = None
    featured_image: RestImage | None = None

    @property
    def stock(self) -> int | None:
        untracked = "inventory_management" in self.model_fields_set and self.inventory_management is None
        if untracked or self.inventory_quantity is None:
            return None
        return max(self.inventory_quantity, 0)


class RestProduct(_Rest):
    """Validated with the merchant's currency as context."""

    id: int
    title: str
    handle: str | None = None
    body_html: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    tags: str | list[str] | None = None
    status: str | None = None
    published_at: str | None = None
    options: list[RestOption] = []
    variants: list[RestVariant]
    image: RestImage | None = None
    images: list[RestImage] = []

    @property
    def is_active(self) -> bool:
        unpublished = "published_at" in self.model_fields_set and self.published_at is None
        return self.status in {None, "active"} and not unpublished

    @property
    def tag_list(self) -> list[str]:
        return self.tags.split(",") if isinstance(self.tags, str) else self.tags or []


# Our word for a field, and theirs.
_FIELDS = {
    "name": "title",
    "description": "body_html",
    "brand": "vendor",
    "category": "product_type",
    "price_minor": "price",
    "compare_at_price_minor": "compare_at_price",
    "stock": "inventory_quantity",
}


def read_rest_product(row: int, value: object, currency: str) -> Iterator[ProductRow | RowError]:
    try:
        draft = rest_draft(RestProduct.model_validate(value, context=currency))
    except ValidationError as error:
        known = value.get("id") if isinstance(value, dict) else None
        for problem in row_errors(error, lambda location: (row, dotted(_theirs(location)))):
            yield replace(problem, product_id=f"shopify-{known}") if isinstance(known, int) else problem
    else:
        yield ProductRow(row=row, draft=draft)


def rest_draft(product: RestProduct) -> ProductDraft:
    """Ids are "shopify-<theirs>", so that whatever comes in again updates. ValidationError."""
    return ProductDraft.model_validate(
        {
            "id": f"shopify-{product.id}",
            "name": product.title,
            "description": product.body_html or "",
            "category": [product.product_type or ""],
            "tags": product.tag_list,
            "brand": product.vendor,
            "variants": [_variant(product, variant) for variant in product.variants],
            "main_image": product.image.address if product.image else None,
            "images": [image.address for image in product.images],
            "is_active": product.is_active,
            "shopify_product_id": str(product.id),
            "metadata": {"handle": product.handle} if product.handle else {},
        }
    )


def _variant(product: RestProduct, variant: RestVariant) -> dict[str, object]:
    options = read_options(
        [option.name for option in product.options], [variant.option1, variant.option2, variant.option3]
    )
    return {
        "id": f"shopify-{variant.id}",
        "sku": variant.sku,
        "name": options.name,
        "color": options.color,
        "size": options.size,
        "material": options.material,
        "price_minor": variant.price,
        "compare_at_price_minor": variant.compare_at_price or None,
        "stock": variant.stock,
        "available": variant.available,
        "oversell": variant.inventory_policy == "continue",
        "images": _images(product, variant),
    }


def _images(product: RestProduct, variant: RestVariant) -> list[str]:
    own = [
        image.address
        for image in product.images
        if variant.id in image.variant_ids or (image.id is not None and image.id == variant.image_id)
    ]
    featured = [variant.featured_image.address] if variant.featured_image else []
    return list(dict.fromkeys(featured + own))


def _theirs(location: Location) -> Location:
    return tuple(_FIELDS.get(step, step) if isinstance(step, str) else step for step in location)
