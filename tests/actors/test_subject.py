"""What messages are about comes into focus: posts, stories, ads, the cards they answer."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from models.message import EventKind
from models.turn import Card, Memory, Part, PartType, Wish
from store import outbox, posts
from store.posts import Post
from tests.actors.talk import Talk
from tests.store.rows import SOON, reply

MEMORY = Memory(focus=("shown",), wish=Wish(query="hat"), disclosed=True)
CARD = Card(
    product_id="on-the-card",
    variant_id="v",
    name="Hat",
    text="$19.90",
    price_minor=1990,
    compare_at_price_minor=None,
    currency="USD",
    url=None,
    image=None,
)


@pytest.fixture
async def talk(talk: Talk) -> Talk:
    """After products were shown; the merchant has said what is in the post 181."""
    async with talk.engine.begin() as connection:
        await posts.put(connection, "m1", Post(media_id="181", product_ids=("p1", "p2")))
    talk.agent.reply = reply("look", memory=MEMORY)
    await talk.says("hats?")
    return talk


async def test_a_shared_post_puts_its_products_in_focus_and_ends_the_search_before_it(talk: Talk) -> None:
    await talk.says("how much is this?", media_id="181", subjects=("181",))
    turn = talk.agent.turns[-1]
    assert (turn.featured, turn.subjects) == (("p1", "p2"), ("181",))
    assert turn.memory == replace(MEMORY, focus=("p1", "p2"), wish=Wish())


async def test_a_post_nobody_named_products_for_takes_away_what_was_in_focus(talk: Talk) -> None:
    await talk.says("how much?", kind=EventKind.COMMENT, media_id="182", subjects=("182",))
    turn = talk.agent.turns[-1]
    assert (turn.featured, turn.memory.focus, turn.memory.wish) == ((), (), Wish())


async def test_the_nearest_of_several_ids_decides(talk: Talk) -> None:
    async with talk.engine.begin() as connection:
        await posts.put(connection, "m1", Post(media_id="the-ad", product_ids=("p3",)))
    await talk.says("how much?", subjects=("none", "the-ad", "181"))
    assert talk.agent.turns[-1].featured == ("p3",)


async def test_a_link_may_name_a_product_of_the_shop_itself(talk: Talk) -> None:
    async with talk.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO products (merchant_id, id, seq, body, text_hash, deleted) "
                "VALUES ('m1', 'hat', 1, '{}', '', false), ('m1', 'gone', 2, '{}', '', true)"
            )
        )
    for subjects in (("unknown", "hat"), ("gone",), ("hat", "181")):
        await talk.says("how much?", subjects=subjects)
    # What the merchant said of the link comes first.
    assert [turn.featured for turn in talk.agent.turns[-3:]] == [("hat",), (), ("p1", "p2")]


async def test_in_a_burst_the_words_after_a_shared_post_are_about_it(talk: Talk) -> None:
    await talk.arrives("", media_id="181", subjects=("181",))
    await talk.says("how much is this?")
    assert talk.agent.turns[-1].featured == ("p1", "p2")


async def test_the_posts_of_another_shop_say_nothing(talk: Talk) -> None:
    async with talk.engine.begin() as connection:
        await posts.delete(connection, "m1", "181")
    await talk.says("how much?", media_id="181", subjects=("181",))
    assert talk.agent.turns[-1].featured == ()


async def test_a_reply_to_our_cards_is_about_what_is_on_them(talk: Talk) -> None:
    async with talk.engine.begin() as connection:
        (text,) = await outbox.claim(connection, ["m1"])
        await outbox.sent(connection, {text.id: "mid-of-a-text"})
        cards = Part(type=PartType.CARDS, text="Hat", cards=(CARD,))
        await outbox.put(connection, "m1", talk.id, [cards], execution_id="t", expires_at=SOON)
        (part,) = await outbox.claim(connection, ["m1"])
        await outbox.sent(connection, {part.id: "mid-of-the-cards"})
    await talk.says("this one in M", reply_to="mid-of-the-cards")
    assert talk.agent.turns[-1].memory.focus == ("on-the-card",)
    await talk.says("and this", reply_to="mid-of-a-text")
    assert talk.agent.turns[-1].memory == MEMORY


async def test_ads_links_and_buttons_are_told_to_the_model(talk: Talk) -> None:
    await talk.says("hi", title="Linen week", referral="spring", payload="SIZES")
    assert talk.agent.turns[-1].notes == ("ad: Linen week", "came by: spring", "button: SIZES")


async def test_a_comment_that_needs_no_answer_is_silent_with_its_reason(talk: Talk) -> None:
    talk.agent.reply = replace(reply(), silence="nothing_asked", memory=MEMORY)
    announced = len(talk.announced)
    await talk.says("nice!", kind=EventKind.COMMENT, parent_id="179", live=True)
    turn = talk.agent.turns[-1]
    assert (turn.surface, turn.in_thread, turn.live) == ("comment", True, True)
    assert (await talk.inbox())[-1] == ("silent", "nothing_asked")
    assert (await talk.record())[-1] == ("customer", "nice!")
    assert len(talk.announced) == announced


async def test_what_follows_an_opened_link_is_about_its_products(talk: Talk) -> None:
    await talk.arrives("", EventKind.REFERRAL, subjects=("none", "181"), referral="181")
    await talk.work()
    assert (await talk.inbox())[-1] == ("recorded", "referral")
    await talk.says("how much is it?")
    assert talk.agent.turns[-1].memory == replace(MEMORY, focus=("p1", "p2"), wish=Wish())


async def test_a_link_opened_days_later_begins_the_talk_anew(talk: Talk) -> None:
    await talk.a_day_passes()
    async with talk.engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE conversations SET last_customer_at = last_customer_at - interval '25 hours'"
        )
    await talk.arrives("", EventKind.REFERRAL, subjects=("181",))
    await talk.says("how much is it?")
    turn = talk.agent.turns[-1]
    assert (turn.memory.focus, turn.history) == (("p1", "p2"), ())


async def test_the_name_of_the_account_is_known_where_it_is_connected(talk: Talk) -> None:
    async with talk.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE accounts SET username = 'linden.lark'")
    await talk.says("hi")
    assert talk.agent.turns[-1].account_name == "linden.lark"
