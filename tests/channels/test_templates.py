from dataclasses import replace
from typing import Any

import pytest

from channels.instagram.templates import generic_template
from models.turn import Card
from tests.standins.graph_rules import check_message

CARD = Card(
    product_id="p1",
    variant_id="v1",
    name="Linen dress",
    text="$65, blue, in stock",
    price_minor=6500,
    compare_at_price_minor=None,
    currency="USD",
    url="https://shop.example/dress",
    image="https://cdn.example/dress.jpg?v=2",
)


def elements(*cards: Card, pictures: bool = True) -> list[dict[str, Any]]:
    message = generic_template(cards, app_url="https://app.example/", pictures=pictures)
    assert check_message(message) == "cards"
    found: list[dict[str, Any]] = message["attachment"]["payload"]["elements"]
    return found


def test_a_card_has_a_picture_two_lines_and_a_link() -> None:
    assert elements(CARD) == [
        {
            "title": "Linen dress",
            "subtitle": "$65, blue, in stock",
            "image_url": "https://cdn.example/dress.jpg?v=2",
            "default_action": {"type": "web_url", "url": "https://shop.example/dress"},
            "buttons": [{"type": "web_url", "url": "https://shop.example/dress", "title": "View"}],
        }
    ]


def test_lines_are_cut_between_visible_characters() -> None:
    [element] = elements(replace(CARD, name="👩‍👩‍👧" * 20, text="e\u0301" * 80))
    assert element["title"] == "👩‍👩‍👧" * 9 + "…"
    assert element["subtitle"] == "e\u0301" * 39 + "…"


def test_at_most_ten_cards_leave() -> None:
    assert len(elements(*[CARD] * 12)) == 10


def test_relative_addresses_are_ours() -> None:
    [element] = elements(replace(CARD, url="/r/abc", image="/media/k1.png"))
    assert element["image_url"] == "https://app.example/media/k1.png"
    assert element["buttons"][0]["url"] == "https://app.example/r/abc"


def test_an_address_without_a_scheme_is_https() -> None:
    assert elements(replace(CARD, image="//cdn.example/a.png"))[0]["image_url"] == "https://cdn.example/a.png"


def test_spaces_and_umlauts_in_an_address_are_escaped_once() -> None:
    [element] = elements(replace(CARD, url="https://shop.example/blaues kleid?ü=%20"))
    assert element["default_action"]["url"] == "https://shop.example/blaues%20kleid?%C3%BC=%20"


@pytest.mark.parametrize(
    "image",
    [None, "", "ftp://x/a.png", "https://x/a.webp", "https://x/a.svg", "data:image/png;base64,AA", "a.png"],
)
def test_a_picture_instagram_cannot_show_is_left_out(image: str | None) -> None:
    assert "image_url" not in elements(replace(CARD, image=image))[0]


@pytest.mark.parametrize(
    "url", [None, "javascript:alert(1)", "shop.example/dress", "https://", "https://[::1"]
)
def test_what_is_no_web_address_is_no_link(url: str | None) -> None:
    assert not {"default_action", "buttons"} & set(elements(replace(CARD, url=url))[0])


def test_a_card_with_nothing_but_a_name_is_still_accepted() -> None:
    assert elements(replace(CARD, text="", url=None, image=None)) == [
        {"title": "Linen dress", "subtitle": "Linen dress"}
    ]


def test_pictures_can_be_left_out() -> None:
    assert "image_url" not in elements(CARD, pictures=False)[0]
