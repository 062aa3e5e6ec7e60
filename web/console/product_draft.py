"""The draft a form comes to, or what is wrong with each of its fields."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from models.amounts import typed_amount
from sources.drafts import ProductDraft
from sources.fields import MAX_STOCK
from store.listed import LEVEL
from web.console.product_form import TypedProduct, TypedVariant
from web.numbers import whole_number
from web.pages import texts

# The form's names of what the draft calls otherwise.
_FIELDS = {"price_minor": "price", "compare_at_price_minor": "before", "images": "image"}


class Refused(Exception):
    """`faults`: by the name of the field; of a variant, "variants.2.price"."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(faults)
        self.faults = faults


def draft_from(typed: TypedProduct, product_id: str, currency: str) -> ProductDraft:
    """Refused."""
    faults: dict[str, str] = {}
    values = _values(typed, product_id, currency, faults)
    try:
        draft = ProductDraft.model_validate(values, context=currency)
    except ValidationError as error:
        for fault in error.errors():
            # What could not be read at all is said already.
            faults.setdefault(_field(fault["loc"]), _sentence(fault["type"], fault["msg"]))
        raise Refused(faults) from None
    if faults:
        raise Refused(faults)
    return draft


def _values(typed: TypedProduct, product_id: str, currency: str, faults: dict[str, str]) -> dict[str, Any]:
    return {
        "id": product_id,
        "name": typed.name,
        "description": typed.description,
        "short_description": typed.short_description,
        "category": [level.strip() for level in typed.category.split(LEVEL.strip())],
        "tags": [tag.strip() for tag in typed.tags.replace("\n", ",").split(",")],
        "brand": typed.brand,
        "variants": [
            _variant(variant, f"variants.{row}", currency, faults)
            for row, variant in enumerate(typed.variants)
        ],
        "main_image": next(iter(typed.pictures), None),
        "images": list(typed.pictures),
        "product_url": typed.product_url.strip() or None,
        "is_active": typed.is_active,
        "is_featured": typed.is_featured,
        "metadata": _metadata(typed, faults),
    }


def _variant(variant: TypedVariant, row: str, currency: str, faults: dict[str, str]) -> dict[str, Any]:
    def amount(name: str, text: str) -> int | None:
        return _read(f"{row}.{name}", text, faults, lambda plain: typed_amount(plain, currency))

    if not variant.price.strip():
        faults[f"{row}.price"] = _words("no_price")
    images = [variant.image, *variant.more_images] if variant.image else []
    return {
        "id": variant.id or None,
        "sku": variant.sku,
        "name": variant.name,
        "color": variant.color,
        "size": variant.size,
        "material": variant.material,
        "price_minor": amount("price", variant.price) or 0,
        "compare_at_price_minor": amount("before", variant.before),
        "stock": _read(f"{row}.stock", variant.stock, faults, _pieces),
        "available": variant.available,
        "oversell": variant.oversell,
        "images": list(dict.fromkeys(images)),
    }


def _read(field: str, text: str, faults: dict[str, str], reader: Callable[[str], int]) -> int | None:
    """None where nothing was typed, or nothing that can be read."""
    if not text.strip():
        return None
    try:
        return reader(text.strip())
    except ValueError as error:
        faults[field] = str(error)
        return None


def _pieces(text: str) -> int:
    number = whole_number(text)
    if number is None or number > MAX_STOCK:
        raise ValueError(_words("not_pieces"))
    return number


def _metadata(typed: TypedProduct, faults: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row, fact in enumerate(typed.facts):
        key = fact.key.strip()
        if not key and not fact.value.strip():
            continue
        if not key or key in found:
            faults[f"facts.{row}.key"] = _words("no_key" if not key else "same_key")
            continue
        try:
            found[key] = json.loads(fact.value) if fact.is_json else fact.value
        except ValueError:
            faults[f"facts.{row}.value"] = _words("not_json")
    return found


def _field(location: tuple[int | str, ...]) -> str:
    match location:
        case ("variants", int(row), str(name), *_):
            return f"variants.{row}.{_FIELDS.get(name, name)}"
        case ("variants", *_):
            return "variants"
        case ("images" | "main_image", *_):
            return "pictures"
        case _:
            return str(location[0])


def _sentence(kind: str, message: str) -> str:
    return _words("blank") if kind == "draft" and message == "must not be blank" else message


def _words(name: str) -> str:
    sentence: str = texts("en")["product_form"]["faults"][name]
    return sentence
