"""A reply names only what this turn's tools returned: checked here, never left to a prompt.

Every finding is a sentence a model can act on. What cannot be decided counts against the text: a template
that is surely true is better than a nice sentence that may not be.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from agent.claims import Number, links, numbers, sentences, without_links
from agent.facts import Facts, numbers_in
from agent.instructions import RULES
from agent.language import languages
from agent.seen import Seen
from agent.words import Phrase, Words, tokens_of
from models.product import Product
from models.search import Filters
from models.turn import Turn

# Small whole numbers count things: "here are 3 dresses".
_COUNTS = frozenset(float(count) for count in range(11))
# How many words before a number tell what it is: "costs only 45", and "between $30 and $80".
_NEAR, _REACH = 4, 6
# And how many after it: "2 left", "5 in stock".
_AFTER = 2
# "No worries, it's half price" denies nothing of the price.
_CLAUSE = re.compile(r"[,;:–—]\s")
# So many words in a row are no coincidence.
_RUN = 8
# No shop writes to its customers with_underscores.
_TOOL_NAME = re.compile(r"\b[a-z]+_[a-z_]+\b")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_QUOTED = re.compile(r"[\"“„«*]{1,2}([^\"”“»*\n]{2,80})[\"”“»*]{1,2}")


class Grounding:
    def __init__(self, turn: Turn, seen: Seen) -> None:
        self._turn = turn
        self._seen = seen
        self._facts = Facts(turn, seen)
        self._words = self._facts.words()

    def check(self, text: str, product_ids: Iterable[str], filters: Filters) -> list[str]:
        """What is wrong with the reply; nothing when it may be sent."""
        found = list(self._check_products(product_ids, filters))
        found += [f"No tool returned {link!r}." for link in links(text) if not self._facts.knows_link(link)]
        if _tells_instructions(text):
            found.append("The text tells how you work. Speak only about the shop and its products.")
        for sentence in sentences(without_links(self._facts.without_contact(text))):
            found += self._check_sentence(sentence, filters)
        return found

    def _check_products(self, product_ids: Iterable[str], filters: Filters) -> Iterator[str]:
        for one in product_ids:
            if one not in self._seen.products:
                yield f"No tool returned the product id {one!r} in this turn."
            elif not _affordable(self._seen.products[one], filters):
                yield f"The product {one!r} is not within the price you name in `filters`."

    def _check_sentence(self, sentence: str, filters: Filters) -> Iterator[str]:
        named = self._named(sentence)
        refused = Words(sentence).has(_claims("refusal"))
        for name in _names(sentence):
            # "Sorry, there is no Aurora Gown" repeats what was asked; "here is your Aurora Gown" must not.
            known = self._words | (set(tokens_of(self._turn.text)) if refused else set())
            if not set(tokens_of(name)) <= known | _plain_words():
                yield f"No tool returned a product called {name!r}."
        for clause in _CLAUSE.split(sentence):
            # "I have nothing under $20, but the Linen Dress is $45" says two things.
            alone = refused and Words(clause).has(_claims("refusal"))
            own = self._named(clause) if alone else self._named(clause) or named
            for number in numbers(clause):
                if not self._is_true(number, clause, own, filters, refused=refused):
                    yield f"No tool returned the number {number.text!r} for this: {sentence.strip()!r}."
            if not Words(clause).has(_claims("negation")):
                yield from self._check_claims(clause, named)

    def _is_true(
        self, number: Number, clause: str, named: tuple[Product, ...], filters: Filters, *, refused: bool
    ) -> bool:
        """By what the words around it make of it."""
        about = named or self._facts.products
        before = Words(clause[: number.start]).tokens[-_REACH:]
        after = Words(clause[number.start + len(number.text) :]).tokens[:_AFTER]
        if number.is_percent:
            made_of = number.values == {100.0} and not self._facts.materials(about).isdisjoint(after)
            # What a product's text says of a discount is no discount; the shop's own words are.
            reduction = Words(clause).has((*_claims("discount"), *_claims("giveaway"), ("off",)))
            written = self._facts.written(() if reduction else about)
            return made_of or bool(number.values & (self._facts.discounts(about) | written))
        if not number.is_money and _has(after, "stock_after"):
            return bool(number.values & self._stocks(named))
        if number.is_money or _has(before[-_NEAR:], "price"):
            bounded = _has(before, "bound") and self._is_bound(
                number, before, named, filters, refused=refused
            )
            return bounded or bool(number.values & self._amounts(named, clause))
        if _has(before[-_NEAR:], "stock_left"):
            return bool(number.values & self._stocks(named))
        return bool(number.values & self._others(about, filters, refused=refused))

    def _is_bound(
        self, number: Number, before: Phrase, named: tuple[Product, ...], filters: Filters, *, refused: bool
    ) -> bool:
        """A limit of the search, or of what is named, may be said: "both under $100"."""
        if not named:
            return bool(number.values & self._facts.bounds(filters, said=refused))
        limit, lowest = max(number.values), self._facts.lowest(named)
        return _has(before[-_NEAR:], "below") and all(price <= limit for price in lowest)

    def _stocks(self, named: tuple[Product, ...]) -> set[float]:
        facts = self._facts
        return facts.stocks(named) if named else facts.stocks(facts.products) | facts.counts()

    def _amounts(self, named: tuple[Product, ...], clause: str) -> set[float]:
        facts = self._facts
        if named:
            return facts.prices(named) | facts.differences(named)
        return facts.prices(facts.products) | facts.written(()) | facts.prices_of_kinds(clause)

    def _others(self, about: tuple[Product, ...], filters: Filters, *, refused: bool) -> set[float]:
        """Sizes, counts and what stands in the texts."""
        facts = self._facts
        known = facts.prices(about) | facts.written(about) | facts.bounds(filters, said=refused)
        known |= facts.prices_of_kinds("") | facts.hours()
        sizes = (*filters.sizes, *self._turn.memory.wish.filters.sizes)
        counts = facts.counts() | {float(len(facts.products))}
        return known | numbers_in(" ".join(sizes)) | _COUNTS | counts

    def _check_claims(self, clause: str, named: tuple[Product, ...]) -> Iterator[str]:
        words, about = Words(clause), named or self._facts.products
        words.take_all(_claims("harmless"))
        reduced = any(variant.on_sale for product in about for variant in product.variants)
        claimed = words.find(_claims("giveaway")) + ([] if reduced else words.find(_claims("discount")))
        for _, phrase in claimed:
            quoted = _quoted(clause, about) and not _given_away(clause, phrase)
            if not (quoted or (not named and self._shop_says(phrase, clause))):
                yield f"No tool returned this: {' '.join(phrase)!r} in {clause!r}."
        if named and words.has(_claims("in_stock")) and not all(one.sellable for one in named):
            yield f"Not everything named here can be bought: {clause!r}."
        if named and words.has(_claims("sold_out")) and any(one.sellable for one in named):
            yield f"What is named here can be bought: {clause!r}."

    def _shop_says(self, phrase: Phrase, clause: str) -> bool:
        """Of the same thing: "shipping is free" allows free shipping, not free dresses."""
        about = set(tokens_of(clause)) - set(phrase) - _plain_words()
        return any(
            words.has([phrase]) and not about.isdisjoint(words.tokens)
            for words in map(Words, sentences(self._facts.shop_text))
        )

    def _named(self, sentence: str) -> tuple[Product, ...]:
        """Products whose whole name stands in the sentence; a longer name hides a shorter one inside it."""
        text, named = f" {' '.join(tokens_of(sentence))} ", []
        for product in sorted(self._facts.products, key=lambda one: -len(one.name)):
            name = f" {' '.join(tokens_of(product.name))} "
            if name.strip() and name in text:
                named.append(product)
                text = text.replace(name, " | ")
        return tuple(named)


def _quoted(clause: str, products: tuple[Product, ...]) -> bool:
    """Word for word from a product's own text: "hands-free"."""
    said = f" {' '.join(tokens_of(clause))} "
    texts = (text for one in products for text in (one.description, one.short_description))
    return any(said in f" {' '.join(tokens_of(text))} " for text in texts)


def _given_away(clause: str, phrase: Phrase) -> bool:
    """As in "the dress is free", unlike "nickel free" and "free of nickel"."""
    tokens = tokens_of(clause)
    places = [at for at in range(len(tokens)) if tokens[at : at + len(phrase)] == phrase]
    return any(at and tokens[at - 1] in _plain_words() for at in places)


def _tells_instructions(text: str) -> bool:
    """Eight words in a row of what the model was told, or the name of a tool."""
    tokens = tokens_of(text)
    runs = {tokens[at : at + _RUN] for at in range(len(tokens) - _RUN + 1)}
    return _TOOL_NAME.search(text) is not None or not runs.isdisjoint(_instruction_runs())


@cache
def _instruction_runs() -> frozenset[Phrase]:
    tokens = tokens_of(RULES)
    return frozenset(tokens[at : at + _RUN] for at in range(len(tokens) - _RUN + 1))


def _affordable(product: Product, filters: Filters) -> bool:
    low, high = filters.price_min or 0, filters.price_max
    return any(
        one.price_minor >= low and (high is None or one.price_minor <= high) for one in product.variants
    )


def _names(sentence: str) -> Iterator[str]:
    """Quoted words, and capitalised words in a row; the first of a sentence has its capital anyway."""
    yield from (match[1] for match in _QUOTED.finditer(sentence))
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(sentence):
        joined = not sentence[end : match.start()].strip()
        begins = not sentence[: match.start()].strip(' "“„«*-•')
        if run and not (joined and match.group()[0].isupper()):
            yield from [" ".join(run)] if len(run) > 1 else []
            run = []
        if match.group()[0].isupper() and not begins:
            run.append(match.group())
        end = match.end()
    yield from [" ".join(run)] if len(run) > 1 else []


def _has(tokens: Phrase, claim: str) -> bool:
    return any(tokens[i : i + len(phrase)] == phrase for phrase in _claims(claim) for i in range(len(tokens)))


@cache
def _claims(kind: str) -> tuple[Phrase, ...]:
    """Of every language: a model may answer in another one than was detected."""
    return tuple(phrase for known in languages().values() for phrase in known.claims[kind])


@cache
def _plain_words() -> frozenset[str]:
    """And sizes, which "Size M" writes like a name."""
    return frozenset(
        word
        for known in languages().values()
        for word in (
            *known.filler,
            *(token for phrases in known.sizes.values() for size in phrases for token in size),
        )
    )
