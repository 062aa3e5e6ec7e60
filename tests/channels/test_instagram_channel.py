from dataclasses import replace

from channels.channel import Channel, Destination
from channels.instagram import limits
from channels.instagram.channel import InstagramChannel
from models.turn import Part, PartType
from tests.channels.test_templates import CARD
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import Instagram

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
    assert instagram.actions == [(customer.customer_id, "typing_on")]


def test_every_kind_of_send_has_its_limit(channel: InstagramChannel, customer: Destination) -> None:
    assert channel.rate(customer, TEXT) == limits.TEXT_RATE
    assert channel.rate(customer, CARDS) == limits.CARDS_RATE
    assert channel.rate(replace(customer, comment_id="179"), TEXT) == limits.PRIVATE_REPLY_RATE


def test_a_reply_is_cut_for_where_it_goes(channel: InstagramChannel) -> None:
    assert channel.fit([TEXT, CARDS], comment=False) == (TEXT, CARDS)
    assert len(channel.fit([TEXT, CARDS], comment=True)) == 1
