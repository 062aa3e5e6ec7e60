"""Changes worked out together come to what they come to one after another."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from actors.changes import Answer, Change, Changes, Deletion, Products, Puts, Restoration
from actors.merging import State
from models.errors import Conflict, NotFound, ShopkeepError, Stale
from models.product import Source
from tests.actors.wares import put

NOW = datetime(2026, 11, 24, tzinfo=UTC)
IDS = st.sampled_from(["p1", "p2", "p3"])
VERSIONS = st.none() | st.integers(0, 4)

some_puts = st.lists(
    st.builds(
        put,
        IDS,
        name=st.sampled_from(["Linen hat", "Straw hat"]),
        price=st.integers(1, 5),
        must_be_new=st.booleans(),
        expected_version=VERSIONS,
    ),
    min_size=1,
    max_size=3,
)
some_changes = st.lists(
    st.builds(lambda puts: Puts(puts=tuple(puts), currency="EUR"), some_puts)
    | st.builds(Deletion, product_id=IDS, expected_version=VERSIONS)
    | st.builds(Restoration, product_id=IDS, expected_version=VERSIONS),
    max_size=8,
)


def changes(known: dict[str, State]) -> Changes:
    # Ids that say only where in its call a variant was made: the same in both ways of making it.
    numbers = itertools.count()
    return Changes(known, now=NOW, new_id=lambda: f"v{next(numbers)}")


def one_after_another(asked: Sequence[Change]) -> tuple[list[Answer], dict[str, State]]:
    """The slow way: each begins at what the one before has left."""
    table: dict[str, State] = {}
    answers = []
    for change in asked:
        alone = changes(table)
        answers.append(alone.make(change))
        table |= alone.made
    return answers, table


def told(answers: Sequence[Answer]) -> list[object]:
    """Without the ids of variants."""
    return [
        (type(answer), str(answer))
        if isinstance(answer, ShopkeepError)
        else [(product.id, product.name, product.version, product.price_range) for product in answer]
        for answer in answers
    ]


@given(some_changes)
def test_together_they_come_to_the_same_as_one_after_another(asked: list[Change]) -> None:
    together = changes({})
    answers = [together.make(change) for change in asked]
    expected, table = one_after_another(asked)
    assert told(answers) == told(expected)
    assert {key: (state.deleted, state.product.version) for key, state in together.made.items()} == {
        key: (state.deleted, state.product.version) for key, state in table.items()
    }


def test_a_change_that_is_refused_leaves_no_part_of_itself() -> None:
    asked = changes({})
    asked.make(Puts(puts=(put("p1"),), currency="EUR"))
    refused = asked.make(Puts(puts=(put("p2"), put("p1", must_be_new=True)), currency="EUR"))
    assert isinstance(refused, Conflict)
    assert list(asked.made) == ["p1"]
    assert isinstance(asked.make(Puts(puts=(put("p1", expected_version=7),), currency="EUR")), Stale)
    assert isinstance(asked.make(Deletion(product_id="p2", expected_version=None)), NotFound)
    assert asked.made["p1"].product.version == 1


def test_a_product_that_comes_back_keeps_its_version_and_the_ids_of_its_variants() -> None:
    asked = changes({})
    first = asked.make(Puts(puts=(put("p1"),), currency="EUR"))
    asked.make(Deletion(product_id="p1", expected_version=1))
    assert asked.made["p1"].deleted
    again = asked.make(Puts(puts=(put("p1", must_be_new=True),), currency="EUR"))
    assert not isinstance(first, ShopkeepError)
    assert not isinstance(again, ShopkeepError)
    assert again[0].version == 3
    assert again[0].variants[0].id == first[0].variants[0].id


def test_a_deleted_product_is_restored_as_it_was() -> None:
    asked = changes({})
    (made,) = kept(asked.make(Puts(puts=(put("p1", source=Source.IMPORT),), currency="EUR")))
    asked.make(Deletion(product_id="p1", expected_version=None))
    assert isinstance(asked.make(Restoration(product_id="p1", expected_version=1)), Stale)
    (back,) = kept(asked.make(Restoration(product_id="p1", expected_version=2)))
    assert back == replace(made, version=3)
    assert kept(asked.make(Restoration(product_id="p1", expected_version=None))) == (back,)
    assert isinstance(asked.make(Restoration(product_id="p2", expected_version=None)), NotFound)


def test_a_product_is_of_where_it_came_from_first_until_a_store_has_it() -> None:
    asked = changes({})
    sources = [Source.IMPORT, Source.OWN, Source.SHOPIFY, Source.OWN]
    ends = [asked.make(Puts(puts=(put("p1", source=source),), currency="EUR")) for source in sources]
    assert [kept(end)[0].source for end in ends] == ["import", "import", "shopify", "shopify"]
    asked.make(Deletion(product_id="p1", expected_version=None))
    assert kept(asked.make(Puts(puts=(put("p1"),), currency="EUR")))[0].source is Source.OWN


def kept(answer: Answer) -> Products:
    assert not isinstance(answer, ShopkeepError)
    return answer
