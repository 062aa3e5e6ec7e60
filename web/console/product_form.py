"""A product as its form has it: every value as it was typed, so that nothing typed is lost."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import FormData

from models.amounts import amount_to_type
from models.product import Product, Variant
from store.listed import LEVEL
from web.console.picture_field import Chosen, shown_pictures
from web.numbers import whole_number
from web.storable import without_unstorable


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedVariant:
    """`more_images`: beyond the one that can be chosen. `ticked`: to be filled in with others."""

    id: str = ""
    name: str = ""
    color: str = ""
    size: str = ""
    material: str = ""
    price: str = ""
    before: str = ""
    stock: str = ""
    sku: str = ""
    available: bool = True
    oversell: bool = False
    image: str = ""
    more_images: tuple[str, ...] = ()
    ticked: bool = False

    @property
    def options(self) -> str:
        """What it is called unless it has a name of its own."""
        return " / ".join(one for one in (self.color, self.size, self.material) if one)


@dataclass(frozen=True, slots=True)
class TypedFact:
    """A line of the metadata. `is_json`: its value was no text, and is shown as JSON."""

    key: str = ""
    value: str = ""
    is_json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What is written into several variants at once, or what new ones are made of."""

    price: str = ""
    stock: str = ""
    colors: str = ""
    sizes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedProduct:
    """`version` of the product this began as; 0 of a new one."""

    version: int = 0
    name: str = ""
    short_description: str = ""
    description: str = ""
    category: str = ""
    tags: str = ""
    brand: str = ""
    product_url: str = ""
    is_active: bool = True
    is_featured: bool = False
    pictures: tuple[str, ...] = ()
    address: str = ""
    variants: tuple[TypedVariant, ...] = (TypedVariant(),)
    facts: tuple[TypedFact, ...] = ()
    collections: frozenset[str] = frozenset()
    filling: Filling = Filling()


def shown(product: Product, collections: Sequence[str] | frozenset[str] = ()) -> TypedProduct:
    return TypedProduct(
        version=product.version,
        name=product.name,
        short_description=product.short_description,
        description=product.description,
        category=LEVEL.join(product.category),
        tags=", ".join(product.tags),
        brand=product.brand or "",
        product_url=product.product_url or "",
        is_active=product.is_active,
        is_featured=product.is_featured,
        pictures=shown_pictures(product),
        variants=tuple(_variant(one, product) for one in product.variants),
        facts=tuple(_fact(key, value) for key, value in product.metadata.items()),
        collections=frozenset(collections),
    )


def _variant(variant: Variant, product: Product) -> TypedVariant:
    typed = TypedVariant(
        id=variant.id,
        color=variant.color or "",
        size=variant.size or "",
        material=variant.material or "",
        price=amount_to_type(variant.price_minor, product.currency),
        before=amount_to_type(variant.compare_at_price_minor, product.currency),
        stock="" if variant.stock is None else str(variant.stock),
        sku=variant.sku or "",
        available=variant.available,
        oversell=variant.oversell,
        image=next(iter(variant.images), ""),
        more_images=variant.images[1:],
    )
    made = typed.options or product.name
    return typed if variant.name == made else replace(typed, name=variant.name)


def _fact(key: str, value: object) -> TypedFact:
    if isinstance(value, str):
        return TypedFact(key, value)
    return TypedFact(key, json.dumps(value, ensure_ascii=False), is_json=True)


def read(form: FormData, chosen: Chosen) -> TypedProduct:
    fields = _Fields(form)
    return TypedProduct(
        version=whole_number(fields.text("version")) or 0,
        name=fields.text("name"),
        short_description=fields.text("short_description"),
        description=fields.text("description"),
        category=fields.text("category"),
        tags=fields.text("tags"),
        brand=fields.text("brand"),
        product_url=fields.text("product_url"),
        is_active=fields.ticked("is_active"),
        is_featured=fields.ticked("is_featured"),
        pictures=chosen.urls,
        address=chosen.address,
        variants=tuple(_read_variant(fields, row) for row in fields.every("variant")) or (TypedVariant(),),
        facts=tuple(_read_fact(fields, row) for row in fields.every("fact")),
        collections=frozenset(fields.every("collection")),
        filling=Filling(
            price=fields.text("fill_price"),
            stock=fields.text("fill_stock"),
            colors=fields.text("fill_colors"),
            sizes=fields.text("fill_sizes"),
        ),
    )


class _Fields:
    def __init__(self, form: FormData) -> None:
        self._form = form

    def text(self, name: str) -> str:
        value = self._form.get(name)
        # Browsers send lines of a textarea with a carriage return each.
        return without_unstorable(value).replace("\r\n", "\n") if isinstance(value, str) else ""

    def ticked(self, name: str) -> bool:
        return bool(self.text(name))

    def every(self, name: str) -> list[str]:
        return [without_unstorable(value) for value in self._form.getlist(name) if isinstance(value, str)]


def _read_variant(fields: _Fields, row: str) -> TypedVariant:
    return TypedVariant(
        id=fields.text(f"variants.{row}.id"),
        name=fields.text(f"variants.{row}.name"),
        color=fields.text(f"variants.{row}.color"),
        size=fields.text(f"variants.{row}.size"),
        material=fields.text(f"variants.{row}.material"),
        price=fields.text(f"variants.{row}.price"),
        before=fields.text(f"variants.{row}.before"),
        stock=fields.text(f"variants.{row}.stock"),
        sku=fields.text(f"variants.{row}.sku"),
        available=fields.ticked(f"variants.{row}.available"),
        oversell=fields.ticked(f"variants.{row}.oversell"),
        image=fields.text(f"variants.{row}.image"),
        more_images=tuple(fields.every(f"variants.{row}.more_images")),
        ticked=fields.ticked(f"variants.{row}.ticked"),
    )


def _read_fact(fields: _Fields, row: str) -> TypedFact:
    return TypedFact(
        fields.text(f"facts.{row}.key"),
        fields.text(f"facts.{row}.value"),
        is_json=fields.ticked(f"facts.{row}.is_json"),
    )
