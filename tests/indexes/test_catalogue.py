import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes.catalogue import CatalogueIndex, IndexedProduct
from models.errors import Invalid
from models.product import Product
from models.search import Facets, Filters, Weights
from tests.indexes.shop import DIMENSION, NOW, by_words, embedded, entry, found, product, shop, variant


def test_a_deleted_product_is_gone_and_comes_back_when_it_is_sold_again() -> None:
    index = shop(product("1", "Oslo sofa"), product("2", "Rome chair"))

    index.apply([], ["1", "never-there"])
    assert (len(index), index.product("1"), by_words(index, "oslo")) == (1, None, [])

    index.apply([entry(product("1", "Oslo sofa bed"))])
    assert by_words(index, "bed") == ["1"]


def test_an_inactive_product_is_not_findable() -> None:
    index = shop(product("1", "Oslo sofa"))

    index.apply([entry(product("1", "Oslo sofa", is_active=False))])

    assert (len(index), found(index), index.facets()) == (0, [], Facets())


def test_a_changed_product_is_found_by_its_new_words_only() -> None:
    index = shop(product("1", "Red scarf", description="wool"), product("2", "Wool hat"))

    index.apply([entry(product("1", "Red scarf", description="silk"))])

    assert (by_words(index, "silk"), by_words(index, "wool")) == (["1"], ["2"])


def test_the_number_of_variants_may_change() -> None:
    index = shop(product("1", "Hat", variant("a")), product("2", "Hat", variant("b")))

    index.apply([entry(product("1", "Hat", variant("c", 5), variant("d", 3, color="Red")))])
    index.apply([entry(product("2", "Hat", variant("e", 9)))])

    chosen = {hit.product.id: hit.variant.id for hit in index.search("hat", None, now=NOW).hits}
    assert chosen == {"1": "d", "2": "e"}


def test_a_price_change_needs_no_new_text_and_holds_at_once() -> None:
    index = shop(product("1", "Hat", variant("a", 100)))

    index.apply([entry(product("1", "Hat", variant("a", 300)))])

    assert found(index, "hat", Filters(price_max=200)) == []
    assert found(index, "hat", Filters(price_max=300)) == ["1"]


NAMES = ["red hat", "red shoe", "blue hat", None]


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.sampled_from(["red hat", "red shoe", "blue hat", None]),
            st.integers(1, 4),
        ),
        max_size=40,
    )
)
def test_an_index_after_many_changes_answers_like_one_made_afresh(
    changes: list[tuple[str, str | None, int]],
) -> None:
    index = shop()
    now: dict[str, Product] = {}
    for product_id, name, count in changes:
        if name is None:
            index.apply([], [product_id])
            now.pop(product_id, None)
        else:
            variants = (variant(str(number), 10 * number) for number in range(count))
            now[product_id] = product(product_id, name, *variants)
            index.apply([entry(now[product_id])])
    fresh = shop(*now.values())

    for query in ("red hat", "shoe", ""):
        vector = embedded(query)
        changed, made = (one.search(query, vector, now=NOW).hits for one in (index, fresh))
        assert [(hit.product, hit.variant) for hit in changed] == [(hit.product, hit.variant) for hit in made]
        assert [hit.score for hit in changed] == pytest.approx([hit.score for hit in made], abs=1e-6)


@pytest.mark.parametrize(
    "vector",
    [
        np.full(DIMENSION, np.nan, np.float32),
        np.full(DIMENSION, np.inf, np.float32),
        np.zeros(DIMENSION + 1, np.float32),
        np.zeros((1, DIMENSION), np.float32),
    ],
)
def test_a_batch_with_an_unusable_vector_changes_nothing(vector: np.ndarray) -> None:
    index = shop()

    with pytest.raises(Invalid):
        index.apply([entry(product("1")), IndexedProduct(product=product("2"), vector=vector)])
    with pytest.raises(Invalid):
        index.search("thing", vector, now=NOW)

    assert len(index) == 0


def test_a_price_no_column_holds_is_refused() -> None:
    with pytest.raises(Invalid, match="price"):
        shop(product("1", "Hat", variant(price=2**63)))


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_limit_is_between_1_and_200(limit: int) -> None:
    with pytest.raises(Invalid):
        shop().search("hat", None, limit=limit, now=NOW)


def test_an_empty_shop_answers_with_nothing() -> None:
    assert found(CatalogueIndex("words", DIMENSION), "hat") == []


def test_facets_are_the_merchants_own_words_commonest_first() -> None:
    navy, red = variant("a", color="Navy"), variant("b", color="Red")
    index = shop(
        product("1", "Hat", navy, red, category=("Hats",), brand="Zed"),
        product("2", "Cap", variant("c", color="Red", size="M", material="Wool"), category=("Hats", "Caps")),
    )

    assert index.facets() == Facets(
        categories=("Hats", "Caps"),
        brands=("Zed",),
        colors=("Red", "Navy"),
        sizes=("M",),
        materials=("Wool",),
    )


def test_a_merchants_own_weights_decide_the_order() -> None:
    index = shop(product("plain", "Red hat"))
    index.apply([entry(product("loved", "Hat", description="red"))])
    index.set_popularity({"loved": 9})

    index.set_weights(Weights(popularity=1.0))
    assert found(index, "red hat")[:1] == ["plain"]  # an exact name stays first
    assert found(index, "hat red")[:1] == ["loved"]

    index.set_weights(Weights(keyword=1.0, popularity=0.0))
    assert found(index, "hat red")[:1] == ["plain"]


def test_the_popular_one_of_two_alike_is_first_whatever_else_changes() -> None:
    index = shop(product("1", "Red hat"), product("2", "Red hat"))
    index.set_popularity({"2": 3, "still to come": 9})
    assert found(index, "hat") == ["2", "1"]

    index.apply([entry(product("2", "Red hat", variant(price=500)))])
    assert found(index, "hat") == ["2", "1"]

    index.apply([entry(product("still to come", "Red hat"))], ["2"])
    assert found(index, "hat") == ["still to come", "1"]

    index.apply([entry(product("2", "Red hat"))])
    assert found(index, "hat") == ["still to come", "2", "1"]


def test_popularity_is_set_for_all_products_at_once() -> None:
    index = shop(product("1", "Red hat"), product("2", "Red hat"))
    index.set_popularity({"2": 3})
    index.set_popularity({"1": 1})
    assert [hit.scores.popularity for hit in index.search("hat", None, now=NOW).hits] == [1, 0]


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_a_popularity_that_is_no_count_changes_nothing(value: float) -> None:
    index = shop(product("1", "Red hat"), product("2", "Red hat"))
    with pytest.raises(Invalid, match="popularity"):
        index.set_popularity({"2": 3, "1": value})
    assert [hit.scores.popularity for hit in index.search("hat", None, now=NOW).hits] == [0, 0]


def test_searches_in_other_threads_answer_while_products_change() -> None:
    index = shop(product("0", "Red hat"))
    done, answers = threading.Event(), []

    def ask() -> None:
        while not done.is_set():
            answers.append(found(index, "red hat"))

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        for number in range(1, 6):
            index.apply(
                [entry(product(str(place), "Red hat")) for place in range(number, 300)], [str(number)]
            )
        done.set()
        for one in asking:
            one.result()

    assert answers
    assert all("0" in answer for answer in answers)
