from datetime import UTC, datetime

import pytest

from channels.instagram import ignored
from models.message import EventKind, InboundEvent
from tests.channels.payloads import BEN, SHOP, body, changed, comment, comment_value, only, parsed


def test_a_comment_arrives_with_its_author_and_post() -> None:
    assert only(comment(parent_id="17900000000000000")) == InboundEvent(
        channel="instagram",
        account_id=SHOP,
        key="17900000000000001",
        kind=EventKind.COMMENT,
        customer_id=BEN,
        at=datetime.fromtimestamp(1760000000, UTC),
        text="price?",
        message_id="17900000000000001",
        media_id="18100000000000001",
        subjects=("18100000000000001",),
        parent_id="17900000000000000",
        username="ben_buys",
    )


def test_all_three_envelopes_carry_the_same_comment() -> None:
    flat = {"id": SHOP, "time": 1760000000, "field": "comments", "value": comment_value()}
    elsewhere = comment_value(comment_id="17900000000000001")
    del elsewhere["id"]
    assert only(body(flat)) == only(changed("comments", elsewhere)) == only(comment())


def test_a_live_comment_is_a_comment() -> None:
    event = only(comment("live_comments"))
    assert (event.kind, event.live) == (EventKind.COMMENT, True)
    assert not only(comment()).live


def test_a_comment_under_an_ad_names_the_ad() -> None:
    media = {
        "id": "18100000000000001",
        "media_product_type": "AD",
        "ad_id": "120210000000000001",
        "ad_title": "Summer",
        "original_media_id": "18100000000000002",
    }
    event = only(comment(media=media))
    assert (event.referral, event.title) == ("120210000000000001", "Summer")
    # Whichever of the three the merchant named products for.
    assert event.subjects == ("18100000000000001", "18100000000000002", "120210000000000001")


@pytest.mark.parametrize("author", [{"id": SHOP}, {"id": "1", "self_ig_scoped_id": "2"}])
def test_our_own_comments_are_never_answered(author: dict[str, str]) -> None:
    assert only(changed("comments", comment_value() | {"from": author})).ignored == ignored.OWN_COMMENT


@pytest.mark.parametrize("author", [{}, None, "ben"])
def test_a_comment_that_could_be_our_own_is_not_answered(author: object) -> None:
    event = only(changed("comments", comment_value() | {"from": author}))
    assert (event.customer_id, event.ignored) == ("", ignored.UNKNOWN_AUTHOR)


def test_a_comment_without_words_is_not_answered() -> None:
    assert only(comment(text="")).ignored == ignored.EMPTY


def test_a_comment_needs_only_its_id() -> None:
    event = only(changed("comments", {"id": "17900000000000001"}))
    assert (event.text, event.media_id, event.parent_id) == ("", None, None)


def test_a_comment_without_an_id_is_dropped() -> None:
    assert parsed(changed("comments", {"text": "price?"})).dropped == 1


def test_a_mention_is_on_record_though_its_text_is_elsewhere() -> None:
    event = only(changed("mentions", {"media_id": "18100000000000001", "comment_id": "179"}))
    assert (event.kind, event.media_id, event.message_id) == (EventKind.OTHER, "18100000000000001", "179")
    assert event.ignored == ignored.MENTION
    assert only(changed("mentions", {"media_id": "18100000000000001"})).key != event.key
    assert parsed(changed("mentions", {})).dropped == 1


def test_an_unknown_field_is_kept_as_an_unknown_event() -> None:
    event = only(changed("story_insights", {"media_id": "181", "reach": 44}))
    assert (event.kind, event.ignored) == (EventKind.OTHER, ignored.UNKNOWN_EVENT)
