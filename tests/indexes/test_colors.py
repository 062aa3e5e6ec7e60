import pytest

from indexes.colors import color_meets


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("blue", "Blue"),
        ("blue", "Navy / White"),
        ("white", "Navy / White"),
        ("blue", "navy-blue"),
        ("Navy Blue", "Navy"),
        ("navy", "Navy Blue"),
        ("red", "Burgundy"),
        ("grey", "Heather Gray"),
        ("rosé", "Rose"),
        ("blau", "Dunkelblau"),
        ("azul", "Sky Blue"),
        ("light blue", "Light Blue"),
        ("blue and white", "White/Navy"),
        ("dark blue", "Navy"),
        ("navy", "Dark Blue"),
        ("blue", "Dark blue / White"),
        ("rot", "Weinrot"),
        ("vermelho", "Bordô"),
        ("azul marinho", "navy"),
    ],
)
def test_a_color_is_met_by_its_words_and_its_family(wanted: str, written: str) -> None:
    assert color_meets(wanted, written)


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("navy", "Blue"),
        ("burgundy", "Red"),
        ("dark blue", "Blue"),
        ("blue", "Red"),
        ("light blue", "Dark Blue"),
        ("blue and white", "Blue"),
        ("unobtainium", "Blue"),
        ("red", "Bored Panda"),
        ("", "Blue"),
        ("👗", "Blue"),
    ],
)
def test_a_color_is_not_met_by_another_or_a_wider_one(wanted: str, written: str) -> None:
    assert not color_meets(wanted, written)
