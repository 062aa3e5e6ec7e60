from dataclasses import replace

import pytest

from agent.compose import split
from agent.interim import still_looking
from agent.language import languages
from models.turn import Memory, PartType, Turn
from scripts.evaluation.chat import Chat, text_of
from tests.agent.shop import MERCHANT, NOW, PRODUCTS, MemoryCatalogue
from tests.standins.openai import Fault, OpenAIStandin, answer_call

LONG = "A sentence about linen. " * 90


@pytest.mark.parametrize("text", [LONG, "é" * 1500, "👗" * 600, "word " * 400, "short", "a\n\n" + LONG])
def test_pieces_fit_and_lose_nothing(text: str) -> None:
    pieces = split(text, 1000)
    assert all(0 < len(piece.encode()) <= 1000 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_pieces_end_with_sentences() -> None:
    assert all(piece.endswith("linen.") for piece in split(LONG, 1000))


async def test_a_long_answer_becomes_several_texts(model_chat: Chat, openai: OpenAIStandin) -> None:
    openai.faults.append(Fault(message=answer_call(LONG)))
    reply = await model_chat.say("tell me everything about linen")
    assert len(reply.parts) == 3
    assert {part.type for part in reply.parts} == {PartType.TEXT}


async def test_cards_carry_price_former_price_colour_size_and_stock(chat: Chat) -> None:
    reply = await chat.say("red dress in M under 50")
    assert [card.text for card in reply.cards] == ["$45 (was $60) · Red · M · in stock"]
    assert reply.parts[-1].cards == reply.cards
    assert "https://lindenlark.example/p/d4" in reply.parts[-1].text


async def test_few_left_are_counted(chat: Chat) -> None:
    scarce = replace(PRODUCTS[4], variants=tuple(replace(one, stock=2) for one in PRODUCTS[4].variants))
    chat.catalogue = MemoryCatalogue([scarce])
    assert (await chat.say("black dress")).cards[0].text.endswith("only 2 left")


@pytest.mark.parametrize("code", sorted(languages()))
def test_every_language_says_all_that_english_says_with_the_same_blanks(code: str) -> None:
    english, other = languages()["en"].phrases, languages()[code].phrases
    assert set(other) == set(english)
    for key, choices in other.items():
        blanks = {blanks_of(choice) for choice in choices}
        assert blanks <= {blanks_of(choice) for choice in english[key]}, key


def blanks_of(phrase: str) -> frozenset[str]:
    return frozenset(part.split("}")[0] for part in phrase.split("{")[1:])


async def test_a_shop_without_contact_leaves_no_empty_sentence(chat: Chat) -> None:
    chat.merchant = type(MERCHANT)(id="m2", name="Bare")
    assert text_of(await chat.say("can I talk to a human?")).endswith(".")


async def test_a_shop_discloses_in_its_own_words(chat: Chat) -> None:
    chat.merchant = replace(MERCHANT, disclosure="You are talking to Larky, our robot.")
    assert text_of(await chat.say("hi")).startswith("You are talking to Larky, our robot. ")
    assert "Larky" not in text_of(await chat.say("hi"))


async def test_a_shop_that_turned_it_off_discloses_nothing_until_it_is_on_again(chat: Chat) -> None:
    chat.merchant = replace(MERCHANT, disclose=False)
    assert "automated" not in text_of(await chat.say("hi"))
    assert not chat.memory.disclosed
    chat.merchant = MERCHANT
    assert "automated" in text_of(await chat.say("hi"))


async def test_a_comment_discloses_and_still_says_something(chat: Chat) -> None:
    chat.surface = "comment"
    chat.merchant = replace(MERCHANT, disclosure="x" * 150)
    reply = await chat.say("do you have blue dresses?")
    assert text_of(reply).startswith("xxx")
    assert "Marina Summer Dress" in reply.parts[1].text
    assert len(text_of(reply)) <= 300


@pytest.mark.parametrize("code", sorted(languages()))
def test_who_has_to_wait_is_told_in_the_customers_language(code: str) -> None:
    memory = Memory(language=code, disclosed=True)
    turn = Turn(
        id="t", merchant=MERCHANT, channel="instagram", surface="dm", text="?", memory=memory, now=NOW
    )
    assert still_looking(turn).text in languages()[code].phrases["still_looking"]


def test_who_has_to_wait_for_the_first_answer_is_told_by_whom() -> None:
    turn = Turn(id="t", merchant=MERCHANT, channel="instagram", surface="dm", text="blue dresses", now=NOW)
    assert "automated" in still_looking(turn).text
