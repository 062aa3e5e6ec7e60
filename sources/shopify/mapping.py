"""Shopify's product as ours. Whatever is wrong with it: it comes in as far as it can, with a warning."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from models.money import parse_amount
from sources.drafts import ProductDraft
from sources.fields import MAX_HTML, MAX_LIST, MAX_NAME, MAX_STOCK
from sources.options import guess_kinds, read_options
from sources.rows import dotted, row_errors
from sources.shopify.answers import Json, child
from sources.shopify.pages import number_of

STATUSES = ("ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED")
# Collections that shops have for every product, which say nothing about one.
_EVERYTHING = frozenset(("all", "frontpage", "home-page", "homepage"))
MOST_METADATA = 18_000  # characters of metafields; the rest is for what we add
SHOP = "shopify_shop"
UPDATED_AT = "shopify_updated_at"
OPTIONS = "options"
_NO_OPTION = ("Title", "Default Title")  # what Shopify says of a product that has none
_MOST_VALUES, _LONGEST_VALUE = 3, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`options`: what the merchant says an option is, by its name: color, size, material or none."""

    shop: str
    currency: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """`default`: something was missing and this was taken for it; `warning`: somebody should look at it."""

    kind: Literal["warning", "default"]
    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """`draft` None: it cannot be a product of ours, and the last remark says why."""

    number: int
    updated_at: str
    draft: ProductDraft | None
    remarks: tuple[Remark, ...]


def our_id(number: int) -> str:
    """The same that an import of the shop's file gives it."""
    return f"shopify-{number}"


def mapped(product: Json, rules: Rules) -> Mapped:
    """`product` as Pages and BulkRead give it."""
    return _Reading(product, rules).mapped()


class _Reading:
    def __init__(self, product: Json, rules: Rules) -> None:
        self._product = product
        self._rules = rules
        self._remarks: list[Remark] = []

    def mapped(self) -> Mapped:
        values = self._values()
        return Mapped(
            number=number_of(self._product),
            updated_at=str(self._product.get("updatedAt") or ""),
            draft=self._draft(values),
            remarks=tuple(dict.fromkeys(self._remarks)),
        )

    def _values(self) -> Json:
        product = self._product
        variants = self._variants()
        pictures = [
            _picture(product.get("featuredMedia")),
            *(each for one in variants for each in one["images"]),
        ]
        images = list(dict.fromkeys(each for each in pictures if each))[:MAX_LIST]
        return {
            "id": our_id(number_of(product)),
            "name": self._name(),
            "description": self._text("descriptionHtml", MAX_HTML),
            "category": self._category(),
            "tags": self._most("tags", [str(tag) for tag in product.get("tags") or []]),
            "brand": product.get("vendor") or None,
            "variants": variants,
            "main_image": next(iter(images), None),
            "images": images,
            "product_url": self._url(),
            "is_active": self._active(variants),
            "shopify_product_id": str(number_of(product)),
            "metadata": self._metadata(),
        }

    def _name(self) -> str:
        title = self._text("title", MAX_NAME).strip()
        if title:
            return title
        handle = str(self._product.get("handle") or "").replace("-", " ").strip()
        name = handle or f"Product {number_of(self._product)}"
        self._remark("default", "title", f"is missing; {name!r} is taken")
        return name

    def _text(self, name: str, most: int) -> str:
        text = str(self._product.get(name) or "")
        if len(text) > most:
            self._remark("warning", name, f"has {len(text)} characters; {most} are kept")
        return text[:most]

    def _category(self) -> list[str]:
        """What it is first, from the widest to the narrowest; then the collections it is in."""
        kind = str(self._product.get("productType") or "")
        kind = kind or str(child(self._product, "category").get("fullName") or "")
        collections = [
            str(one.get("title") or "")
            for one in self._product.get("collections") or []
            if one.get("handle") not in _EVERYTHING
        ]
        return self._most("category", [*(part.strip() for part in kind.split(">")), *collections])

    def _most(self, name: str, values: Sequence[str]) -> list[str]:
        if len(values) > MAX_LIST:
            self._remark("warning", name, f"has {len(values)} entries; {MAX_LIST} are kept")
        return list(values[:MAX_LIST])

    def _url(self) -> str | None:
        if address := self._product.get("onlineStoreUrl"):
            return str(address)
        handle = self._product.get("handle")
        return f"https://{self._rules.shop}/products/{handle}" if handle else None

    def _active(self, variants: Sequence[Json]) -> bool:
        """Active, in the online store and with a price. Unlisted is for those who were given the link."""
        status = self._product.get("status")
        if status not in STATUSES:
            self._remark("default", "status", f"{str(status)[:40]!r} is not known; taken as not active")
        if not any(variant["priced"] for variant in variants):
            self._remark("default", "variants", "none has a price; taken as not active")
            return False
        return status == "ACTIVE" and self._product.get("onlineStoreUrl") is not None

    def _metadata(self) -> Json:
        fields: dict[str, str] = {}
        size = 0
        for one in self._product.get("metafields") or []:
            name, value = f"{one.get('namespace')}.{one.get('key')}", str(one.get("value") or "")
            size += len(name) + len(value) + 8
            if size > MOST_METADATA:
                self._remark(
                    "warning", "metafields", f"are longer than {MOST_METADATA} characters; cut there"
                )
                break
            fields[name] = value
        told = {
            "handle": self._product.get("handle"),
            SHOP: self._rules.shop,
            UPDATED_AT: self._product.get("updatedAt"),
            "metafields": fields,
            OPTIONS: self._options_told(),
        }
        return {name: value for name, value in told.items() if value}

    def _options_told(self) -> Json:
        """What each option was taken for, with some of its values, so that a person can put it right."""
        values = self._option_values()
        kinds = guess_kinds(values, self._rules.options)
        return {
            name: {
                "is": kinds.get(name, "none"),
                "values": [value[:_LONGEST_VALUE] for value in dict.fromkeys(given)][:_MOST_VALUES],
            }
            for name, given in values.items()
            if (name, *dict.fromkeys(given)) != _NO_OPTION
        }

    def _option_values(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for variant in self._product.get("variants") or []:
            for option in variant.get("selectedOptions") or []:
                values.setdefault(str(option.get("name")), []).append(str(option.get("value") or ""))
        return values

    def _variants(self) -> list[Json]:
        variants: list[Json] = self._product.get("variants") or []
        kinds = guess_kinds(self._option_values(), self._rules.options)
        made = [self._variant(variant, kinds) for variant in variants]
        priced = [variant for variant in made if variant["priced"]]
        return priced or made or [self._no_variant()]

    def _no_variant(self) -> Json:
        self._remark("warning", "variants", "there is none")
        return {"price_minor": 0, "available": False, "images": [], "priced": False}

    def _variant(self, variant: Json, kinds: Mapping[str, str]) -> Json:
        chosen = variant.get("selectedOptions") or []
        options = read_options(
            [option.get("name") for option in chosen], [option.get("value") for option in chosen], kinds
        )
        price = self._price(variant, "price")
        if price is None:
            self._remark("default", "price", f"variant {number_of(variant)} has none; it is not sold")
        picture = next(map(_picture, child(variant, "media").get("nodes") or []), None)
        return {
            "id": our_id(number_of(variant)),
            "sku": variant.get("sku") or None,
            "name": options.name,
            "color": options.color,
            "size": options.size,
            "material": options.material,
            "price_minor": price or 0,
            "compare_at_price_minor": self._price(variant, "compareAtPrice") or None,
            "stock": self._stock(variant),
            "available": self._available(variant) and price is not None,
            "oversell": variant.get("inventoryPolicy") == "CONTINUE",
            "images": [picture] if picture else [],
            "priced": price is not None,
        }

    def _price(self, variant: Json, name: str) -> int | None:
        value = variant.get(name)
        if value is None:
            return None
        try:
            return parse_amount(str(value), self._rules.currency)
        except ValueError as error:
            self._remark("warning", name, f"variant {number_of(variant)}: {error}")
            return None

    def _stock(self, variant: Json) -> int | None:
        """None is not tracked. Sold beyond its stock it is below zero, and still none is left."""
        quantity = variant.get("inventoryQuantity")
        if not isinstance(quantity, int) or child(variant, "inventoryItem").get("tracked") is False:
            return None
        return min(max(quantity, 0), MAX_STOCK)

    def _available(self, variant: Json) -> bool:
        said = variant.get("availableForSale")
        if said is None:
            self._remark(
                "default", "availableForSale", f"variant {number_of(variant)}: taken as not for sale"
            )
        return bool(said)

    def _draft(self, values: Json) -> ProductDraft | None:
        """Without what cannot be taken, as long as the rest is a product."""
        for variant in values["variants"]:
            del variant["priced"]
        while True:
            try:
                return ProductDraft.model_validate(values, context=self._rules.currency)
            except ValidationError as error:
                # The last first: what goes from a list moves those behind it.
                problems = [*zip(error.errors(include_url=False), _said(error), strict=True)][::-1]
                dropped = [_drop(values, problem["loc"]) for problem, _ in problems]
                for (_, (where, detail)), gone in zip(problems, dropped, strict=True):
                    self._remark("warning", where, f"{detail}; left out" if gone else detail)
                if not any(dropped):
                    return None

    def _remark(self, kind: Literal["warning", "default"], where: str, detail: str) -> None:
        self._remarks.append(Remark(kind=kind, field=where, detail=detail[:500]))


def _said(error: ValidationError) -> Iterator[tuple[str, str]]:
    for row in row_errors(error, lambda location: (0, dotted(location))):
        yield row.field, row.detail


_NEEDED = frozenset(("name", "variants", "price_minor"))


def _drop(values: Any, location: Sequence[int | str]) -> bool:  # noqa: ANN401 - a JSON value
    """Leave out the entry of a list or the field that is named, or what holds it; False: it is needed."""
    for depth in range(len(location), 0, -1):
        holder = values
        try:
            for step in location[: depth - 1]:
                holder = holder[step]
            last = location[depth - 1]
            if isinstance(holder, list) and isinstance(last, int) and location[depth - 2] != "variants":
                holder.pop(last)
                return True
            if isinstance(holder, dict) and last in holder and last not in _NEEDED:
                del holder[last]
                return True
        except (LookupError, TypeError):
            continue
    return False


def _picture(media: object) -> str | None:
    """Nothing while Shopify still works on it."""
    if not isinstance(media, dict):
        return None
    url = child(child(media, "preview"), "image").get("url")
    return str(url) if url else None
