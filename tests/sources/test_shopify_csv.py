import pytest

from models.errors import Invalid
from sources.drafts import ProductDraft
from sources.reading import read
from sources.rows import ProductRow, RowError

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,"
    "Option2 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
    "Variant Price,Variant Compare At Price,Image Src,Image Position,Variant Image,Status\n"
)
SHIRT = """shirt,Shirt,<p>Soft</p>,Acme,Tops,"new, summer",true,Colour,Blue,Size,M,a,shopify,3,deny,19.90,25,\
https://cdn.example/1.jpg,2,https://cdn.example/blue.jpg,active
shirt,,,,,,,,Blue,,L,b,shopify,-2,continue,19.90,0.00,//cdn.example/2.jpg,1,,
shirt,,,,,,,,,,,,,,,,,https://cdn.example/3.jpg,3,,
"""


def drafts(text: str) -> list[ProductDraft]:
    items = list(read("shopify_csv", text.encode(), "EUR"))
    assert not [item for item in items if isinstance(item, RowError)]
    return [item.draft for item in items if isinstance(item, ProductRow)]


def errors(text: str) -> list[tuple[int, str]]:
    items = read("shopify_csv", text.encode(), "EUR")
    return [(item.row, item.field) for item in items if isinstance(item, RowError)]


def row(**cells: str) -> str:
    """A product of one row, with some of its cells. Underscores stand for spaces."""
    named = {"Handle": "hat", "Title": "Hat", "Variant Price": "5"}
    named |= {title.replace("_", " "): cell for title, cell in cells.items()}
    return f"{HEADER}{','.join(named.get(title, '') for title in HEADER.strip().split(','))}\n"


def test_a_product_is_read_with_its_options_named_only_once() -> None:
    (draft,) = drafts(HEADER + SHIRT)
    assert (draft.id, draft.name, draft.description, draft.brand) == (
        "shopify-shirt",
        "Shirt",
        "Soft",
        "Acme",
    )
    assert (draft.category, draft.tags, draft.metadata) == (["Tops"], ["new", "summer"], {"handle": "shirt"})
    assert [(v.name, v.color, v.size, v.price_minor) for v in draft.variants] == [
        ("Blue / M", "Blue", "M", 1990),
        ("Blue / L", "Blue", "L", 1990),
    ]


def test_a_row_with_only_a_picture_is_no_variant_and_pictures_keep_their_order() -> None:
    (draft,) = drafts(HEADER + SHIRT)
    assert draft.images == [f"https://cdn.example/{number}.jpg" for number in (2, 1, 3)]
    assert [variant.images for variant in draft.variants] == [["https://cdn.example/blue.jpg"], []]


def test_a_tracked_variant_has_its_quantity_and_an_oversold_one_has_none_left() -> None:
    (draft,) = drafts(HEADER + SHIRT)
    assert [(v.stock, v.oversell, v.compare_at_price_minor) for v in draft.variants] == [
        (3, False, 2500),
        (0, True, None),
    ]


def test_a_blank_tracker_means_not_tracked_whatever_the_quantity() -> None:
    assert drafts(row(Variant_Inventory_Qty="0"))[0].variants[0].stock is None


def test_tracked_without_a_quantity_is_unknown() -> None:
    assert drafts(row(Variant_Inventory_Tracker="shopify"))[0].variants[0].stock is None


def test_without_a_tracker_column_the_quantity_counts() -> None:
    text = row(Variant_Inventory_Qty="4").replace("Variant Inventory Tracker", "Other")
    assert drafts(text)[0].variants[0].stock == 4


@pytest.mark.parametrize(
    ("published", "status", "active"),
    [
        ("true", "active", True),
        ("TRUE", "", True),
        ("", "", True),
        ("false", "active", False),
        ("true", "draft", False),
        ("true", "Archived", False),
    ],
)
def test_only_what_is_published_and_active_is_active(published: str, status: str, active: bool) -> None:
    assert drafts(row(Published=published, Status=status))[0].is_active is active


def test_a_product_without_options_has_a_variant_without_a_name() -> None:
    (draft,) = drafts(row(Option1_Name="Title", Option1_Value="Default Title", Variant_SKU="'0042"))
    (variant,) = draft.variants
    assert (variant.name, variant.color, variant.size, variant.sku) == (None, None, None, "0042")


def test_the_column_names_of_the_newer_export_are_known() -> None:
    text = (
        "Title,URL handle,Description,Product category,Published on online store,Status,SKU,Option1 name,"
        "Option1 value,Price,Compare-at price,Inventory tracker,Inventory quantity,"
        "Continue selling when out of stock,Product image URL\n"
        "Hat,hat,Warm,Clothing > Hats,TRUE,Active,h1,Farbe,Rot,12.00,,shopify,2,TRUE,https://cdn.example/h.jpg\n"
    )
    (draft,) = drafts(text)
    (variant,) = draft.variants
    assert (draft.id, draft.description, draft.category) == ("shopify-hat", "Warm", ["Clothing", "Hats"])
    assert (variant.color, variant.stock, variant.oversell, variant.sku) == ("Rot", 2, True, "h1")
    assert (draft.is_active, draft.images) == (True, ["https://cdn.example/h.jpg"])


def test_errors_are_named_by_the_column_of_the_file() -> None:
    assert errors(row(Variant_Price="free", Title="", Variant_Inventory_Qty="1.5")) == [
        (2, "Variant Inventory Qty"),
        (2, "Variant Price"),
        (2, "Title"),
    ]
    assert errors(row(Handle="")) == [(2, "Handle")]
    assert errors(row(Image_Src="picture.jpg")) == [(2, "Image Src")]


def test_a_variant_without_a_price_keeps_its_product_out() -> None:
    assert errors(HEADER + SHIRT.replace("continue,19.90", "continue,")) == [(3, "Variant Price")]


@pytest.mark.parametrize("title", ["Handle", "Title", "Variant Price"])
def test_a_missing_required_column_is_named_as_shopify_does(title: str) -> None:
    with pytest.raises(Invalid) as caught:
        errors(HEADER.replace(title, "Other", 1) + SHIRT)
    assert caught.value.field == title
