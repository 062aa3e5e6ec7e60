import pytest

from indexes.catalogue import CatalogueIndex
from indexes.spelling import Spelling
from tests.indexes.shop import by_words, entry, product, shop


@pytest.fixture
def clothes() -> CatalogueIndex:
    return shop(
        product("jacket", "Leather jackets", description="Warm"),
        product("ear", "Ear buds", description="With a case"),
        product("shirt", "White T-shirt", tags=("cotton",)),
        product("watch", "Smartwatch", category=("Gadgets",)),
        product("book", "Cook book"),
        product("sofa", "Oslo sofa"),
        product("console", "Media console, oak"),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lether jacket", "jacket"),
        ("jackets lehter", "jacket"),
        ("jakets", "jacket"),
        ("gadgtes", "watch"),
        ("coton", "shirt"),
        ("cottan", "shirt"),
    ],
)
def test_a_slip_of_one_letter_finds_the_word_of_a_title(
    clothes: CatalogueIndex, query: str, found: str
) -> None:
    assert by_words(clothes, query) == [found]


@pytest.mark.parametrize("query", ["boots", "jeans", "soda", "warmm", "iphone13"])
def test_another_word_is_not_taken_for_a_slip(clothes: CatalogueIndex, query: str) -> None:
    assert by_words(clothes, query) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [("earbuds", "ear"), ("tshirt", "shirt"), ("smart watch", "watch"), ("smartwatch", "watch")],
)
def test_words_are_found_together_and_apart(clothes: CatalogueIndex, query: str, found: str) -> None:
    assert by_words(clothes, query) == [found]


def test_a_group_of_synonyms_finds_each_other_until_it_is_replaced(clothes: CatalogueIndex) -> None:
    clothes.set_synonyms([("couch", "sofa", "settees"), ("TV stand", "media console", "sideboard")])

    assert by_words(clothes, "couches") == ["sofa"]
    assert by_words(clothes, "oslo settee") == ["sofa"]
    assert by_words(clothes, "oak tv stand") == ["console"]
    assert by_words(clothes, "sideboard") == ["console"]

    clothes.set_synonyms([])
    assert by_words(clothes, "couch") == []


def test_a_synonym_counts_like_the_word_itself(clothes: CatalogueIndex) -> None:
    clothes.set_synonyms([("couch", "sofa")])
    clothes.apply([entry(product("new", "Oslo couch"))])

    assert by_words(clothes, "oslo couch") == by_words(clothes, "oslo sofa")[::-1]


def test_words_no_product_has_any_more_are_no_corrections(clothes: CatalogueIndex) -> None:
    clothes.apply([], ["jacket"])
    assert by_words(clothes, "lether") == []


def test_the_commonest_correction_wins_and_ties_are_settled_by_the_alphabet() -> None:
    spelling = Spelling()
    spelling.add(["planet", "planer", "planer"])
    assert spelling.corrected("planek") == "planer"
    spelling.remove(["planer"])
    assert spelling.corrected("planek") == "planer"
    assert spelling.corrected("planek7") is None
