from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from models.codec import to_jsonable
from models.errors import Invalid
from models.money import MAX_MINOR
from models.product import Product
from sources.drafts import MAX_VARIANTS, ProductDraft, keep_ids, to_product

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def shirt(*variants: dict[str, Any], **fields: Any) -> ProductDraft:
    listed = [{"price_minor": 1990} | variant for variant in variants or ({},)]
    return ProductDraft.model_validate({"name": "Shirt", "variants": listed} | fields, context="EUR")


def faults(**fields: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        shirt(**fields)
    return {".".join(map(str, error["loc"])): error["msg"] for error in caught.value.errors()}


def product(draft: ProductDraft, new_id: Callable[[], str]) -> Product:
    return to_product(draft, "EUR", id="p1", now=NOW, new_id=new_id)


@pytest.mark.parametrize("price", [-1, MAX_MINOR + 1, 19.9, 19.0, "19", True, None, 10**30])
def test_a_price_is_a_whole_number_of_minor_units_within_reason(price: Any) -> None:
    assert set(faults(variants=[{"price_minor": price}])) == {"variants.0.price_minor"}


@pytest.mark.parametrize("stock", [-1, 1.0, True, "4", 2**31])
def test_stock_is_a_whole_number_or_null(stock: Any) -> None:
    assert set(faults(variants=[{"price_minor": 1, "stock": stock}])) == {"variants.0.stock"}
    assert shirt({"stock": None}).variants[0].stock is None


@pytest.mark.parametrize("name", ["", "  \t ", "\x00", "x" * 501])
def test_a_name_is_neither_blank_nor_endless(name: str) -> None:
    assert set(faults(name=name)) == {"name"}


def test_a_product_without_variants_has_nothing_to_sell() -> None:
    assert set(faults(variants=[])) == {"variants"}
    with pytest.raises(ValidationError, match="variants"):
        ProductDraft.model_validate({"name": "Shirt"})


def test_a_product_has_at_most_2048_variants() -> None:
    assert len(shirt(*({} for _ in range(MAX_VARIANTS))).variants) == MAX_VARIANTS
    assert set(faults(variants=[{"price_minor": 1}] * (MAX_VARIANTS + 1))) == {"variants"}


def test_every_repeated_sku_and_id_is_named_where_it_is_repeated() -> None:
    variants = [{"price_minor": 1, "sku": sku, "id": id_} for sku, id_ in ("ax", "ay", "bx", "az")]
    assert set(faults(variants=variants)) == {"variants.1.sku", "variants.3.sku", "variants.2.id"}


def test_any_number_of_variants_may_have_no_sku() -> None:
    assert [variant.sku for variant in shirt({"sku": ""}, {"sku": " "}, {}).variants] == [None, None, None]


@pytest.mark.parametrize("currency", ["XXY", "USD", ""])
def test_a_product_is_in_the_currency_of_its_shop(currency: str) -> None:
    assert set(faults(currency=currency)) == {"currency"}


def test_a_currency_is_optional_and_may_be_in_small_letters() -> None:
    assert shirt(currency="eur").currency == "EUR"
    assert shirt().currency is None


def test_a_currency_that_no_context_could_check_is_checked_on_the_way_to_a_product(
    new_id: Callable[[], str],
) -> None:
    draft = ProductDraft.model_validate({"name": "A", "currency": "USD", "variants": [{"price_minor": 1}]})
    with pytest.raises(Invalid) as caught:
        product(draft, new_id)
    assert caught.value.field == "currency"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://a.example/b", "http://", "//a.example/b", "https://a b", "http://[::1"],
)
def test_an_address_is_http_or_https_or_our_own_picture(url: str) -> None:
    assert set(faults(images=[url])) == {"images.0"}
    assert shirt(images=["/media/k1.png", "http://a.example/b"]).images == [
        "/media/k1.png",
        "http://a.example/b",
    ]


@pytest.mark.parametrize("value", ["", " ", "é" * 129, "a\x00b", "a\nb", 7])
def test_an_id_is_a_short_string_of_visible_characters(value: Any) -> None:
    assert set(faults(id=value)) == {"id"}


def test_an_unknown_key_is_named() -> None:
    assert set(faults(colour="blue")) == {"colour"}


def test_html_and_control_characters_do_not_come_in() -> None:
    draft = shirt({"color": "bl\x00ue"}, name="Shirt\x07\n two", description="<p>Soft &amp; warm</p>\x00")
    assert (draft.name, draft.description, draft.variants[0].color) == ("Shirt two", "Soft & warm", "blue")


def test_a_long_description_is_cut_and_an_absurd_one_refused() -> None:
    assert len(shirt(description="<p>word</p>" * 5_000).description) <= 20_000
    assert set(faults(description="x" * 500_001)) == {"description"}


def test_metadata_is_json_that_a_database_can_hold() -> None:
    assert shirt(metadata={"a\x00": ["b\x00", {"c": 1.5}]}).metadata == {"a": ["b", {"c": 1.5}]}
    for bad in ({"a": float("nan")}, {"a": "x" * 20_001}, {"a": object()}):
        assert any(field.startswith("metadata") for field in faults(metadata=bad))


def test_blank_and_repeated_tags_are_dropped() -> None:
    assert shirt(tags=["new", " ", "new", "sale "]).tags == ["new", "sale"]


def test_a_variant_without_a_name_is_called_by_its_options_or_its_product(new_id: Callable[[], str]) -> None:
    variants = product(shirt({"color": "blue", "size": "M"}, {}, {"name": "Gift set"}), new_id).variants
    assert [variant.name for variant in variants] == ["blue / M", "Shirt", "Gift set"]


def test_missing_ids_are_made_and_given_ones_kept(new_id: Callable[[], str]) -> None:
    variants = product(shirt({"id": "v7"}, {}, {}), new_id).variants
    assert [variant.id for variant in variants] == ["v7", "made-1", "made-2"]


def test_the_first_picture_is_the_main_one_unless_another_is_named(new_id: Callable[[], str]) -> None:
    first = "https://a.example/1"
    assert product(shirt(images=[first, "https://a.example/2"]), new_id).main_image == first


def test_what_we_give_out_can_be_given_back(new_id: Callable[[], str]) -> None:
    before = product(shirt({"sku": "a", "color": "blue", "stock": 3}, {"oversell": True}, tags=["x"]), new_id)
    given = to_jsonable(before) | {"price_range": {"min_minor": 1990, "max_minor": 1990}}
    assert product(ProductDraft.model_validate(given, context="EUR"), new_id) == before


def updated(old: list[dict[str, Any]], new: list[dict[str, Any]], new_id: Callable[[], str]) -> list[str]:
    """Ids after an update of variants a, b, ... by ones without ids."""
    named = [{"id": letter} | variant for letter, variant in zip("abcdef", old, strict=False)]
    after = keep_ids(product(shirt(*new), new_id), product(shirt(*named), new_id))
    return [variant.id for variant in after.variants]


def test_a_variant_keeps_its_id_by_its_sku_in_any_order(new_id: Callable[[], str]) -> None:
    old = [{"sku": "1", "color": "red"}, {"sku": "2", "color": "blue"}]
    assert updated(old, [{"sku": "2"}, {"sku": "3"}, {"sku": "1"}], new_id) == ["b", "made-2", "a"]


def test_a_variant_keeps_its_id_by_its_options_when_its_sku_is_new(new_id: Callable[[], str]) -> None:
    old = [{"sku": "1", "color": "red", "size": "M"}, {"color": "red", "size": "L"}]
    assert updated(
        old, [{"color": "red", "size": "L"}, {"sku": "9", "color": "red", "size": "M"}], new_id
    ) == [
        "b",
        "a",
    ]


def test_a_variant_keeps_its_id_by_its_name(new_id: Callable[[], str]) -> None:
    assert updated([{"name": "Big"}, {"name": "Small"}], [{"name": "Small"}], new_id) == ["b"]


def test_the_nameless_variant_of_a_renamed_product_keeps_its_id(new_id: Callable[[], str]) -> None:
    old, new = product(shirt({}), new_id), product(shirt({}, name="Blouse"), new_id)
    assert keep_ids(new, old).variants[0].id == old.variants[0].id


def test_thousands_of_variants_are_matched_at_once(new_id: Callable[[], str]) -> None:
    many = [{"size": str(number)} for number in range(MAX_VARIANTS)]
    old, new = product(shirt(*many), new_id), product(shirt(*reversed(many)), new_id)
    assert [v.id for v in keep_ids(new, old).variants] == [v.id for v in reversed(old.variants)]


def test_a_chosen_id_stands_though_its_sku_had_another(new_id: Callable[[], str]) -> None:
    old, new = (
        product(shirt({"id": "a", "sku": "1"}), new_id),
        product(shirt({"id": "z", "sku": "1"}), new_id),
    )
    assert [variant.id for variant in keep_ids(new, old, given=["z"]).variants] == ["z"]
    assert [variant.id for variant in keep_ids(new, old).variants] == ["a"]


def test_no_two_variants_become_one(new_id: Callable[[], str]) -> None:
    assert updated([{"name": "Big"}], [{"name": "Big"}, {"name": "Big"}], new_id) == ["a", "made-2"]


def test_an_id_that_is_given_is_not_taken_by_another_variant(new_id: Callable[[], str]) -> None:
    new = [{"id": "b", "color": "red"}, {"color": "blue"}, {"color": "red"}]
    assert updated([{"color": "red"}, {"color": "blue"}], new, new_id) == ["b", "made-1", "a"]
