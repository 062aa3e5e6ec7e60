"""The merchant's own words, matched with a customer's: colours, sizes, categories, brands, materials."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Literal

from agent.language import Language, languages
from agent.words import SIGN, Phrase, Words, tokens_of
from models.search import Facets

# Said of whom it is for, not of what it is: it narrows a category instead of being one.
AUDIENCE = frozenset({"women", "men", "kids", "baby"})
# Of a present, as shops write it on what makes one: "gift for him". No product is without for lack of it.
RECIPIENTS = frozenset({"him", "her"})
# Concepts of the language files: what shops without a category for the first have among the second.
_BROADER = {
    **dict.fromkeys(("coat", "suit"), "jacket"),
    **dict.fromkeys(("cardigan", "hoodie"), "sweater"),
    **dict.fromkeys(("blouse", "t-shirt", "shirt"), "top"),
    **dict.fromkeys(("jeans", "leggings", "shorts"), "trousers"),
    **dict.fromkeys(("sneakers", "boots", "sandals", "heels", "flats"), "shoes"),
    **dict.fromkeys(("necklace", "earrings", "bracelet", "ring"), "jewelry"),
    **dict.fromkeys(("backpack", "wallet"), "bag"),
}
_GLUED = re.compile(r"(?<=\d)(?=[^\W\d_])")
_PARTS = re.compile(r"\s*(?:[&/,+]|\band\b|\bund\b|\bet\b|\by\b|\be\b)\s*", re.IGNORECASE)


class Shelf:
    """Facets and language tables, ready to be looked up by token sequences."""

    def __init__(self, facets: Facets, language: Language, shop: Language) -> None:
        """`shop` is the language the catalogue is written in."""
        self.facets = facets
        self._language = language
        self._shop = shop

    @cached_property
    def colors(self) -> Mapping[Phrase, str]:
        """By their English names, which every search understands; shades as the shop writes them."""
        common = _inverse(self._language.colors)
        main = {tokens_of(self._language.color_word(name)) for name in self._language.colors}
        own = {tokens_of(color): color.lower() for color in self.facets.colors}
        return _longest_first(common | {phrase: color for phrase, color in own.items() if phrase not in main})

    @cached_property
    def own_colors(self) -> tuple[str, ...]:
        return tuple(map(self.color_name, self.facets.colors))

    def color_name(self, color: str) -> str:
        """The shop's word for a colour as filters name it."""
        return _everywhere("colors").get(tokens_of(color), color.lower())

    @cached_property
    def whole_sizes(self) -> Mapping[Phrase, str]:
        """Of several words, and so neither prices nor anything else: "12-24 months", "18 x 18 in"."""
        own = {tokens_of(size): size for size in self.facets.sizes}
        # "24months" is written apart as well.
        apart = {tokens_of(_GLUED.sub(" ", size)): size for size in self.facets.sizes}
        several = {phrase: size for phrase, size in (apart | own).items() if len(phrase) > 1}
        return _longest_first(several)

    @cached_property
    def sizes(self) -> Mapping[Phrase, str]:
        own = {tokens_of(size): size for size in self.facets.sizes}
        # "38" finds "EU 38".
        numbers = {(token,): token for phrase in own for token in phrase if token[0].isdigit()}
        return _longest_first(numbers | own | _inverse(self._language.sizes))

    @cached_property
    def letter_sizes(self) -> frozenset[str]:
        """M, where the shop has "M" or "Medium"; a shop without them sells small bags, not bags in S."""
        common = _everywhere("sizes")
        return frozenset(common.get(tokens_of(size), size) for size in self.facets.sizes)

    @cached_property
    def brands(self) -> Mapping[Phrase, str]:
        return _longest_first({tokens_of(brand): brand for brand in self.facets.brands})

    @cached_property
    def materials(self) -> frozenset[str]:
        tokens = (token for material in self.facets.materials for token in tokens_of(material))
        return frozenset(self.stem(token) for token in tokens)

    @cached_property
    def categories(self) -> Mapping[Phrase, tuple[str, ...]]:
        """Stemmed words -> categories: by their own words and by what people call such things."""
        named: dict[Phrase, tuple[str, ...]] = {}
        # What is called so itself comes before what the word may also mean: a bag is in Bags before Totes.
        for names in (self._meant_names, self._main_names, self._own_names):
            named |= self._named(names)
        return self._broader(named) | named

    def _broader(self, named: Mapping[Phrase, tuple[str, ...]]) -> dict[Phrase, tuple[str, ...]]:
        """Where no category is named after it, a coat is among the jackets."""
        concepts = self._language.concepts
        stems = {concept: [self.stems(one) for one in phrases] for concept, phrases in concepts.items()}
        return {
            phrase: named[wide]
            for concept, broader in _BROADER.items()
            for phrase in stems[concept]
            if not any(one in named for one in stems[concept])
            for wide in stems[broader]
            if wide in named
        }

    def _named(self, names: Callable[[str], set[Phrase]]) -> dict[Phrase, tuple[str, ...]]:
        known: dict[Phrase, tuple[str, ...]] = {}
        for category in self.facets.categories:
            for phrase in names(category):
                known[phrase] = (*known.get(phrase, ()), category)
        return known

    @cached_property
    def kinds(self) -> Mapping[Phrase, str]:
        """Stemmed words for a kind of product, sold here or not."""
        return _longest_first(_kinds(self._language) | dict.fromkeys(self.categories, ""))

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """Categories to offer, the shop's commonest first."""
        named = {category for own in self.categories.values() for category in own}
        return tuple(category for category in self.facets.categories if category in named)

    def narrower(self, words: Phrase, categories: Sequence[str]) -> set[str]:
        """Kinds of product among the words that the categories hold beside others: coats among jackets."""
        own = {concept for one in categories for part in self._parts(one) for concept in concepts_of(part)}
        return {one for one in self.concepts_in(" ".join(words)) if _BROADER.get(one) in own} - own

    def concepts_in(self, text: str) -> set[str]:
        stems = [self._shop.stem(token) for token in tokens_of(text)]
        known = self._shop.concept_stems
        found = (known.get(tuple(stems[at:end])) for at in range(len(stems)) for end in (at + 1, at + 2))
        return {one for one in found if one}

    def is_audience(self, word: str) -> bool:
        both = (self._language, self._shop)
        return any(known.concept_stems.get((known.stem(word),)) in AUDIENCE for known in both)

    def is_for(self, word: str) -> bool:
        """Whom it is for: "men", or the recipient of a present."""
        return word in RECIPIENTS or self.is_audience(word)

    def search_word(self, phrase: Phrase) -> str:
        """Words searched with: the customer's own, or the shop's where they speak different languages."""
        concept = self._language.concept_stems.get(phrase)
        if concept is None or (self._shop is self._language and not phrase[0].startswith(SIGN)):
            return self._language.written.get(phrase, " ".join(phrase))
        return " ".join(self._shop.words_of(concept))

    def in_common_words(self, query: str) -> str:
        """Kinds of product and qualities as most shops call them."""
        words = []
        for word in query.split():
            concept = self._shop.concept_stems.get((self._shop.stem(word),))
            quality = self._shop.qualities.get(word)
            common = " ".join(self._shop.words_of(concept)) if concept else word
            words.append(self._shop.word_for(quality) if quality else common)
        return " ".join(words)

    def shop_word(self, token: str) -> str:
        """A quality or an audience as the catalogue writes it: "leather" for "Leder"."""
        if self._shop is self._language:
            return token
        quality = self._language.qualities.get(token)
        if quality:
            return self._shop.word_for(quality)
        concept = self._language.concept_stems.get((self.stem(token),))
        return " ".join(self._shop.words_of(concept)) if concept in AUDIENCE and concept else token

    def without_kinds(self, query: str) -> str:
        """A wish is searched in the shop's language where the customer's is another."""
        words = Words(query)
        words.mapped(self.stem).take_all(self.kinds)
        words.mapped(self._shop.stem).take_all(_kinds(self._shop))
        return " ".join(token for _, token in words.rest)

    def stem(self, token: str) -> str:
        return self._language.stem(token)

    def corrected(self, token: str) -> str:
        """Well spelt, unless the shop spells it so."""
        return token if token in self.own_words else self._language.corrected(token)

    @cached_property
    def own_words(self) -> frozenset[str]:
        facets = self.facets
        own = (*facets.categories, *facets.brands, *facets.colors, *facets.sizes, *facets.materials)
        return frozenset(token for text in own for token in tokens_of(text))

    def stems(self, phrase: Phrase) -> Phrase:
        return self._language.stems(phrase)

    def _own_names(self, category: str) -> set[Phrase]:
        return {self.stems(part) for part in self._parts(category)} - {()}

    def _main_names(self, category: str) -> set[Phrase]:
        main = {
            concept
            for known in languages().values()
            for part in self._parts(category)
            if (concept := known.concept_stems.get(known.stems(part)))
            and known.stems(known.words_of(concept)) == known.stems(part)
        }
        return self._words_for(main)

    def _meant_names(self, category: str) -> set[Phrase]:
        return self._words_for({concept for part in self._parts(category) for concept in concepts_of(part)})

    def _words_for(self, concepts: set[str]) -> set[Phrase]:
        phrases = (one for concept in concepts - AUDIENCE for one in self._language.concepts.get(concept, ()))
        return {self.stems(phrase) for phrase in phrases}

    def _parts(self, category: str) -> list[Phrase]:
        """Of "Tops & T-Shirts" each part, of "Women's Dresses" the dresses."""
        parts = (tokens_of(part) for part in _PARTS.split(category))
        return [tuple(token for token in part if not self.is_audience(token)) for part in parts]


@lru_cache(maxsize=64)
def shelf_of(facets: Facets, language: Language, shop: Language) -> Shelf:
    """Building one takes some milliseconds, and a shop's facets seldom change."""
    return Shelf(facets, language, shop)


def concepts_of(tokens: Phrase) -> set[str]:
    """What the words mean in any language we know: a shop may be German and its customer not."""
    found = {known.concept_stems.get(known.stems(tokens)) for known in languages().values()}
    return {concept for concept in found if concept}


@cache
def _everywhere(table: Literal["colors", "sizes"]) -> Mapping[Phrase, str]:
    """A word of any language -> its common name."""
    tables: list[dict[str, tuple[Phrase, ...]]] = [getattr(known, table) for known in languages().values()]
    return {phrase: name for one in tables for phrase, name in _inverse(one).items()}


def _kinds(language: Language) -> dict[Phrase, str]:
    known = language.concept_stems.items()
    return _longest_first({phrase: concept for phrase, concept in known if concept not in AUDIENCE})


def _inverse(table: Mapping[str, tuple[Phrase, ...]]) -> dict[Phrase, str]:
    return {phrase: name for name, phrases in table.items() for phrase in phrases}


def _longest_first(table: Mapping[Phrase, str]) -> dict[Phrase, str]:
    """So that "navy blue" is found before "blue"."""
    return {phrase: table[phrase] for phrase in sorted(table, key=len, reverse=True) if phrase}
