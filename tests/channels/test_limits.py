from dataclasses import replace

from channels.instagram.limits import (
    CARDS_RATE,
    PRIVATE_REPLY_RATE,
    TEXT_BYTES,
    TEXT_RATE,
    fit_comment,
    fit_message,
)
from models.turn import Card, Part, PartType

APP = "https://shop.example"


def text(content: str) -> Part:
    return Part(type=PartType.TEXT, text=content)


def cards(number: int, content: str = "1. Dress, $65") -> Part:
    card = Card(
        product_id="p",
        variant_id="v",
        name="Dress",
        text="$65",
        price_minor=6500,
        compare_at_price_minor=None,
        currency="USD",
        url=None,
        image=None,
    )
    return Part(type=PartType.CARDS, text=content, cards=(card,) * number)


def test_a_short_reply_stays_as_it_is() -> None:
    reply = (text("Here are two:"), cards(2))
    assert fit_message(reply) == reply


def test_a_long_text_becomes_several_bubbles_in_order() -> None:
    bubbles = fit_message([text("ü " * 700), text("end")])
    assert len(bubbles) == 4
    assert all(len(bubble.text.encode()) <= TEXT_BYTES for bubble in bubbles)
    assert bubbles[-1] == text("end")


def test_an_empty_text_is_no_bubble() -> None:
    assert fit_message([text("  ")]) == ()


def test_more_cards_than_a_carousel_holds_make_two() -> None:
    first, second = fit_message([cards(12)])
    assert (len(first.cards), len(second.cards)) == (10, 2)
    assert first.text == "1. Dress, $65"


def test_a_comment_gets_one_private_text_with_its_cards_written_out_and_one_public_line() -> None:
    line = Part(type=PartType.COMMENT, text="Sent you a message!")
    linked = replace(cards(1).cards[0], url="/r/abc")
    private, public = fit_comment(
        [text("Here it is:"), replace(cards(1), cards=(linked,)), text(""), line], APP
    )
    assert private.type is PartType.TEXT
    assert private.text == "Here it is:\n\nDress – $65\nhttps://shop.example/r/abc"
    assert private.cards == (linked,)
    assert public == line
    assert fit_comment([text("")], APP) == ()


def test_a_private_reply_holds_as_many_cards_as_fit_whole() -> None:
    [only] = fit_comment([text("Here:"), cards(200)], APP)
    assert len(only.text.encode()) <= TEXT_BYTES
    assert only.text.count("Dress – $65") == len(only.cards) > 50
    assert only.text.endswith("Dress – $65")


def test_what_is_too_long_for_a_comment_ends_in_an_ellipsis() -> None:
    long = "word " * 400
    private, public = fit_comment([text(long), Part(type=PartType.COMMENT, text=long)], APP)
    assert private.text.endswith("word…")
    assert len(private.text.encode()) <= TEXT_BYTES
    assert public.text.endswith("word…")
    assert len(public.text) <= 300


def test_no_second_sees_more_than_instagram_takes_even_if_a_tenth_arrives_in_a_bunch() -> None:
    for rate, most in ((TEXT_RATE, 100), (CARDS_RATE, 10)):
        assert 1.1 * (rate.per_s + rate.burst) <= most


def test_no_hour_sees_more_private_replies_than_instagram_takes_even_after_a_restart() -> None:
    assert 3600 * PRIVATE_REPLY_RATE.per_s + 2 * PRIVATE_REPLY_RATE.burst <= 750
