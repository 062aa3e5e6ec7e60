"""The merchant's own words, matched with a customer's: colours, sizes, categories, brands, materials."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Literal

from agent.language import Language, languages
from agent.words import Phrase, tokens_of
from models.search import Facets

# Said of whom it is for, not of what it is: it narrows a category instead of being one.
AUDIENCE = frozenset({"women", "men", "kids", "baby"})


class Shelf:
    """Facets and language tables, ready to be looked up by token sequences."""

    def __init__(self, facets: Facets, language: Language, shop: Language) -> None:
        """`shop` is the language the catalogue is written in."""
        self.facets = facets
        self._language = language
        self._shop = shop

    @cached_property
    def colors(self) -> Mapping[Phrase, str]:
        """Common ones by their English name, which every search understands; others as the shop writes."""
        own = {tokens_of(color): color.lower() for color in self.facets.colors}
        return {phrase: color for phrase, color in own.items() if phrase} | _inverse(self._language.colors)

    @cached_property
    def own_colors(self) -> tuple[str, ...]:
        common = _everywhere("colors")
        return tuple(common.get(tokens_of(color), color.lower()) for color in self.facets.colors)

    @cached_property
    def sizes(self) -> Mapping[Phrase, str]:
        own = {phrase: size for size in self.facets.sizes if (phrase := tokens_of(size))}
        # "38" finds "EU 38".
        numbers = {(token,): token for phrase in own for token in phrase if token[0].isdigit()}
        return numbers | own | _inverse(self._language.sizes)

    @cached_property
    def letter_sizes(self) -> frozenset[str]:
        """M, where the shop has "M" or "Medium"; a shop without them sells small bags, not bags in S."""
        common = _everywhere("sizes")
        return frozenset(common.get(tokens_of(size), size) for size in self.facets.sizes)

    @cached_property
    def brands(self) -> Mapping[Phrase, str]:
        return {phrase: brand for brand in self.facets.brands if (phrase := tokens_of(brand))}

    @cached_property
    def materials(self) -> frozenset[str]:
        return frozenset(
            self.stem(token) for material in self.facets.materials for token in tokens_of(material)
        )

    @cached_property
    def categories(self) -> Mapping[Phrase, tuple[str, ...]]:
        """Stemmed words -> categories: by their own words and by what people call such things."""
        known: dict[Phrase, tuple[str, ...]] = {}
        for category in self.facets.categories:
            for phrase in self._names(category):
                known[phrase] = (*known.get(phrase, ()), category)
        return known

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Categories that are a kind of product, the shop's commonest first."""
        named = {category for own in self.categories.values() for category in own}
        return tuple(category for category in self.facets.categories if category in named)

    @cached_property
    def concepts(self) -> Mapping[Phrase, str]:
        concepts = _inverse(self._language.concepts)
        return {self.stems(phrase): concept for phrase, concept in concepts.items()}

    def is_audience(self, phrase: Phrase) -> bool:
        return self.concepts.get(phrase) in AUDIENCE

    def search_word(self, phrase: Phrase) -> str:
        """Words searched with: the customer's own, or the shop's where they speak different languages."""
        concept = self.concepts.get(phrase)
        if concept is None or self._shop.code == self._language.code:
            return " ".join(phrase)
        return " ".join(self._shop.words_of(concept))

    def stem(self, token: str) -> str:
        return self._language.stem(token)

    def stems(self, phrase: Phrase) -> Phrase:
        return tuple(self._language.stem(token) for token in phrase)

    def _names(self, category: str) -> set[Phrase]:
        names = {self.stems(tokens_of(category))}
        for concept in concepts_of(category) - AUDIENCE:
            names |= {self.stems(phrase) for phrase in self._language.concepts.get(concept, ())}
        return {name for name in names if name and not self.is_audience(name)}


def concepts_of(text: str) -> set[str]:
    """What the whole text means in any language we know: a shop may be German and its customer not."""
    found = set()
    for known in languages().values():
        stems = tuple(known.stem(token) for token in tokens_of(text))
        for concept, phrases in known.concepts.items():
            if any(tuple(known.stem(token) for token in phrase) == stems for phrase in phrases):
                found.add(concept)
    return found


@cache
def _everywhere(table: Literal["colors", "sizes"]) -> Mapping[Phrase, str]:
    """A word of any language -> its common name."""
    tables: list[dict[str, tuple[Phrase, ...]]] = [getattr(known, table) for known in languages().values()]
    return {phrase: name for one in tables for phrase, name in _inverse(one).items()}


def _inverse(table: Mapping[str, tuple[Phrase, ...]]) -> dict[Phrase, str]:
    return {phrase: name for name, phrases in table.items() for phrase in phrases}
