"""Which comments are answered, and what is said in public."""

from dataclasses import replace

import pytest

from models.merchant import CommentRules
from models.turn import PartType, Reply
from scripts.evaluation.chat import Chat, shown, text_of


@pytest.fixture
def chat(chat: Chat) -> Chat:
    chat.surface = "comment"
    return chat


def follow(chat: Chat, **rules: object) -> None:
    chat.merchant = replace(chat.merchant, comments=CommentRules(**rules))  # type: ignore[arg-type]


def public(reply: Reply) -> list[str]:
    return [part.text for part in reply.parts if part.type is PartType.COMMENT]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "do you have blue dresses?",
            "price",
            "How much?",
            "PRICE PLEASE 🙏",
            "link",
            "info",
            "red dress size M",
        ),
        *(
            "is this in stock",
            "👗?",
            "do you ship to France?",
            "my order never arrived",
            "Preis?",
            "precio",
            "prix ?",
        ),
        *("quanto custa", "prezzo", "@anna look! how much is it?", "@lindenlark do you have it in red?"),
    ],
)
async def test_who_asks_something_is_answered(chat: Chat, text: str) -> None:
    reply = await chat.say(text)
    assert reply.silence is None
    assert text_of(reply)
    assert len(public(reply)) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nice!", "nothing_asked"),
        ("🔥🔥🔥", "nothing_asked"),
        ("❤️", "nothing_asked"),
        ("Love this dress 😍", "nothing_asked"),
        ("so beautiful", "nothing_asked"),
        ("Wunderschön!", "nothing_asked"),
        ("qué bonito", "nothing_asked"),
        ("thanks", "nothing_asked"),
        ("@anna.b", "to_a_friend"),
        ("@anna.b look 😍", "to_a_friend"),
        ("@anna.b do you like it?", "to_a_friend"),
    ],
)
async def test_what_needs_no_answer_gets_none_and_says_why(chat: Chat, text: str, why: str) -> None:
    reply = await chat.say(text)
    assert (reply.silence, reply.parts) == (why, ())
    assert reply.memory == chat.memory
    assert "comment" in [step.name for step in reply.steps]


async def test_the_shop_is_told_from_a_friend_by_its_accounts_name(chat: Chat) -> None:
    assert (await chat.say("@kleidsam do you ship to France?")).silence == "to_a_friend"
    assert (await chat.say("@kleidsam do you ship to France?", account_name="kleidsam")).silence is None


async def test_the_answer_is_private_and_a_short_line_under_the_comment_says_so(chat: Chat) -> None:
    reply = await chat.say("do you have blue dresses?")
    assert [part.type for part in reply.parts] == [PartType.TEXT, PartType.CARDS, PartType.COMMENT]
    assert 0 < len(shown(reply)) <= 3
    assert len(public(reply)[0]) <= 300
    assert "$" not in public(reply)[0]


async def test_the_public_line_varies_and_speaks_the_customers_language(chat: Chat) -> None:
    lines = {public(await chat.say("do you have dresses?"))[0] for _ in range(20)}
    assert len(lines) > 3
    german = {public(await chat.say("Was kostet das blaue Kleid?"))[0] for _ in range(5)}
    assert german.isdisjoint(lines)
    assert any("Nachricht" in line for line in german)


async def test_live_or_in_a_thread_there_is_no_public_line(chat: Chat) -> None:
    assert public(await chat.say("do you have dresses?", live=True)) == []
    assert public(await chat.say("do you have dresses?", in_thread=True)) == []
    follow(chat, public_reply=False)
    assert public(await chat.say("do you have dresses?")) == []


async def test_in_a_thread_only_questions_about_products_are_for_the_shop(chat: Chat) -> None:
    assert (await chat.say("when are you coming?", in_thread=True)).silence == "not_about_products"
    assert (await chat.say("how much is the red dress?", in_thread=True)).silence is None


async def test_comments_can_be_switched_off(chat: Chat) -> None:
    follow(chat, answer="off")
    assert (await chat.say("how much is the red dress?")).silence == "comments_off"


async def test_only_questions_about_products(chat: Chat) -> None:
    follow(chat, answer="questions")
    assert (await chat.say("how much is the red dress?")).silence is None
    assert (await chat.say("do you ship to France?")).silence == "not_about_products"
    assert (await chat.say("nice!")).silence == "nothing_asked"
    assert (await chat.say("pockets?", featured=("d1",))).silence is None


async def test_only_comments_with_a_keyword(chat: Chat) -> None:
    follow(chat, answer="keywords", keywords=("Link", "size guide", "🔥"))
    assert (await chat.say("how much is the red dress?")).silence == "no_keyword"
    assert (await chat.say("the Size Guide, please")).silence is None
    assert shown(await chat.say("LINK!!!", featured=("d1",))) == ["d1"]
    assert (await chat.say("blink")).silence == "no_keyword"
    assert (await chat.say("so 🔥🔥")).silence is None


async def test_only_under_chosen_posts(chat: Chat) -> None:
    follow(chat, posts=("181",))
    assert (await chat.say("how much?", subjects=("182",))).silence == "other_post"
    assert (await chat.say("how much?", subjects=("999", "181"))).silence is None


@pytest.mark.parametrize(
    "text", ["how much is this?", "price", "link please", "is it available?", "any pockets?"]
)
async def test_under_a_post_the_question_is_about_its_products(chat: Chat, text: str) -> None:
    reply = await chat.say(text, featured=("d1",))
    assert shown(reply) == ["d1"]


@pytest.mark.parametrize("text", ["", "hi", "this one?"])
async def test_a_shared_post_shows_its_products(chat: Chat, text: str) -> None:
    chat.surface = "dm"
    reply = await chat.say(text, attachments=("ig_post",), featured=("d1", "d2"))
    assert shown(reply) == ["d1", "d2"]


async def test_a_wish_under_a_post_is_searched_for_all_the_same(chat: Chat) -> None:
    assert "d1" not in shown(await chat.say("do you have black shoes?", featured=("d1",)))


async def test_a_mention_in_a_story_is_thanked_for(chat: Chat) -> None:
    chat.surface = "dm"
    assert "Thank you for mentioning us!" in text_of(await chat.say("", attachments=("story_mention",)))
    assert "can't see" in text_of(await chat.say("", attachments=("story_mention", "image")))


async def test_who_sends_something_that_cannot_be_read_is_told_how_to_go_on(chat: Chat) -> None:
    chat.surface = "dm"
    assert "can't listen to voice messages" in text_of(await chat.say("", attachments=("audio",)))
    for kind in ("image", "location", "unsupported"):
        assert "can't see pictures or attachments" in text_of(await chat.say("", attachments=(kind,)))


async def test_the_line_under_a_comment_is_one_of_the_shop_s_own(chat: Chat) -> None:
    own = ("Look into your inbox!", "Sent!")
    follow(chat, public_replies=own)
    (line,) = public(await chat.say("how much is the saffron wrap dress?"))
    assert line in own
