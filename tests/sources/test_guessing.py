import pytest

from sources.guessing import guess_format


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("product_id,name,price\np1,Dress,1\n", "csv"),
        ("Artikel;Preis\nKleid;1,00\n", "csv"),
        ("Handle,Title,Option1 Name,Variant Price\n", "shopify_csv"),
        ("Title,URL handle,Description,Vendor,Option1 name,Price\n", "shopify_csv"),
        ("handle,title,price\n", "csv"),
        ('{"name": "Dress", "variants": []}\n{"name": "Shirt"}\n', "jsonl"),
        ('{"name": "Dress"}', "jsonl"),
        ('{"products": [{"id": 1}]}', "shopify_json"),
        ('{\n "products": [', "shopify_json"),
        ("[{", "shopify_json"),
        ("", "csv"),
        ("a,a\n", "csv"),
    ],
)
def test_a_file_is_known_by_how_it_begins(start: str, kind: str) -> None:
    assert guess_format(start) == kind
