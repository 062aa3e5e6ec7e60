"""The evaluation's own parts: journeys are read strictly, filled from a shop's words, judged by a variant."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.product import Product, Variant
from models.turn import Intent
from scripts.evaluation.facts import failing, meeting
from scripts.evaluation.filling import filled
from scripts.evaluation.journeys import (
    ANY_SHOP,
    FRESH,
    KNOWN,
    Facts,
    Journey,
    UnreadableJourney,
    read_journeys,
)
from scripts.evaluation.report import Rate, aims_missed
from scripts.evaluation.shops import NOW, Shop, demo_shop, shop_of_file

PRODUCT = Product(
    id="p",
    name="Harbour Dress",
    category=("Clothing", "Dresses"),
    currency="USD",
    variants=(
        Variant(id="1", name="Navy / S", color="navy", size="S", price_minor=9000, stock=2),
        Variant(id="2", name="Red / M", color="red", size="M", price_minor=5000, stock=0),
    ),
    created_at=NOW,
)


def test_facts_are_met_by_one_variant_or_not_at_all() -> None:
    wanted = Facts(color="blue", size="S")
    assert not failing(PRODUCT, PRODUCT.variants[0], wanted)
    assert failing(PRODUCT, PRODUCT.variants[0], Facts(color="blue", size="M")) == ["size ('M',)"]
    assert failing(PRODUCT, PRODUCT.variants[0], Facts(color="blue", max=6000)) == ["max 6000"]


def test_what_is_sold_out_meets_no_wish() -> None:
    assert list(meeting((PRODUCT,), Facts(kind="dress"))) == [(PRODUCT, PRODUCT.variants[0])]


def test_a_colour_of_a_product_without_options_stands_in_its_name() -> None:
    can = replace(
        PRODUCT, name="Yellow watering can", category=(), variants=(Variant(id="1", name="x", price_minor=1),)
    )
    assert not failing(can, can.variants[0], Facts(color="yellow", kind="watering cans"))
    assert failing(can, can.variants[0], Facts(color="green"))


def test_a_journey_with_an_unknown_fact_names_it(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("- {name: A, turns: [{say: hi, shows: {colour: red}}]}")
    with pytest.raises(UnreadableJourney, match=r"en.yaml, A: turns.0.shows.colour"):
        list(read_journeys(tmp_path))


def test_a_file_that_is_no_list_of_journeys_says_so(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("name: A")
    with pytest.raises(UnreadableJourney, match="a list of journeys"):
        list(read_journeys(tmp_path))


def test_there_are_enough_journeys_in_every_language_and_intent() -> None:
    every = [one for folder in (KNOWN, FRESH) for one in read_journeys(folder)]
    count = {
        code: sum(one.language == code for one in every) for code in ("en", "de", "fr", "es", "it", "pt")
    }
    assert count["en"] >= 60
    assert min(count.values()) >= 6
    assert {intent for one in every for said in one.turns for intent in said.intent} == set(Intent)


def test_templates_are_filled_the_same_way_every_time() -> None:
    first, again = (list(filled(ANY_SHOP, demo_shop(), rounds=2, seed=1)) for _ in range(2))
    assert first == again
    assert not any("{" in said.text for journey in first for said in journey.turns)
    assert {journey.language for journey in first} == {"en", "de", "fr", "es", "it", "pt"}


def test_another_seed_fills_other_words() -> None:
    assert texts(filled_with(1)) != texts(filled_with(2))


def filled_with(seed: int) -> list[Journey]:
    return list(filled(ANY_SHOP, demo_shop(), rounds=1, seed=seed))


def texts(journeys: list[Journey]) -> list[str]:
    return [said.text for journey in journeys for said in journey.turns]


def test_a_merchant_s_file_is_a_shop(tmp_path: Path) -> None:
    path = tmp_path / "products.csv"
    path.write_text("product_id,name,price,category\n1,Clay Pot,12.50,Home > Pots\n2,,5,Home\n")
    shop = shop_of_file(path, "csv", "EUR")
    assert isinstance(shop, Shop)
    assert [(one.name, one.variants[0].price_minor, one.currency) for one in shop.products] == [
        ("Clay Pot", 1250, "EUR")
    ]


def test_the_aims_are_met_exactly_or_missed_with_a_sentence() -> None:
    assert not aims_missed({"en": Rate(met=9, of=10), "de": Rate(met=3, of=4)}, Rate(met=0, of=10))
    missed = aims_missed({"en": Rate(met=8, of=10), "de": Rate(met=2, of=4)}, Rate(met=1, of=10))
    assert [one.split(":")[0] for one in missed[:2]] == ["en", "de"]
    assert "wrong facts" in missed[2]
