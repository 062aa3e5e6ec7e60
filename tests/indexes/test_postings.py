import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.postings import Mix, Postings
from indexes.split import SplitProducts

WORDS = ["red", "blue", "hat", "shoe", "wool"]
texts = st.lists(st.sampled_from(WORDS), max_size=8)
documents = st.lists(st.tuples(texts, texts), min_size=1, max_size=8)


def bm25(times: int, length: int, average: float) -> float:
    return times / (times + 1.2 * (0.25 + 0.75 * length / max(average, 1)))


def reference(held: dict[int, tuple[list[str], list[str]]], terms: list[str], mix: Mix, slot: int) -> float:
    title, text = held.get(slot, ([], []))
    average_title = sum(len(words) for words, _ in held.values()) / max(len(held), 1)
    average_text = sum(len(words) for _, words in held.values()) / max(len(held), 1)
    score = total = 0.0
    for term in terms:
        having = sum(term in one or term in other for one, other in held.values())
        idf = math.log(1 + (len(held) - having + 0.5) / (having + 0.5))
        total += idf
        in_title = bm25(title.count(term), len(title), average_title)
        in_text = bm25(text.count(term), len(text), average_text)
        found = term in title or term in text
        score += idf * (mix.share * found + mix.title * in_title + mix.text * in_text)
    return score / total


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    documents,
    st.sets(st.integers(0, 7)),
    st.lists(st.sampled_from([*WORDS, "tuxedo"]), min_size=1, unique=True),
)
def test_scores_are_those_of_the_formula_also_after_removals(
    held: list[tuple[list[str], list[str]]], removed: set[int], terms: list[str]
) -> None:
    mix, postings = Mix(), Postings()
    for slot, (title, text) in enumerate(held):
        postings.add(slot, title, text)
    left = dict(enumerate(held))
    for slot in removed & left.keys():
        postings.remove(slot, *left.pop(slot))

    scores = postings.score([((term,),) for term in terms], np.arange(len(held)), len(held))

    assert scores == pytest.approx([reference(left, terms, mix, slot) for slot in range(len(held))], abs=1e-5)


def test_a_phrase_is_found_in_order_and_whole_words_only() -> None:
    postings = Postings()
    for slot, title in enumerate(["the red hat", "hat red", "dark red hatter", "red"]):
        postings.add(slot, title.split(), [])

    def found(*terms: str) -> list[bool]:
        score = postings.score([((term,),) for term in terms], np.arange(4), 4)
        return [part > 0 for part in postings.phrase(terms, np.arange(4), score)]

    assert found("red", "hat") == [True, False, False, False]
    assert found("red") == [False, False, False, False]


def test_only_the_slots_asked_about_are_scored_in_their_order() -> None:
    postings = Postings()
    for slot, title in enumerate(["hat", "shoe", "hat", "hat"]):
        postings.add(slot, [title], [])
    assert (postings.score([(("hat",),)], np.array([3, 1, 0]), 4) > 0).tolist() == [True, False, True]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(documents)
def test_postings_made_at_once_are_those_added_one_by_one(held: list[tuple[list[str], list[str]]]) -> None:
    added, made = Postings(), Postings.of(SplitProducts.of(held))
    for slot, (title, text) in enumerate(held):
        added.add(slot, title, text)

    for postings in (added, made):
        postings.add(len(held), ["red", "hat"], ["wool"])
        postings.remove(0, *held[0])
    words = [((word,),) for word in WORDS]
    slots = np.arange(1, len(held) + 1)
    scores = [postings.score(words, slots, len(held) + 1) for postings in (added, made)]
    assert scores[0].tolist() == scores[1].tolist()
    phrases = [postings.phrase(("red", "hat"), slots, scores[0]).tolist() for postings in (added, made)]
    assert phrases[0] == phrases[1]


@given(documents)
def test_split_products_are_as_they_were_split(held: list[tuple[list[str], list[str]]]) -> None:
    products = SplitProducts.of(held)
    assert [products.product(place) for place in range(len(products))] == held
