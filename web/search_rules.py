"""A merchant's word lists and rules, changed one at a time. The settings as a whole are what is stored."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal

from indexes.curation import key
from models.errors import Invalid
from models.search import QueryRule, SearchSettings, Weights

Move = Literal["pin", "bury", "release", "up", "down"]


def rule_for(settings: SearchSettings, query: str) -> QueryRule | None:
    asked = key(query)
    return next((rule for rule in settings.rules if key(rule.query) == asked), None)


def with_rule(settings: SearchSettings, rule: QueryRule) -> SearchSettings:
    """In place of the one for the same query. One that says nothing goes."""
    if not key(rule.query):
        raise Invalid("has no word to look for", field="query")
    before = rule_for(settings, rule.query)
    others = tuple(each for each in settings.rules if each is not before)
    if not (rule.pinned or rule.buried):
        return replace(settings, rules=others)
    at = settings.rules.index(before) if before else len(others)
    return replace(settings, rules=(*others[:at], rule, *others[at:]))


def moved(settings: SearchSettings, query: str, product_id: str, move: Move) -> SearchSettings:
    """One product pinned (after those that are), buried, released, or moved among the pinned ones."""
    rule = rule_for(settings, query) or QueryRule(query=query)
    return with_rule(settings, _MOVES[move](rule, product_id))


def _pin(rule: QueryRule, product_id: str) -> QueryRule:
    freed = _release(rule, product_id)
    return replace(freed, pinned=(*freed.pinned, product_id))


def _bury(rule: QueryRule, product_id: str) -> QueryRule:
    freed = _release(rule, product_id)
    return replace(freed, buried=(*freed.buried, product_id))


def _release(rule: QueryRule, product_id: str) -> QueryRule:
    return replace(
        rule,
        pinned=tuple(each for each in rule.pinned if each != product_id),
        buried=tuple(each for each in rule.buried if each != product_id),
    )


def _up(rule: QueryRule, product_id: str) -> QueryRule:
    return replace(rule, pinned=_before(rule.pinned, product_id))


def _down(rule: QueryRule, product_id: str) -> QueryRule:
    return replace(rule, pinned=_before(rule.pinned[::-1], product_id)[::-1])


def _before(pinned: Sequence[str], product_id: str) -> tuple[str, ...]:
    """One place further to the front."""
    at = pinned.index(product_id) if product_id in pinned else 0
    if not at:
        return tuple(pinned)
    return (*pinned[: at - 1], pinned[at], pinned[at - 1], *pinned[at + 1 :])


_MOVES: Final[dict[Move, Callable[[QueryRule, str], QueryRule]]] = {
    "pin": _pin,
    "bury": _bury,
    "release": _release,
    "up": _up,
    "down": _down,
}


def with_synonyms(settings: SearchSettings, group: Sequence[str]) -> SearchSettings:
    """One group more, unless it is there."""
    if tuple(group) in settings.synonyms:
        return settings
    return replace(settings, synonyms=(*settings.synonyms, tuple(group)))


def without_synonyms(settings: SearchSettings, group: Sequence[str]) -> SearchSettings:
    return replace(settings, synonyms=tuple(each for each in settings.synonyms if each != tuple(group)))


def with_weights(settings: SearchSettings, embedder: str, weights: Weights | None) -> SearchSettings:
    """None: those measured for the embedder."""
    others = {name: own for name, own in settings.weights.items() if name != embedder}
    return replace(settings, weights=others if weights is None else others | {embedder: weights})
