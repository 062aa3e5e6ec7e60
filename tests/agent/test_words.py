import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.claims import links, numbers, readings, sentences
from agent.language import detect, language, languages
from agent.words import Words, tokens_of


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("T-Shirt", ("t", "shirt")),
        ("Größe M", ("grosse", "m")),
        ("l'écharpe d'été", ("echarpe", "ete")),
        ("Women's dresses", ("women", "dresses")),
        ("don’t", ("don't",)),
        ("30-80€", ("30", "-", "80", "€")),
        ("👗💙", ("§dress", "§blue")),
        ("size 8.5, 2XL #2", ("size", "8.5", "2xl", "#", "2")),
    ],
)
def test_text_becomes_tokens(text: str, tokens: tuple[str, ...]) -> None:
    assert tokens_of(text) == tokens


def test_what_is_taken_is_not_found_again() -> None:
    words = Words("navy blue and blue")
    assert words.take_all([("navy", "blue"), ("blue",)]) == [(0, ("navy", "blue")), (3, ("blue",))]
    assert [token for _, token in words.rest] == ["and"]


def test_a_new_clause_begins_after_a_comma() -> None:
    assert Words("no, black").breaks == {1}
    assert Words("no black").breaks == frozenset()


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    words = Words(text)
    assert len(words.free) == len(words.tokens)
    for code in languages():
        language(code).opened(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("do you have a blue dress?", "en"),
        ("habt ihr ein blaues Kleid?", "de"),
        ("avez-vous une robe bleue ?", "fr"),
        ("¿tenéis un vestido azul?", "es"),
        ("avete un vestito blu?", "it"),
        ("vocês têm um vestido azul?", "pt"),
        ("Danke!", "de"),
        ("merci", "fr"),
        ("gracias", "es"),
        ("grazie mille", "it"),
        ("obrigada", "pt"),
    ],
)
def test_a_message_tells_its_language(text: str, code: str) -> None:
    assert detect(text, "", ("en",)) == code


def test_a_message_without_a_sign_keeps_the_language_spoken_else_the_shops() -> None:
    assert detect("M", "it", ("de",)) == "it"
    assert detect("M", "", ("de", "en")) == "de"
    assert detect("42", "", ()) == "en"


def test_a_language_is_found_by_its_nearest_code() -> None:
    assert language("de-AT").code == "de"
    assert language("pt_BR").code == "pt"
    assert language("tlh").code == "en"


@pytest.mark.parametrize("code", sorted(languages()))
def test_a_language_file_has_all_that_english_has(code: str) -> None:
    english, other = languages()["en"], languages()[code]
    for table in ("colors", "sizes", "concepts", "numbers", "budget", "claims", "signs", "policies"):
        assert set(getattr(other, table)) == set(getattr(english, table)), table
        assert all(phrase for phrases in getattr(other, table).values() for phrase in phrases), table


def test_digits_are_read_in_every_notation() -> None:
    assert readings("1,200.50") == {1200.5}
    assert readings("1.200,50") == {1200.5}
    assert readings("1.200") == {1.2, 1200.0}
    assert readings("59,90") == {59.9}


def test_claims_are_found_in_a_text() -> None:
    text = "It's $65. See https://shop.example/p/1 or @shop, 20% off!"
    assert sentences(text) == ["It's $65.", "See https://shop.example/p/1 or @shop, 20% off!"]
    assert links(text) == ["https://shop.example/p/1", "@shop"]
    assert [(one.text, one.is_money, one.is_percent) for one in numbers("$65 and 20% of 3")] == [
        ("65", True, False),
        ("20", False, True),
        ("3", False, False),
    ]
