import pytest

from sources.options import Options, guess_kinds, read_options


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


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["Black", "Light grey", "Dunkelblau", "Rouge"], "color"),
        (["XS", "S", "M", "2XL"], "size"),
        (["S/M", "L/XL"], "size"),
        (["38", "39.5", "40 1/2"], "size"),
        (["EU 38", "eu 39"], "size"),
        (["50 ml", "1.5 L"], "size"),
        (["One size"], "size"),
        (["100% Cotton", "Wolle", "Soie"], "material"),
        (["1", "2", "3"], None),
        (["Pack of 3", "Pack of 5"], None),
        (["Default Title"], None),
        ([""], None),
    ],
)
def test_an_option_that_says_nothing_is_known_by_its_values(values: list[str], kind: str | None) -> None:
    assert guess_kinds({"Variant": values}, {}).get("Variant") == kind


def test_a_name_goes_before_values_and_what_was_said_before_both() -> None:
    values = {"Colour": ["Linen", "Wool"], "Style": ["Red", "Blue"]}
    assert guess_kinds(values, {}) == {"Colour": "color"}
    assert guess_kinds(values, {"colour": "material"}) == {"Colour": "material", "Style": "color"}
    assert guess_kinds(values, {"COLOUR": "none"}) == {"Style": "color"}
