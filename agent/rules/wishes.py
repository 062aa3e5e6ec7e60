"""A customer's wish grows over messages: "show me shoes", "size 8", "in black", "under $50"."""

from dataclasses import replace

from agent.rules.shelf import Shelf
from agent.rules.understanding import Understanding
from models.search import NO_FILTERS, Filters
from models.turn import Wish


def next_wish(before: Wish, said: Understanding, shelf: Shelf) -> Wish:
    own = Wish(query=" ".join((*said.words, *said.noun)), filters=said.filters)
    if said.has("correction") and said.noun:
        # "Sorry, I meant skirts" changes the kind and keeps the rest.
        return replace(own, filters=_merged(before.filters, said))
    if said.has("reset") or _starts_anew(before, said):
        return own
    # "No, for men" takes the place of the women.
    other = any(shelf.is_for(word) for word in said.words)
    kept = [word for word in before.query.split() if not (other and shelf.is_for(word))]
    # "Something more casual" is said of the wish so far; its words come first, the product last.
    new = [word for word in (*said.words, *said.noun) if word not in kept]
    return Wish(query=" ".join((*new, *kept)), filters=_merged(before.filters, said))


def _starts_anew(before: Wish, said: Understanding) -> bool:
    if not (said.noun or said.filters.categories):
        return bool(said.words) and said.has("ask") and not said.has("more_style", "pointer")
    if not (before.query or before.filters.categories):
        return False
    same = said.filters.categories == before.filters.categories and set(said.noun) <= set(
        before.query.split()
    )
    only_kind = replace(said.filters, categories=()) == NO_FILTERS and not said.words
    return not same or only_kind


def _merged(before: Filters, said: Understanding) -> Filters:
    new = said.filters
    priced = new.price_min is not None or new.price_max is not None
    prices = new if priced or said.has("any_price") else before
    return Filters(
        price_min=prices.price_min,
        price_max=prices.price_max,
        colors=_values(before.colors, new.colors, said, "any_color"),
        sizes=_values(before.sizes, new.sizes, said, "any_size"),
        categories=new.categories or before.categories,
        brands=new.brands or before.brands,
        in_stock=before.in_stock,
    )


def _values(
    before: tuple[str, ...], new: tuple[str, ...], said: Understanding, taken_back: str
) -> tuple[str, ...]:
    if said.has(taken_back):
        return new
    # "Also in red" adds, "in red" replaces.
    return tuple(dict.fromkeys((*before, *new))) if said.adds and before else new or before
