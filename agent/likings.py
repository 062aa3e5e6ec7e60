"""What a customer likes: learned from wishes, stronger when said again, fading with time, corrected."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from agent.effects import Forget, Prefer
from models.search import Filters
from models.turn import Liking, Preferences

KINDS = ("colors", "sizes", "categories", "brands")
# What was said once and never again counts half after this.
HALF_LIFE = timedelta(days=60)
# What was said ten times a day for a week must still be forgotten some day.
_HEAVIEST = 5.0
# Below this it is as if it had never been said.
_LIGHTEST = 0.05
_MOST = 10
# Who asks for more colours at once has refused the others.
_CHOICE = 3


def weight(liking: Liking, now: datetime) -> float:
    """1 for what was said once, just now."""
    age = max(now - liking.at, timedelta(0))
    return float(liking.weight * 0.5 ** (age / HALF_LIFE))


def learn(known: Preferences, said: Filters, now: datetime) -> Preferences:
    colors = said.colors if len(said.colors) <= _CHOICE else ()
    learned = replace(
        known,
        colors=_said(known.colors, colors, now),
        sizes=_said(known.sizes, said.sizes, now),
        categories=_said(known.categories, said.categories, now),
        brands=_said(known.brands, said.brands, now),
    )
    if said.price_min is None and said.price_max is None:
        return learned
    return replace(
        learned,
        price_min=known.price_min if said.price_min is None else said.price_min,
        price_max=known.price_max if said.price_max is None else said.price_max,
        price_at=now,
    )


def prefer(known: Preferences, effect: Prefer, now: datetime) -> Preferences:
    kinds = {_is_number(size) for size in effect.filters.sizes}
    others = tuple(one for one in known.sizes if _is_number(one.value) not in kinds)
    return learn(replace(known, sizes=others), effect.filters, now)


def forget(known: Preferences, effect: Forget) -> Preferences:
    gone = {value.casefold() for value in effect.values}
    kept = replace(
        known,
        colors=_without(known.colors, gone),
        sizes=_without(known.sizes, gone),
        categories=_without(known.categories, gone),
        brands=_without(known.brands, gone),
    )
    return replace(kept, price_min=None, price_max=None, price_at=None) if effect.price else kept


def values(likings: Iterable[Liking], now: datetime) -> list[str]:
    """The strongest first."""
    return [one.value for one in sorted(likings, key=lambda one: -weight(one, now))]


def _said(known: tuple[Liking, ...], said: tuple[str, ...], now: datetime) -> tuple[Liking, ...]:
    names = {value.casefold() for value in said}
    before = {one.value.casefold(): weight(one, now) for one in known}
    added = [
        Liking(value=value, weight=min(_HEAVIEST, before.get(value.casefold(), 0.0) + 1), at=now)
        for value in said
    ]
    kept = [one for one in _without(known, names) if weight(one, now) >= _LIGHTEST]
    return (*kept, *added)[-_MOST:]


def _without(likings: tuple[Liking, ...], names: set[str]) -> tuple[Liking, ...]:
    return tuple(one for one in likings if one.value.casefold() not in names)


def _is_number(size: str) -> bool:
    """Shoes and clothes: a letter size says nothing about a number."""
    return size[:1].isdigit()
