from dataclasses import replace

import pytest

from channels.channel import Channel, Destination
from channels.errors import OutsideWindow
from channels.instagram import limits
from channels.instagram.channel import InstagramChannel
from models.turn import Part, PartType
from tests.channels.test_templates import CARD
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import WINDOW_S, Instagram

TEXT = Part(type=PartType.TEXT, text="Here it is:")
CARDS = Part(type=PartType.CARDS, text="1. Linen dress, $65", cards=(CARD,))


def test_it_is_a_channel(channel: InstagramChannel) -> None:
    as_channel: Channel = channel
    assert as_channel.name == "instagram"


def test_a_destination_never_shows_its_token(customer: Destination) -> None:
    assert customer.token not in repr(customer)


async def test_each_part_leaves_in_its_own_form(
    channel: InstagramChannel, instagram: Instagram, customer: Destination
) -> None:
    mids = [await channel.send(customer, part) for part in (TEXT, CARDS)]
    assert [sent.mid for sent in instagram.ledger] == mids
    assert [sent.kind for sent in instagram.ledger] == ["text", "cards"]


async def test_under_a_comment_cards_leave_as_text(
    channel: InstagramChannel, instagram: Instagram, customer: Destination
) -> None:
    await channel.send(replace(customer, comment_id="179"), CARDS)
    [sent] = instagram.ledger
    assert (sent.comment_id, sent.text) == ("179", "1. Linen dress, $65")


async def test_a_picture_instagram_cannot_fetch_does_not_cost_the_products(
    channel: InstagramChannel, instagram: Instagram, customer: Destination
) -> None:
    instagram.faults.add(Fault(do="answer", status=400, body=error_body(100, 2018008)))
    await channel.send(customer, CARDS)
    [sent] = instagram.ledger
    assert [set(element) for element in sent.elements] == [{"title", "subtitle", "default_action", "buttons"}]


async def test_typing_is_shown_and_its_failure_ignored(
    channel: InstagramChannel, instagram: Instagram, customer: Destination
) -> None:
    await channel.show_typing(customer)
    instagram.faults.add(Fault(do="answer", status=500, body=error_body(1)))
    await channel.show_typing(customer)
    assert [action for _, action in instagram.actions] == ["mark_seen", "typing_on", "typing_on"]


def test_every_kind_of_send_has_its_limit(channel: InstagramChannel, customer: Destination) -> None:
    assert channel.rate(customer, TEXT) == limits.TEXT_RATE
    assert channel.rate(customer, CARDS) == limits.CARDS_RATE
    comment = replace(customer, comment_id="179")
    assert channel.rate(comment, TEXT) == limits.PRIVATE_REPLY_RATE
    assert channel.rate(comment, Part(type=PartType.COMMENT, text="Sent!")) == limits.COMMENT_RATE


async def test_a_line_under_a_comment_is_public(
    channel: InstagramChannel, instagram: Instagram, customer: Destination
) -> None:
    comment = replace(customer, comment_id="179")
    await channel.send(comment, Part(type=PartType.COMMENT, text="Sent you a message!"))
    [sent] = instagram.ledger
    assert (sent.kind, sent.comment_id, sent.text) == ("public_reply", "179", "Sent you a message!")


async def test_a_person_may_answer_after_a_day_and_the_assistant_not(
    channel: InstagramChannel, instagram: Instagram, customer: Destination
) -> None:
    instagram.enforce_window = True
    instagram.spoke_at[customer.account_id, customer.customer_id] = instagram.clock() - 2 * WINDOW_S
    with pytest.raises(OutsideWindow):
        await channel.send(customer, TEXT)
    await channel.send(replace(customer, late=True), TEXT)
    assert [sent.tag for sent in instagram.ledger] == ["HUMAN_AGENT"]


def test_a_reply_is_cut_for_where_it_goes(channel: InstagramChannel) -> None:
    assert channel.fit([TEXT, CARDS], comment=False) == (TEXT, CARDS)
    assert len(channel.fit([TEXT, CARDS], comment=True)) == 1
