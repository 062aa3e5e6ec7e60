from collections import Counter
from datetime import UTC, datetime, timedelta

from demo.catalogue import load
from demo.palette import COLORS
from models.merchant import Merchant
from models.product import Product

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
Products = tuple[Product, ...]


def test_the_shop_has_enough_to_browse(products: Products) -> None:
    tops = Counter(product.category[0] for product in products)
    assert len(products) >= 150
    assert len(tops) >= 6
    assert min(tops.values()) >= 10


def test_every_shelf_offers_a_choice(products: Products) -> None:
    shelves = Counter(product.category for product in products)
    assert all(len(category) == 2 for category in shelves)
    assert min(shelves.values()) >= 2


def test_a_blue_dress_under_80_in_stock_has_at_least_four_answers(products: Products) -> None:
    answers = {
        product.name
        for product in products
        for variant in product.variants
        if product.category == ("Clothing", "Dresses")
        and variant.color == "blue"
        and variant.sellable
        and variant.price_minor < 80_00
    }
    assert len(answers) >= 4


def test_every_product_and_variant_can_be_shown_and_bought(products: Products) -> None:
    for product in products:
        assert product.variants
        assert product.main_image in product.images
        assert product.currency == "USD"
        assert product.product_url == f"http://localhost:8000/shop/{product.id.removeprefix('demo-')}"
        for variant in product.variants:
            assert set(variant.images) <= set(product.images)
            assert variant.images
            assert variant.size


def test_ids_and_skus_are_unique(products: Products) -> None:
    variants = [variant for product in products for variant in product.variants]
    assert len({product.id for product in products}) == len(products)
    assert len({variant.id for variant in variants}) == len(variants)
    assert len({variant.sku for variant in variants}) == len(variants)


def test_ids_say_what_they_name(products: Products) -> None:
    dress = next(product for product in products if product.id == "demo-linen-wrap-dress")
    assert dress.variant("demo-linen-wrap-dress-navy-m") is not None


def test_prices_are_those_of_a_shop(products: Products) -> None:
    for product in products:
        assert 10_00 <= product.price_range.min_minor <= product.price_range.max_minor <= 300_00, product.id
        for variant in product.variants:
            if variant.compare_at_price_minor is not None:
                assert variant.on_sale, variant.id
                assert variant.price_minor > variant.compare_at_price_minor * 0.5, variant.id


def test_some_things_are_on_sale_but_not_most(products: Products) -> None:
    on_sale = sum(any(variant.on_sale for variant in product.variants) for product in products)
    assert 15 <= on_sale <= len(products) // 4


def test_stock_comes_in_every_kind(products: Products) -> None:
    stocks = [variant.stock for product in products for variant in product.variants]
    assert stocks.count(None) >= 4
    assert stocks.count(0) >= 50
    assert sum(stock in {1, 2, 3} for stock in stocks) >= 200
    assert sum(stock is not None and stock > 10 for stock in stocks) >= 50
    assert 3 <= sum(not product.sellable for product in products) <= 10


def test_no_two_products_share_their_words(products: Products) -> None:
    for words in (
        [product.name for product in products],
        [product.description for product in products],
        [product.short_description for product in products],
    ):
        assert len(set(words)) == len(words)
    openings = Counter(" ".join(product.description.split()[:4]) for product in products)
    assert openings.most_common(1)[0][1] == 1


def test_descriptions_are_written_out_and_short_ones_are_short(products: Products) -> None:
    for product in products:
        assert 80 <= len(product.description) <= 400, product.id
        assert 10 <= len(product.short_description) <= 75, product.id
        assert product.description.endswith((".", "?")), product.id
        assert 2 <= product.description.count(". ") + 1 <= 4, product.id
        assert product.tags, product.id


def test_every_colour_can_be_drawn(products: Products) -> None:
    worn = {variant.color for product in products for variant in product.variants if variant.color}
    assert worn <= set(COLORS)


def test_products_arrived_over_the_past_months(products: Products) -> None:
    ages = [NOW - product.created_at for product in products]
    assert min(ages) > timedelta(0)
    assert max(ages) - min(ages) > timedelta(days=150)


def test_some_products_are_featured(products: Products) -> None:
    assert 10 <= sum(product.is_featured for product in products) <= len(products) // 4


def test_the_shop_answers_what_customers_ask(merchant: Merchant) -> None:
    assert merchant.name
    assert {"returns", "shipping", "payment", "sizing"} <= set(merchant.policies)
    assert len(merchant.faq) >= 8
    assert merchant.contact.email
    assert merchant.contact.url == "http://localhost:8000/shop"
    texts = [merchant.voice, *merchant.policies.values(), *(entry.answer for entry in merchant.faq)]
    assert all(text == text.strip() and "\n" not in text for text in texts)


def test_the_same_moment_gives_the_same_shop() -> None:
    assert load("http://localhost:8000/", NOW) == load("http://localhost:8000", NOW)
