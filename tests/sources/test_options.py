import pytest

from sources.options import Options, read_options


@pytest.mark.parametrize(
    "name", ["Color", "COLOUR", "Farbe", "couleur", "Colore", "Cor", "Color(es)", "Цвет", "颜色"]
)
def test_colour_is_known_in_many_languages(name: str) -> None:
    assert read_options([name], ["Blue"]) == Options(name="Blue", color="Blue", size=None, material=None)


@pytest.mark.parametrize(
    "name", ["size", "Größe", "GRÖSSE", "Taille", "Taglia", "Talla", "Tamanho", "サイズ"]
)
def test_size_is_known_in_many_languages(name: str) -> None:
    assert read_options([name], ["M"]).size == "M"


@pytest.mark.parametrize("name", ["Material", "Stoff", "Matière", "matiere", "Tessuto", "Материал"])
def test_material_is_known_in_many_languages(name: str) -> None:
    assert read_options([name], ["Linen"]).material == "Linen"


def test_an_unknown_option_stays_in_the_name() -> None:
    options = read_options(["Size", "Pack of", "Finish"], ["M", "3", "Matt"])
    assert options == Options(name="M / 3 / Matt", color=None, size="M", material=None)


def test_a_part_of_a_name_counts_when_nothing_else_is_meant() -> None:
    assert read_options(["Diaper size"], ["Small"]).size == "Small"
    assert read_options(["Frame color", "Color"], ["Gold", "Red"]).color == "Red"
    assert read_options(["Size and colour"], ["M blue"]) == Options(
        name="M blue", color=None, size=None, material=None
    )


def test_a_product_without_options_has_none() -> None:
    assert read_options(["Title"], ["Default Title"]) == Options(
        name=None, color=None, size=None, material=None
    )


def test_a_title_that_is_no_default_is_a_name() -> None:
    assert read_options(["Title", None, None], ["Pink", None, ""]).name == "Pink"
