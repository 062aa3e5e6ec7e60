"""Rows of a product form that are added, copied, moved and taken out, by buttons that send the whole form."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product as pairs_of
from typing import TypeVar

from sources.drafts import MAX_VARIANTS
from web.console.product_form import Filling, TypedFact, TypedProduct, TypedVariant
from web.numbers import whole_number

Row = TypeVar("Row")


def acted(typed: TypedProduct, do: str) -> TypedProduct:
    """`do` is the button: "add", "copy:2", "fact-remove:0". One that nobody knows does nothing."""
    name, _, number = do.partition(":")
    at = whole_number(number) if number else None
    if name.startswith("fact-"):
        return replace(typed, facts=_facts(typed.facts, name.removeprefix("fact-"), at))
    if name == "fill":
        return replace(typed, variants=_filled(typed), filling=Filling())
    if name == "combine":
        return replace(typed, variants=_combined(typed), filling=Filling())
    return replace(typed, variants=_variants(typed.variants, name, at))


def _variants(rows: Sequence[TypedVariant], name: str, at: int | None) -> tuple[TypedVariant, ...]:
    if name == "add" and len(rows) < MAX_VARIANTS:
        return (*rows, _like(rows[-1]) if rows else TypedVariant())
    if at is None or at >= len(rows):
        return tuple(rows)
    if name == "copy" and len(rows) < MAX_VARIANTS:
        return (*rows[: at + 1], replace(rows[at], id="", sku="", ticked=False), *rows[at + 1 :])
    if name == "remove" and len(rows) > 1:
        return (*rows[:at], *rows[at + 1 :])
    return _moved(rows, name, at)


def _like(last: TypedVariant) -> TypedVariant:
    """What a shop's variants mostly have in common."""
    return TypedVariant(price=last.price, before=last.before, material=last.material)


def _moved(rows: Sequence[Row], name: str, at: int) -> tuple[Row, ...]:
    to = at + {"up": -1, "down": 1}.get(name, 0)
    if not 0 <= to < len(rows) or to == at:
        return tuple(rows)
    moved = list(rows)
    moved[at], moved[to] = moved[to], moved[at]
    return tuple(moved)


def _filled(typed: TypedProduct) -> tuple[TypedVariant, ...]:
    """The ticked ones, or all where none is."""
    some = any(variant.ticked for variant in typed.variants)
    price, stock = typed.filling.price.strip(), typed.filling.stock.strip()
    return tuple(
        replace(variant, price=price or variant.price, stock=stock or variant.stock, ticked=False)
        if variant.ticked or not some
        else variant
        for variant in typed.variants
    )


def _combined(typed: TypedProduct) -> tuple[TypedVariant, ...]:
    """Every colour in every size that is not there yet. A row nobody wrote in makes room for them."""
    colors, sizes = _words(typed.filling.colors), _words(typed.filling.sizes)
    kept = [one for one in typed.variants if one.id or one.options or one.price or one.sku]
    there = {(one.color.casefold(), one.size.casefold()) for one in kept}
    base = _like(typed.variants[0]) if typed.variants else TypedVariant()
    made = [
        replace(base, color=color, size=size, price=typed.filling.price.strip() or base.price)
        for color, size in pairs_of(colors or ("",), sizes or ("",))
        if (color or size) and (color.casefold(), size.casefold()) not in there
    ]
    return tuple((*kept, *made)[:MAX_VARIANTS]) or typed.variants


def _words(text: str) -> tuple[str, ...]:
    words = (word.strip() for word in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def _facts(rows: Sequence[TypedFact], name: str, at: int | None) -> tuple[TypedFact, ...]:
    if name == "add":
        return (*rows, TypedFact())
    if name == "remove" and at is not None and at < len(rows):
        return (*rows[:at], *rows[at + 1 :])
    return tuple(rows)
