import pytest

from models.errors import Invalid
from sources.column_mapping import DETAIL, IGNORED, ColumnMapping, guess_mapping
from sources.drafts import ProductDraft
from sources.reading import read
from sources.rows import ProductRow, RowError
from sources.tables import columns

GERMAN = """\
Artikelnummer;Bezeichnung;Preis;UVP;Farbe;Größe;Bestand;Kategorie;Hersteller;Bild;Interne Notiz
A-1;Leinenkleid;59,90 €;79,90 €;Blau;M;4;Damen/Kleider;Acme;https://x.example/a.jpg;hängt hinten
A-2;Seidenbluse;1.299,00 €;;Weiß;S;0;Damen/Blusen;Acme;https://x.example/b.jpg, https://x.example/c.jpg;
"""
GUESSED = {
    "Artikelnummer": "sku",
    "Bezeichnung": "name",
    "Preis": "price",
    "UVP": "compare_at_price",
    "Farbe": "color",
    "Größe": "size",
    "Bestand": "stock",
    "Kategorie": "category",
    "Hersteller": "brand",
    "Bild": "images",
    "Interne Notiz": DETAIL,
}


def guessed(text: str, known: dict[str, str] | None = None) -> ColumnMapping:
    return guess_mapping(columns(text), known)


def read_by(mapping: ColumnMapping, text: str) -> tuple[list[ProductDraft], list[RowError]]:
    items = list(read("csv", text.encode(), "EUR", mapping=mapping))
    drafts = [item.draft for item in items if isinstance(item, ProductRow)]
    return drafts, [item for item in items if isinstance(item, RowError)]


def test_a_german_table_is_guessed_by_its_names() -> None:
    mapping = guessed(GERMAN)
    assert mapping.fields == GUESSED
    assert (mapping.key, mapping.decimal) == ("Artikelnummer", ",")


def test_a_german_table_is_read_by_the_guess() -> None:
    (dress, blouse), errors = read_by(guessed(GERMAN), GERMAN)
    assert not errors
    assert (dress.id, dress.name, dress.category, dress.brand) == (
        "A-1",
        "Leinenkleid",
        ["Damen", "Kleider"],
        "Acme",
    )
    (variant,) = dress.variants
    assert (variant.price_minor, variant.compare_at_price_minor, variant.stock) == (5990, 7990, 4)
    assert blouse.variants[0].price_minor == 129900
    assert blouse.images == ["https://x.example/b.jpg", "https://x.example/c.jpg"]
    assert dress.metadata == {"Interne Notiz": "hängt hinten"}


@pytest.mark.parametrize(
    "header",
    [
        "Référence;Désignation;Prix TTC;Couleur;Taille;Stock",
        "Código;Nombre;Precio;Color;Talla;Existencias",
        "Codice;Nome;Prezzo;Colore;Taglia;Giacenza",
        "Referência;Nome;Preço;Cor;Tamanho;Estoque",
        "Artikelcode;Naam;Prijs;Kleur;Maat;Voorraad",
        "Kod;Nazwa;Cena;Kolor;Rozmiar;Ilość",
        "Артикул;Название;Цена;Цвет;Размер;Остаток",
        "品番;商品名;価格;カラー;サイズ;在庫",
        "SKU;Title;Sale Price;Colour;Size;Quantity",
    ],
)
def test_columns_are_known_in_many_languages(header: str) -> None:
    mapping = guessed(f"{header}\na;b;1,00;c;d;2\n")
    assert list(mapping.fields.values()) == ["sku", "name", "price", "color", "size", "stock"]


def test_where_names_say_nothing_values_do() -> None:
    text = (
        "A,B,C,D,E\nDress,19.90,Navy,S,https://x.example/a.jpg\nShirt,5.00,Red,XL,https://x.example/b.png\n"
    )
    fields = guessed(text).fields
    assert (fields["B"], fields["C"], fields["D"], fields["E"]) == ("price", "color", "size", "images")


def test_what_a_person_said_of_an_earlier_file_goes_before_every_guess() -> None:
    mapping = guessed(GERMAN, {"Interne Notiz": "description", "Bild": IGNORED, "Preis": DETAIL})
    assert mapping.fields["Interne Notiz"] == "description"
    assert mapping.fields["Bild"] == IGNORED
    assert mapping.fields["Preis"] == DETAIL


def test_variants_are_joined_by_the_column_that_tells_products_apart() -> None:
    text = "group,sku,name,price\ng1,a,Dress,1\ng1,b,Dress,2\n"
    mapping = ColumnMapping(
        fields={"sku": "sku", "name": "name", "price": "price", "group": IGNORED}, key="group"
    )
    (draft,), _ = read_by(mapping, text)
    assert draft.id == "g1"
    assert [variant.sku for variant in draft.variants] == ["a", "b"]
    assert not draft.metadata


def test_a_name_of_ours_that_means_something_else_there_is_their_word() -> None:
    text = "name,price,cost\nDress,3,9\n"
    mapping = ColumnMapping(fields={"name": "name", "price": DETAIL, "cost": "price"}, key="name")
    (draft,), _ = read_by(mapping, text)
    assert draft.variants[0].price_minor == 900
    assert draft.metadata == {"price": "3"}


@pytest.mark.parametrize(
    ("fields", "key", "said"),
    [
        ({"a": "name"}, "a", "no column is the price"),
        ({"a": "name", "b": "name", "c": "price"}, "a", "both 'a' and 'b' are its name"),
        ({"a": "name", "b": "price", "c": "colr"}, "a", "'colr' is no field of ours"),
        ({"a": "name", "b": "price"}, "z", "'z' is no column of the file"),
    ],
)
def test_a_mapping_nobody_could_read_by_is_refused_in_words(
    fields: dict[str, str], key: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        read_by(ColumnMapping(fields=fields, key=key), "a,b,c\n1,2,3\n")


@pytest.mark.parametrize(
    ("price", "decimal", "minor"),
    [
        ("$1,299.00", ".", 129900),
        ("1.299,00 €", ",", 129900),
        ("EUR 5", ".", 500),
        ("1 299,5", ",", 129950),
        ("12,-", ",", 1200),
        ("19.90", ".", 1990),
    ],
)  # fmt: skip
def test_prices_are_read_as_shops_write_them(price: str, decimal: str, minor: int) -> None:
    mapping = ColumnMapping.model_validate(
        {"fields": {"name": "name", "price": "price"}, "key": "name", "decimal": decimal}
    )
    (draft,), errors = read_by(mapping, f'name;price\nDress;"{price}"\n')
    assert not errors
    assert draft.variants[0].price_minor == minor


def test_what_is_wrong_is_said_in_the_words_of_the_file() -> None:
    _, errors = read_by(guessed(GERMAN), GERMAN.replace("59,90 €", "gratis").replace(";4;", ";viele;"))
    assert [(error.row, error.field, error.product_id) for error in errors] == [
        (2, "Preis", "A-1"),
        (2, "Bestand", "A-1"),
    ]


def test_yes_and_no_are_understood() -> None:
    text = "name,price,aktiv,verfügbar\nDress,1,nein,ja\nShirt,1,ja,ausverkauft\nHat,1,perhaps,\n"
    drafts, errors = read_by(guessed(text), text)
    assert [(draft.is_active, draft.variants[0].available) for draft in drafts] == [
        (False, True),
        (True, False),
    ]
    assert [error.field for error in errors] == ["aktiv"]
