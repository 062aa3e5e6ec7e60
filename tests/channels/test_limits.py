from channels.instagram.limits import TEXT_BYTES, fit_message, fit_private_reply
from models.turn import Card, Part, PartType


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


def test_a_comment_gets_one_text_with_everything_in_it() -> None:
    assert fit_private_reply([text("Here it is:"), cards(1), text("")]) == (
        text("Here it is:\n\n1. Dress, $65"),
    )
    assert fit_private_reply([text("")]) == ()


def test_what_is_too_long_for_a_private_reply_ends_in_an_ellipsis() -> None:
    [only] = fit_private_reply([text("word " * 400)])
    assert only.text.endswith("word…")
    assert len(only.text.encode()) <= TEXT_BYTES
