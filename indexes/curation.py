"""A merchant's word on single queries: which products come first, and which last."""

from collections.abc import Iterable

from indexes.words import content_words, stem
from models.search import QueryRule

Key = tuple[str, ...]


def key(query: str) -> Key:
    """What two ways to ask the same have in common: "The blue DRESSES!" and "dress, blue"."""
    return _key(map(stem, content_words(query)))


def _key(terms: Iterable[str]) -> Key:
    return tuple(sorted(set(terms)))


class Curation:
    """By query, in whatever order its words stand. A query without a word to look for has no rule."""

    def __init__(self, rules: Iterable[QueryRule] = ()) -> None:
        self._rules = {found: rule for rule in rules if (found := key(rule.query))}
        named = (product_id for rule in self._rules.values() for product_id in (*rule.pinned, *rule.buried))
        self._named = frozenset(named)

    def names(self, product_id: str) -> bool:
        return product_id in self._named

    def rule(self, query: str, terms: Iterable[str]) -> QueryRule | None:
        """`terms`: the stems of the query once it is spelt right."""
        if not self._rules:
            return None
        return self._rules.get(key(query)) or self._rules.get(_key(terms))
