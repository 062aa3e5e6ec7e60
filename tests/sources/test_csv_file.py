import pytest

from models.errors import Invalid
from sources.drafts import ProductDraft
from sources.reading import read
from sources.rows import ProductRow, RowError

HEADER = "product_id,name,price,sku,color,size,stock\n"


def drafts(text: str, currency: str = "EUR") -> list[ProductDraft]:
    items = list(read("csv", text.encode(), currency))
    assert not [item for item in items if isinstance(item, RowError)]
    return [item.draft for item in items if isinstance(item, ProductRow)]


def errors(text: str) -> list[tuple[int, str]]:
    return [
        (item.row, item.field) for item in read("csv", text.encode(), "EUR") if isinstance(item, RowError)
    ]


def names(text: str) -> list[str]:
    return [item.draft.name for item in read("csv", text.encode(), "EUR") if isinstance(item, ProductRow)]


def test_rows_of_one_id_are_the_variants_of_one_product() -> None:
    (draft,) = drafts(HEADER + "p1,Shirt,19.90,a,blue,M,3\np1,,24,b,blue,L,\n")
    assert [(v.sku, v.size, v.price_minor, v.stock) for v in draft.variants] == [
        ("a", "M", 1990, 3),
        ("b", "L", 2400, None),
    ]


def test_rows_are_joined_wherever_they_are() -> None:
    text = HEADER + "p1,Shirt,19,a,,,\np2,Hat,9,,,,\np1,Shirt,20,b,,,\n"
    assert [(d.id, len(d.variants)) for d in drafts(text)] == [("p1", 2), ("p2", 1)]


def test_every_column_has_its_place() -> None:
    header = (
        "product_id,name,description,short_description,category,tags,brand,currency,main_image,images,product_url,"
        "is_active,is_featured,shopify_product_id,variant_id,sku,variant_name,color,size,material,price,"
        "compare_at_price,stock,available,oversell,variant_images"
    )
    row = (
        "p1,Shirt,<p>Soft</p>,Soft shirt,Clothing > Shirts,new|summer,Acme,EUR,https://a.example/1,"
        "https://a.example/1|https://a.example/2,https://a.example/p1,no,TRUE,77,v1,s1,Blue shirt,blue,M,"
        "linen,10,12.5,0,false,yes,https://a.example/3"
    )
    (draft,) = drafts(f"{header}\n{row}\n")
    assert draft.model_dump(exclude_defaults=True) == {
        "id": "p1",
        "name": "Shirt",
        "description": "Soft",
        "short_description": "Soft shirt",
        "category": ["Clothing", "Shirts"],
        "tags": ["new", "summer"],
        "brand": "Acme",
        "currency": "EUR",
        "main_image": "https://a.example/1",
        "images": ["https://a.example/1", "https://a.example/2"],
        "product_url": "https://a.example/p1",
        "is_active": False,
        "is_featured": True,
        "shopify_product_id": "77",
        "variants": [
            {
                "id": "v1",
                "sku": "s1",
                "name": "Blue shirt",
                "color": "blue",
                "size": "M",
                "material": "linen",
                "price_minor": 1000,
                "compare_at_price_minor": 1250,
                "stock": 0,
                "available": False,
                "oversell": True,
                "images": ["https://a.example/3"],
            }
        ],
    }


def test_an_unknown_column_goes_to_the_metadata() -> None:
    (draft,) = drafts("product_id,name,price,Season\np1,Shirt,1,Spring\n")
    assert draft.metadata == {"Season": "Spring"}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_found_by_the_header(mark: str) -> None:
    text = 'product_id,"name",price\np1,Shirt,19.90\n'.replace(",", mark)
    assert drafts(text)[0].variants[0].price_minor == 1990


def test_a_spreadsheet_that_separates_by_semicolons_writes_a_decimal_comma() -> None:
    assert drafts("product_id;name;price\np1;Shirt;19,90\n")[0].variants[0].price_minor == 1990
    assert errors('product_id,name,price\np1,Shirt,"19,90"\n') == [(2, "price")]


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 5), ("EUR", 500), ("KWD", 5000)])
def test_a_price_has_the_decimals_of_the_currency(currency: str, minor: int) -> None:
    assert drafts("product_id,name,price\np1,Shirt,5\n", currency)[0].variants[0].price_minor == minor


def test_titles_may_be_in_any_case_and_lines_end_in_any_way() -> None:
    assert drafts("Product_ID, NAME ,Price\r\np1,Shirt,5\r\n\r\np2,Hat,6\r\n")[1].name == "Hat"


def test_a_quoted_cell_may_hold_lines_and_rows_are_counted_as_a_spreadsheet_does() -> None:
    text = 'product_id,name,price,description\np1,Shirt,5,"one\ntwo\nthree"\n\np2,Hat,x,\n'
    assert errors(text) == [(4, "price")]


def test_every_problem_is_reported_and_the_other_products_come_in() -> None:
    text = HEADER + "p1,Shirt,free,,,,many\np2,Hat,9,,,,\np3,,5,,,,-1\n,Sock,5,,,,\np4,Belt,,,,,\n"
    assert sorted(errors(text)) == [
        (2, "price"),
        (2, "stock"),
        (4, "name"),
        (4, "stock"),
        (5, "product_id"),
        (6, "price"),
    ]
    assert names(text) == ["Hat"]


def test_one_bad_row_keeps_its_whole_product_out() -> None:
    text = HEADER + "p1,Shirt,5,,,M,\np2,Hat,5,,,,\np1,Shirt,-5,,,L,\n"
    assert errors(text) == [(4, "price")]
    assert names(text) == ["Hat"]


def test_an_id_used_for_two_products_is_an_error_of_the_later_row() -> None:
    assert errors(HEADER + "p1,Shirt,5,,,,\np1,Hat,5,,,,\n") == [(3, "name")]


def test_a_repeated_sku_is_an_error_of_the_later_row() -> None:
    assert errors(HEADER + "p1,Shirt,5,a,,,\np1,,5,b,,,\np1,,5,a,,,\n") == [(4, "sku")]


def test_another_currency_is_an_error_of_its_row() -> None:
    text = "product_id,name,price,currency\np1,Shirt,5,EUR\np1,,5,USD\np2,Hat,5,USD\n"
    assert errors(text) == [(3, "currency"), (4, "currency")]


def test_a_row_with_more_cells_than_the_header_is_not_guessed_at() -> None:
    assert errors("product_id,name,price\np1,Shirt, blue,5\n") == [(2, "row"), (2, "price")]


def test_a_bad_flag_and_a_bad_address_are_named() -> None:
    text = "product_id,name,price,available,images\np1,Shirt,5,maybe,ftp://a.example\n"
    assert errors(text) == [(2, "available"), (2, "images")]


@pytest.mark.parametrize("column", ["product_id", "name", "price"])
def test_a_missing_required_column_is_named(column: str) -> None:
    with pytest.raises(Invalid, match=column) as caught:
        names(HEADER.replace(column, "other") + "a,b,1,,,,\n")
    assert caught.value.field == column


def test_a_column_that_is_there_twice_is_named() -> None:
    with pytest.raises(Invalid, match="'Price' twice"):
        names("product_id,name,price,Price\np1,Shirt,1,2\n")


def test_a_quote_that_never_closes_names_the_row_where_it_opens() -> None:
    with pytest.raises(Invalid, match="row 3 is not CSV"):
        names('product_id,name,price\np1,Shirt,5\np2,"Hat,5\np3,Sock,5\n')


def test_a_header_without_end_is_refused() -> None:
    with pytest.raises(Invalid, match="row 1 is not CSV"):
        names('"product_id' + "x" * 1_100_000)


def test_a_header_alone_is_no_catalogue() -> None:
    with pytest.raises(Invalid, match="no product"):
        names(HEADER)


def test_a_description_of_half_a_megabyte_comes_in() -> None:
    (draft,) = drafts(f"product_id,name,price,description\np1,Shirt,5,{'word ' * 90_000}\n")
    assert draft.description.startswith("word word")
