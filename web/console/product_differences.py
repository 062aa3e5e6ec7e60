"""Where what somebody typed differs from what a product is by now."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.amounts import amount_to_type
from models.product import Product
from sources.drafts import ProductDraft, VariantDraft, draft_of
from store.listed import LEVEL
from web.pages import texts

_PLAIN = ("name", "short_description", "description", "brand", "product_url")
_OF_VARIANT = ("sku", "color", "size", "material", "available", "oversell")


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` in words; the value in the form, and the one that is there now."""

    what: str
    yours: str
    theirs: str


def differences(yours: ProductDraft, now: Product) -> list[Difference]:
    theirs = draft_of(now)
    words: Mapping[str, str] = texts("en")["product_form"]["fields"]
    mine, other = _values(yours), _values(theirs)
    found = [Difference(words[name], mine[name], other[name]) for name in mine if mine[name] != other[name]]
    return [*found, *_variants(yours, theirs, now.currency)]


def _values(draft: ProductDraft) -> dict[str, str]:
    return {
        **{name: getattr(draft, name) or "–" for name in _PLAIN},
        "category": LEVEL.join(draft.category) or "–",
        "tags": ", ".join(draft.tags) or "–",
        "is_active": _mark(draft.is_active),
        "is_featured": _mark(draft.is_featured),
        "pictures": "\n".join(dict.fromkeys(one for one in (draft.main_image, *draft.images) if one)) or "–",
        "metadata": json.dumps(draft.metadata, ensure_ascii=False, sort_keys=True),
    }


def _variants(yours: ProductDraft, theirs: ProductDraft, currency: str) -> Iterator[Difference]:
    words: Mapping[str, str] = texts("en")["product_form"]["fields"]
    there = {variant.id: variant for variant in theirs.variants}
    kept = {variant.id for variant in yours.variants}
    for variant in yours.variants:
        other = there.get(variant.id)
        if other is None:
            yield Difference(words["variant"], _called(variant, yours), "–")
        elif (mine := _of(variant, currency)) != (now := _of(other, currency)):
            changed = [name for name in mine if mine[name] != now[name]]
            yield Difference(
                f"{words['variant']} {_called(other, theirs)}",
                _listed(mine, changed, words),
                _listed(now, changed, words),
            )
    for other in theirs.variants:
        if other.id not in kept:
            yield Difference(words["variant"], "–", _called(other, theirs))


def _of(variant: VariantDraft, currency: str) -> dict[str, str]:
    values = {name: getattr(variant, name) for name in _OF_VARIANT}
    return {
        "price": amount_to_type(variant.price_minor, currency),
        "before": amount_to_type(variant.compare_at_price_minor, currency) or "–",
        "stock": "–" if variant.stock is None else str(variant.stock),
        **{name: _mark(one) if isinstance(one, bool) else one or "–" for name, one in values.items()},
        "image": "\n".join(variant.images) or "–",
    }


def _listed(values: Mapping[str, str], names: Sequence[str], words: Mapping[str, str]) -> str:
    return "\n".join(f"{words[name]}: {values[name]}" for name in names)


def _called(variant: VariantDraft, product: ProductDraft) -> str:
    options = " / ".join(one for one in (variant.color, variant.size, variant.material) if one)
    return variant.name or options or product.name


def _mark(on: bool) -> str:
    return "✓" if on else "–"
