"""One merchant's products, findable."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Final

import numpy as np

from indexes.alike import find_cheaper, find_similar
from indexes.curation import Curation
from indexes.explaining import explain, on_trial
from indexes.facets import facets
from indexes.lookups import Lookups
from indexes.postings import MOST_PRODUCTS, Postings
from indexes.ranking import Profile, profile
from indexes.relaxing import find_in_order, find_relaxed
from indexes.remembered import MOST_REMEMBERED, Answers, Asked
from indexes.search import Parts, Question, wording_of
from indexes.shape import shape
from indexes.split import SplitProducts, split, texts, title_words
from indexes.synonyms import Synonyms
from indexes.variants import check_variants
from indexes.vectors import Vector, Vectors
from models.errors import Invalid, NotFound
from models.product import Product
from models.search import (
    AS_SAVED,
    NO_FILTERS,
    Explanation,
    Facets,
    Filters,
    Hit,
    Order,
    QueryRule,
    SearchResult,
    Trial,
    Weights,
)
from models.shape import Shape

MOST_HITS: Final = 200
# A question is a sentence or two; the rest of a pasted novel adds time, not meaning.
_MOST_CHARACTERS = 1000
# Products changed while searches wait: some milliseconds.
_AT_ONCE = 50

FromProduct = Callable[[Parts, Profile, int, Filters, int], tuple[Hit, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedProduct:
    """`vector` is the embedding of `searchable_text(product)`."""

    product: Product
    vector: Vector


class CatalogueIndex:
    """In memory, correct after each `apply`. Safe to search in one thread while another applies.

    Vectors of one embedder only: an index of another is built anew, never mixed.
    """

    def __init__(self, embedder: str, dimension: int, *, remembered: int = MOST_REMEMBERED) -> None:
        """`remembered`: of how many searches it knows the answer as long as no change touches it."""
        self.embedder = embedder
        self.dimension = dimension
        self._profile = profile(embedder)
        self._parts = parts = Parts(vectors=Vectors(dimension))
        self._answers = Answers(remembered, self._profile.floor, lambda query: wording_of(parts, query))
        self._facets: Facets | None = None
        self._shape: Shape | None = None
        self._lock = threading.RLock()

    @classmethod
    def restored(
        cls, embedder: str, dimension: int, entries: Sequence[IndexedProduct], words: SplitProducts
    ) -> "CatalogueIndex":
        """As `apply` of the entries, whose `words` are already split, to an index with nothing in it."""
        index = cls(embedder, dimension)
        for slot, entry in enumerate(entries):
            index._parts.vectors.put(slot, index._checked(entry))
            index._parts.variants.put(index._parts.shelf.put(entry.product), entry.product.variants)
            index._parts.spelling.add(title_words(entry.product))
        index._parts.postings = Postings.of(words)
        index._parts.vectors.refresh(index._lock)
        return index

    def __len__(self) -> int:
        return len(self._parts.shelf)

    def apply(self, upserts: Sequence[IndexedProduct], deletes: Sequence[str] = ()) -> None:
        """Nothing when one of them is Invalid. An inactive product is a deleted one."""
        if len(self) + len(upserts) > MOST_PRODUCTS:
            raise Invalid(f"a catalogue holds at most {MOST_PRODUCTS} products")
        checked = [(entry, self._checked(entry)) for entry in upserts]
        for at in range(0, len(checked), _AT_ONCE):
            if at:
                time.sleep(0)  # a search waiting in another thread goes first
            with self._lock:
                for entry, vector in checked[at : at + _AT_ONCE]:
                    self._put(entry, vector)
                self._facets = self._shape = None
        with self._lock:
            for product_id in deletes:
                self._drop(product_id)
            self._facets = self._shape = None
            self._parts.vectors.refresh(self._lock)

    def search(
        self,
        query: str,
        vector: Vector | None,
        filters: Filters = NO_FILTERS,
        limit: int = 5,
        *,
        order: Order = Order.RELEVANCE,
        relax: bool = False,
        weights: Weights | None = None,
        now: datetime,
    ) -> SearchResult:
        """`vector` is the query's; None finds by words alone. A query without a word shows what passes.

        With `relax`, where nothing fits, what comes nearest and what was given up for it. `weights`: for this
        search, in place of the merchant's.
        """
        began = time.perf_counter()
        question = self._question(
            Question(query=query, vector=vector, filters=filters, limit=limit, order=order, now=now)
        )
        asked = Asked(
            query=question.query,
            with_vector=vector is not None,
            filters=filters,
            limit=limit,
            order=order,
            relax=relax,
            weights=weights,
        )
        with self._lock:
            if known := self._answers.get(asked, now):
                return replace(known, took_ms=_milliseconds(began), remembered=True)
            ranked = replace(self._profile, weights=weights) if weights else self._profile
            if relax:
                hits, relaxed = find_relaxed(self._parts, ranked, question)
            else:
                hits, relaxed = find_in_order(self._parts, ranked, question), ()
            answer = SearchResult(hits=hits, relaxed=relaxed, took_ms=_milliseconds(began))
            self._answers.keep(asked, question.vector, answer, now)
        return answer

    def explain(self, asked: Question, *, relax: bool = False, trial: Trial = AS_SAVED) -> Explanation:
        """As `search`, with settings that are only tried. Nothing of it is remembered."""
        question = self._question(asked)
        with self._lock:
            parts, profile = on_trial(self._parts, self._profile, trial)
            began = time.perf_counter()
            found = explain(parts, profile, question, relax=relax)
            took_ms = _milliseconds(began)
        return Explanation(
            result=SearchResult(hits=found.hits, relaxed=found.relaxed, took_ms=took_ms),
            embedder=self.embedder,
            weights=profile.weights,
            words=found.words,
            candidates=found.candidates,
            rule=found.rule,
        )

    def _question(self, asked: Question) -> Question:
        _check_limit(asked.limit)
        vector = None if asked.vector is None else self._unit(asked.vector)
        return replace(asked, query=asked.query[:_MOST_CHARACTERS], vector=vector)

    @property
    def lookups(self) -> Lookups:
        """How many searches were answered from memory, and how many were not."""
        return self._answers.lookups

    def similar(self, product_id: str, filters: Filters = NO_FILTERS, limit: int = 5) -> SearchResult:
        """Other products like this one, nearest first. NotFound where this one is not here."""
        return self._from_product(find_similar, product_id, filters, limit)

    def cheaper(self, product_id: str, filters: Filters = NO_FILTERS, limit: int = 5) -> SearchResult:
        """Products of the same category for less, the lowest price first. NotFound as `similar`."""
        return self._from_product(find_cheaper, product_id, filters, limit)

    def _from_product(self, find: FromProduct, product_id: str, filters: Filters, limit: int) -> SearchResult:
        began = time.perf_counter()
        _check_limit(limit)
        with self._lock:
            slot = self._parts.shelf.slot(product_id)
            if slot is None:
                raise NotFound(f"no product {product_id}")
            hits = find(self._parts, self._profile, slot, filters, limit)
        return SearchResult(hits=hits, took_ms=_milliseconds(began))

    def product(self, product_id: str) -> Product | None:
        with self._lock:
            slot = self._parts.shelf.slot(product_id)
            return None if slot is None else self._parts.shelf[slot]

    def products(self) -> tuple[Product, ...]:
        with self._lock:
            return tuple(self._parts.shelf)

    def entries(self) -> Iterator[IndexedProduct]:
        """What `apply` was given, vectors normalised; each as it is when its turn comes."""
        shelf, vectors = self._parts.shelf, self._parts.vectors
        for product_id in [product.id for product in self.products()]:
            with self._lock:
                if (slot := shelf.slot(product_id)) is not None:
                    entry = IndexedProduct(product=shelf[slot], vector=vectors.at(slot))
            if slot is not None:
                yield entry

    def facets(self) -> Facets:
        with self._lock:
            if self._facets is None:
                self._facets = facets(self._parts.shelf, self._parts.variants)
            return self._facets

    def shape(self, filters: Filters = NO_FILTERS) -> Shape:
        """Of all products that meet the filters. Counted once for no filters, until something changes."""
        with self._lock:
            if filters != NO_FILTERS:
                return shape(self._parts, filters)
            self._shape = self._shape or shape(self._parts, filters)
            return self._shape

    def set_popularity(self, popularity: Mapping[str, float]) -> None:
        """From 0, by product id; of all products, also of those put later. Nothing when one is Invalid."""
        for product_id, value in popularity.items():
            if not 0 <= value < math.inf:
                raise Invalid(f"product {product_id}: popularity counts from 0", field="popularity")
        with self._lock:
            self._parts.shelf.set_popularity(popularity)
            self._answers.forget()

    def set_weights(self, weights: Weights | None) -> None:
        """The merchant's own; None for those measured for the embedder."""
        own = profile(self.embedder)
        with self._lock:
            self._profile = replace(own, weights=weights) if weights else own
            self._answers.forget()

    def set_synonyms(self, groups: Sequence[Sequence[str]]) -> None:
        """Words or phrases of a group find each other. Replaces the groups of before."""
        with self._lock:
            self._parts.synonyms = Synonyms(groups)
            self._answers.forget()

    def set_rules(self, rules: Sequence[QueryRule]) -> None:
        """What is pinned and buried for single queries. Replaces the rules of before."""
        with self._lock:
            self._parts.curation = Curation(rules)
            self._answers.forget()

    def settle(self) -> None:
        """Wait for work begun in the background; answers are right before, and may be faster after."""
        self._parts.vectors.settle()

    def _checked(self, entry: IndexedProduct) -> Vector:
        check_variants(entry.product.variants)
        return self._unit(entry.vector)

    def _unit(self, vector: Vector) -> Vector:
        """Of length 1, so that a product of two is their cosine; an empty text's zeros stay zeros."""
        if vector.shape != (self.dimension,):
            raise Invalid(f"a vector of {self.embedder} has {self.dimension} numbers", field="vector")
        length = math.sqrt(vector @ vector)
        if not math.isfinite(length):
            raise Invalid("a vector's numbers are finite", field="vector")
        return vector / np.float32(length or 1)

    def _put(self, entry: IndexedProduct, vector: Vector) -> None:
        parts, product = self._parts, entry.product
        if not product.is_active:
            self._drop(product.id)
            return
        before = self.product(product.id)
        slot = parts.shelf.put(product)
        parts.variants.put(slot, product.variants)
        moved = parts.vectors.put(slot, vector)
        if before is None or texts(before) != texts(product):
            if before is not None:
                self._forget_words(slot, before)
            parts.postings.add(slot, *split(product))
            parts.spelling.add(title_words(product))
            self._answers.forget()
        elif moved or before.created_at != product.created_at or parts.curation.names(product.id):
            self._answers.forget()
        else:
            self._answers.touched(lambda: chain(*split(product)), vector)

    def _drop(self, product_id: str) -> None:
        parts = self._parts
        slot = parts.shelf.slot(product_id)
        if slot is None:
            return
        self._answers.forget()
        self._forget_words(slot, parts.shelf[slot])
        parts.variants.drop(slot)
        parts.vectors.drop(slot)
        parts.shelf.drop(slot)

    def _forget_words(self, slot: int, product: Product) -> None:
        self._parts.postings.remove(slot, *split(product))
        self._parts.spelling.remove(title_words(product))


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= MOST_HITS:
        raise Invalid(f"between 1 and {MOST_HITS}", field="limit")


def _milliseconds(began: float) -> float:
    return (time.perf_counter() - began) * 1000
