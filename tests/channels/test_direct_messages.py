from datetime import UTC, datetime

import pytest

from channels.instagram import ignored
from models.message import Attachment, EventKind, InboundEvent
from tests.channels.payloads import (
    ANNA,
    SENT_AT,
    SENT_MS,
    SHOP,
    attached,
    body,
    changed,
    comment_value,
    direct,
    echo,
    entry,
    message,
    messaging,
    only,
    parsed,
)

IMAGE = "https://cdn.example/1.jpg?sig=x"


def test_a_text_arrives_with_who_where_and_when() -> None:
    assert direct(message(text="hi, is this in stock?")) == InboundEvent(
        channel="instagram",
        account_id=SHOP,
        key="aWdfMDAx",
        kind=EventKind.MESSAGE,
        customer_id=ANNA,
        at=SENT_AT,
        text="hi, is this in stock?",
        message_id="aWdfMDAx",
    )


@pytest.mark.parametrize(
    "kind",
    [
        *("image", "video", "audio", "file", "media", "share"),
        *("ig_post", "ig_reel", "reel", "story", "ig_story", "story_mention"),
        "a_kind_of_next_year",
    ],
)
def test_an_attachment_alone_is_a_message_to_answer(kind: str) -> None:
    event = direct(attached(kind, url=IMAGE))
    assert event.kind is EventKind.MESSAGE
    assert event.attachments == (Attachment(type=kind, url=IMAGE),)
    assert event.ignored is None


def test_text_may_come_with_several_attachments() -> None:
    pictures = [{"type": "image", "payload": {"url": IMAGE}}] * 2
    event = direct(message(text="these two", attachments=pictures))
    assert event.text == "these two"
    assert len(event.attachments) == 2


def test_a_shared_post_names_its_media() -> None:
    event = direct(attached("ig_post", url=IMAGE, ig_post_media_id="18100000000000009", title="New in"))
    assert event.media_id == "18100000000000009"
    assert event.attachments[0].title == "New in"
    assert direct(attached("ig_reel", url=IMAGE, reel_video_id="18000000000000003")).media_id == (
        "18000000000000003"
    )


def test_a_tapped_quick_reply_is_text_with_a_payload() -> None:
    event = direct(message(text="Blue", quick_reply={"payload": "COLOR_BLUE"}))
    assert (event.text, event.payload) == ("Blue", "COLOR_BLUE")


def test_an_inline_reply_names_the_message_it_answers() -> None:
    assert direct(message(text="this one", reply_to={"mid": "aWdfMDAw"})).reply_to == "aWdfMDAw"


def test_a_story_reply_names_the_story() -> None:
    story = {"url": "https://cdn.example/story", "id": "18000000000000001"}
    event = direct(message(text="still there?", reply_to={"story": story}))
    assert event.reply_to == event.media_id == "18000000000000001"
    assert event.subjects == ("18000000000000001",)


def test_of_an_older_share_the_code_in_its_link_is_known() -> None:
    event = direct(attached("share", url="https://www.instagram.com/p/DAbCdEfGhIj/?igsh=1"))
    assert event.media_id == "DAbCdEfGhIj"
    assert direct(attached("share", url="https://evil.example/p/DAbCdEfGhIj/")).media_id is None


@pytest.mark.parametrize("beside", [True, False])
def test_a_message_from_an_ad_or_link_carries_its_referral(beside: bool) -> None:
    ad = {"ad_id": "120210000000000001", "source": "ADS", "type": "OPEN_THREAD"}
    event = (
        messaging(message={"mid": "m", "text": "hi"}, referral=ad)
        if beside
        else message(text="hi", referral=ad)
    )
    assert direct(event).referral == "120210000000000001"
    assert direct(event).kind is EventKind.MESSAGE
    assert direct(event).subjects == ("120210000000000001",)


def test_an_ad_tells_its_title_and_a_link_its_ref() -> None:
    ad = {
        "ref": "spring",
        "ad_id": "120210",
        "ads_context_data": {"ad_title": "Linen week", "photo_url": "x"},
    }
    event = direct(message(text="hi", referral=ad))
    assert (event.title, event.referral, event.subjects) == ("Linen week", "spring", ("120210", "spring"))
    tapped = {"mid": "m", "title": "Sizes", "payload": "SIZES", "referral": {"ref": "spring"}}
    assert direct(messaging(postback=tapped)).subjects == ("spring",)


def test_who_comes_from_a_product_names_it() -> None:
    event = direct(message(text="in M?", referral={"product": {"id": "4455"}}))
    assert (event.referral, event.subjects) == ("4455", ("4455",))


def test_an_echo_belongs_to_the_conversation_of_its_recipient() -> None:
    event = direct(echo(text="Yes, a few left."))
    assert (event.kind, event.customer_id, event.message_id) == (EventKind.ECHO, ANNA, "aWdfMDA5")
    # Whether it was ours, only the outbox knows.
    assert event.ignored is None


def test_what_the_account_itself_sent_is_an_echo_even_unmarked() -> None:
    event = direct(messaging(sender=SHOP, recipient=ANNA, message={"mid": "m", "text": "hello"}))
    assert (event.kind, event.customer_id) == (EventKind.ECHO, ANNA)


def test_an_echo_of_a_carousel_has_no_text_and_still_counts() -> None:
    carousel = {"type": "template", "payload": {"generic": {"elements": [{"title": "Dress"}]}}}
    event = direct(echo(attachments=[carousel]))
    assert (event.kind, event.ignored) == (EventKind.ECHO, None)


def test_a_message_of_the_account_to_itself_is_never_answered() -> None:
    assert direct(echo(text="test", is_self=True)).ignored == ignored.SELF_MESSAGE
    tapped = messaging(is_self=True, postback={"mid": "m", "title": "Go", "payload": "GO"})
    assert direct(tapped).ignored == ignored.SELF_MESSAGE


def test_an_unsent_message_is_told_from_the_message_by_its_key() -> None:
    event = direct(message(is_deleted=True))
    assert (event.kind, event.key, event.message_id) == (EventKind.UNSEND, "aWdfMDAx:deleted", "aWdfMDAx")


def test_an_unsent_echo_stays_in_the_customers_conversation() -> None:
    event = direct(echo(is_deleted=True))
    assert (event.kind, event.customer_id) == (EventKind.UNSEND, ANNA)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ignored.EMPTY),
        ({"text": "  \n"}, ignored.EMPTY),
        ({"attachments": "none"}, ignored.EMPTY),
    ],
)
def test_a_message_without_content_says_why_it_gets_no_answer(fields: dict[str, object], why: str) -> None:
    event = direct(message(**fields))
    assert (event.kind, event.ignored) == (EventKind.MESSAGE, why)


def test_what_instagram_withholds_is_answered_like_an_attachment() -> None:
    event = direct(message(is_unsupported=True))
    assert (event.kind, event.ignored) == (EventKind.MESSAGE, None)
    assert [one.type for one in event.attachments] == ["unsupported"]
    # Where something came with it, that says what it is.
    event = direct(message(text="look", is_unsupported=True))
    assert (event.text, event.attachments) == ("look", ())


def test_a_reaction_and_its_withdrawal_are_two_events() -> None:
    liked = {"mid": "aWdfMDAx", "action": "react", "reaction": "love", "emoji": "❤️"}
    event = direct(messaging(reaction=liked))
    assert (event.kind, event.text, event.payload) == (EventKind.REACTION, "❤️", "react")
    assert event.key == f"aWdfMDAx:reaction:{ANNA}:react:{SENT_MS}"
    assert event.ignored == ignored.REACTION
    taken_back = direct(messaging(reaction={"mid": "aWdfMDAx", "action": "unreact"}))
    assert taken_back.key == f"aWdfMDAx:reaction:{ANNA}:unreact:{SENT_MS}"


def test_a_tapped_button_is_a_message() -> None:
    event = direct(messaging(postback={"mid": "aWdfMDAy", "title": "See sizes", "payload": "SIZES"}))
    assert (event.kind, event.key) == (EventKind.MESSAGE, "aWdfMDAy")
    assert (event.text, event.payload, event.ignored) == ("See sizes", "SIZES", None)


def test_a_button_without_a_message_id_is_known_by_who_when_and_what() -> None:
    event = direct(messaging(postback={"title": "See sizes", "payload": "SIZES"}))
    assert event.key == f"postback:{ANNA}:{SENT_MS}:SIZES"
    assert event.message_id is None


def test_a_read_receipt_is_one_for_each_reader_and_message() -> None:
    event = direct(messaging(read={"mid": "aWdfMDAx"}))
    assert (event.kind, event.key, event.ignored) == (
        EventKind.READ,
        f"read:{ANNA}:aWdfMDAx",
        ignored.READ,
    )


@pytest.mark.parametrize("number", [1, "1"])
def test_every_edit_of_a_message_is_an_event_of_its_own(number: object) -> None:
    event = direct(messaging(message_edit={"mid": "aWdfMDAx", "text": "in blue", "num_edit": number}))
    assert (event.kind, event.key, event.text) == (EventKind.EDIT, "aWdfMDAx:edit:1", "in blue")
    assert event.ignored is None


def test_an_opened_link_says_nothing() -> None:
    event = direct(messaging(referral={"ref": "spring", "source": "SHORTLINK", "type": "OPEN_THREAD"}))
    assert (event.kind, event.referral, event.text) == (EventKind.REFERRAL, "spring", "")
    assert event.subjects == ("spring",)


def test_an_unknown_event_is_kept_as_such() -> None:
    event = direct(messaging(optin={"type": "notification_messages"}))
    assert (event.kind, event.ignored) == (EventKind.OTHER, ignored.UNKNOWN_EVENT)


def test_another_apps_conversation_is_not_answered() -> None:
    event = only(body(entry(standby=[message(text="hi")])))
    assert (event.kind, event.text, event.ignored) == (EventKind.MESSAGE, "hi", ignored.STANDBY)


def test_the_dashboards_test_button_is_recognised() -> None:
    made_up = {
        "sender": {"id": "12334"},
        "recipient": {"id": "23245"},
        "timestamp": "1527459824",
        "message": {"mid": "random_mid", "text": "random_text"},
    }
    event = only(changed("messages", made_up))
    assert (event.text, event.ignored) == ("random_text", ignored.DASHBOARD_TEST)
    assert event.at.year == 2018


def test_the_test_button_is_recognised_in_its_other_shapes() -> None:
    event = only(changed("messages", {"recipient_id": SHOP, "is_echo": True, "is_self": True}))
    assert (event.kind, event.ignored) == (EventKind.OTHER, ignored.DASHBOARD_TEST)
    for field in ("comments", "live_comments", "messaging_postbacks", "of_next_year"):
        change = {"field": field, "value": comment_value()}
        assert only(body({"id": "0", "time": 1, "changes": [change]})).ignored == ignored.DASHBOARD_TEST


def test_a_written_time_is_read_like_a_number() -> None:
    said = message(text="hi") | {"timestamp": "2021-09-08T06:34:04+0000"}
    event = only(body(entry(standby=[said])))
    assert event.at == datetime(2021, 9, 8, 6, 34, 4, tzinfo=UTC)
    # Garbage that looks like one is none: the time of the entry counts.
    for garbage in ("2021-02-31T06:34:04+0000", "2021-13-08T06:34:04+0000", "9999-09-08T06:34:04+0000"):
        assert direct(message(text="hi") | {"timestamp": garbage}).at.year == 2025


def test_a_real_message_sent_as_a_change_is_answered() -> None:
    event = only(changed("messages", message(text="hi")))
    assert (event.kind, event.text, event.ignored) == (EventKind.MESSAGE, "hi", None)


def test_one_body_may_hold_many_entries_and_events() -> None:
    result = parsed(
        body(entry(messaging=[message(text="a"), echo(text="b")]), entry(messaging=[message(text="c")]))
    )
    assert [event.text for event in result.events] == ["a", "b", "c"]


def test_a_body_may_be_an_array() -> None:
    raw = b"[" + body(entry(messaging=[message(text="a")])) + b"," + body() + b"]"
    assert only(raw).text == "a"
