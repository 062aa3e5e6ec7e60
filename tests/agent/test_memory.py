"""What is remembered of a customer: learned, faded, corrected, started over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.effects import Forget, Prefer
from agent.likings import HALF_LIFE, forget, learn, prefer, values, weight
from agent.summary import MOST, fold
from models.message import Message, Role
from models.search import NO_FILTERS, Filters
from models.turn import Liking, Preferences, Wish
from scripts.evaluation.chat import Chat, shown, text_of
from tests.agent.shop import NOW
from tests.standins.openai import Fault, OpenAIStandin, answer_call


def liked(chat: Chat, kind: str) -> list[str]:
    return [one.value for one in getattr(chat.memory.preferences, kind)]


def said(text: str, role: Role = Role.CUSTOMER, **rest: tuple[str, ...]) -> Message:
    return Message(role=role, text=text, at=NOW, **rest)


def test_what_is_said_again_weighs_more_and_fades_with_time() -> None:
    once = learn(Preferences(), Filters(colors=("blue",)), NOW)
    twice = learn(once, Filters(colors=("Blue",)), NOW)
    assert weight(once.colors[0], NOW) == 1
    assert weight(twice.colors[0], NOW) == 2
    assert weight(twice.colors[0], NOW + HALF_LIFE) == 1
    assert weight(twice.colors[0], NOW - timedelta(days=1)) == 2  # a clock that went back


def test_the_strongest_comes_first() -> None:
    known = Preferences()
    for color in ("red", "blue", "red"):
        known = learn(known, Filters(colors=(color,)), NOW)
    assert values(known.colors, NOW) == ["red", "blue"]


def test_what_was_said_long_ago_is_forgotten_when_something_new_is_learned() -> None:
    old = learn(Preferences(), Filters(colors=("red",)), NOW - 9 * HALF_LIFE)
    assert [one.value for one in learn(old, Filters(colors=("blue",)), NOW).colors] == ["blue"]


def test_all_colours_but_one_are_no_liking() -> None:
    assert learn(Preferences(), Filters(colors=("a", "b", "c", "d")), NOW).colors == ()


def test_a_letter_size_replaces_letter_sizes_and_no_shoe_size() -> None:
    known = learn(Preferences(), Filters(sizes=("S", "8")), NOW)
    known = prefer(known, Prefer(filters=Filters(sizes=("M",))), NOW)
    assert [one.value for one in known.sizes] == ["8", "M"]


def test_what_is_forgotten_is_gone_and_nothing_else() -> None:
    known = learn(Preferences(), Filters(colors=("red", "blue"), sizes=("M",), price_max=5000), NOW)
    assert [one.value for one in forget(known, Forget(values=("RED",))).colors] == ["blue"]
    without = forget(known, Forget(price=True))
    assert (without.price_max, without.price_at) == (None, None)
    assert without.colors == known.colors


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from("abcdefghijklmnop")), max_size=60))
def test_weights_are_those_of_adding_up_all_that_was_said(days: list[tuple[int, str]]) -> None:
    days.sort()
    known = Preferences()
    for day, color in days:
        known = learn(known, Filters(colors=(color,)), NOW + timedelta(days=day))
    assert len(known.colors) <= 10
    assert len({one.value for one in known.colors}) == len(known.colors)
    assert all(0 < one.weight <= 5 for one in known.colors)
    if days:
        assert known.colors[-1].value == days[-1][1]


async def test_a_new_size_takes_the_place_of_the_old_one(chat: Chat) -> None:
    await chat.say("a blue dress in size S")
    await chat.say("I'm a size M now")
    assert liked(chat, "sizes") == ["M"]
    assert liked(chat, "colors") == ["blue"]


@pytest.mark.parametrize("text", ["I don't like red any more", "no red please"])
async def test_a_colour_that_is_refused_is_liked_no_more(chat: Chat, text: str) -> None:
    await chat.say("red or blue dresses")
    await chat.say(text)
    assert liked(chat, "colors") == ["blue"]


async def test_a_price_that_is_forgotten_is_no_preference(chat: Chat) -> None:
    await chat.say("dresses under $50")
    assert chat.memory.preferences.price_max == 5000
    await chat.say("forget the price")
    assert chat.memory.preferences.price_max is None
    assert chat.memory.wish.filters.price_max is None


async def test_what_is_carried_along_is_not_said_again(chat: Chat) -> None:
    for text in ("blue dresses", "under $80", "in size M"):
        await chat.say(text)
    (blue,) = chat.memory.preferences.colors
    assert blue.weight == 1
    await chat.say("blue shoes")
    assert chat.memory.preferences.colors[-1].weight == 2


async def test_to_start_over_ends_the_talk_and_keeps_what_is_liked(chat: Chat) -> None:
    await chat.say("blue dresses under $80")
    reply = await chat.say("let's start over")
    assert (chat.memory.wish.filters, chat.memory.focus, chat.memory.summary) == (NO_FILTERS, (), "")
    assert chat.memory.since == NOW
    assert liked(chat, "colors") == ["blue"]
    assert "?" in text_of(reply)


async def test_who_starts_over_with_a_wish_gets_it_without_the_old_filters(chat: Chat) -> None:
    await chat.say("blue dresses under $50")
    reply = await chat.say("start over, show me black shoes")
    assert reply.filters.price_max is None
    assert set(shown(reply)) >= {"s1"}
    assert chat.memory.focus == tuple(shown(reply))


async def test_to_forget_everything_forgets_likings_too(chat: Chat) -> None:
    await chat.say("blue dresses under $80")
    await chat.say("forget everything about me")
    assert chat.memory.preferences == Preferences()
    assert chat.memory.disclosed


async def test_a_model_corrects_what_is_liked(model_chat: Chat, openai: OpenAIStandin) -> None:
    model_chat.memory = replace(
        model_chat.memory,
        preferences=Preferences(
            sizes=(Liking(value="S", weight=1, at=NOW),), colors=(Liking(value="red", weight=1, at=NOW),)
        ),
    )
    nothing: dict[str, list[str]] = {"colors": [], "sizes": [], "categories": [], "brands": []}
    effects = [
        {"kind": "prefer", **nothing, "sizes": ["M"]},
        {"kind": "forget", "values": ["red"], "price": True, "everything": False},
    ]
    openai.faults.append(Fault(message=answer_call("Noted!", effects=effects)))
    await model_chat.say("I'm an M now, and no more red")
    assert liked(model_chat, "sizes") == ["M"]
    assert liked(model_chat, "colors") == []


async def test_a_model_is_told_what_was_said_before_as_the_customers_words(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    model_chat.memory = replace(model_chat.memory, summary="Customer: it is for a wedding in June")
    await model_chat.say("blue dresses")
    (told,) = [one for one in openai.requests[0]["messages"] if "wedding in June" in str(one["content"])]
    assert told["role"] == "user"


def test_a_summary_has_the_customers_words_and_the_products_shown() -> None:
    cards = said(
        "Marina Dress – $65 · Blue\nhttps://x.example/1\nHarbour Dress – $79",
        Role.ASSISTANT,
        product_ids=("d1", "d2"),
    )
    summary = fold(
        "", [said("it is for my sister's\nwedding"), cards, said("We can alter it", Role.PERSON), said("")]
    )
    assert summary.splitlines() == [
        "Customer: it is for my sister's wedding",
        "Shown: Marina Dress, Harbour Dress",
        "Colleague: We can alter it",
    ]


def test_a_long_talk_keeps_what_the_customer_said_first_longest() -> None:
    summary = ""
    for number in range(200):
        summary = fold(summary, [said(f"wish {number} " * 9), said("Have a look at these:", Role.ASSISTANT)])
    assert len(summary) <= MOST
    assert all(line.startswith("Customer: wish") for line in summary.splitlines())
    assert "wish 199" in summary


@given(st.lists(st.tuples(st.sampled_from(list(Role)), st.text(max_size=400)), max_size=40))
def test_a_summary_never_grows_beyond_its_page(lines: list[tuple[Role, str]]) -> None:
    summary = ""
    for role, text in lines:
        summary = fold(summary, [said(text, role)])
        assert len(summary) <= MOST


async def test_a_model_forgets_everything_on_request(model_chat: Chat, openai: OpenAIStandin) -> None:
    await model_chat.say("blue dresses under 80")
    assert liked(model_chat, "colors") == ["blue"]
    effects = [{"kind": "forget", "values": [], "price": False, "everything": True}]
    openai.faults.append(Fault(message=answer_call("It is all forgotten.", effects=effects)))
    await model_chat.say("forget everything you know about me")
    assert model_chat.memory.preferences == Preferences()
    assert (model_chat.memory.focus, model_chat.memory.summary) == ((), "")
    assert model_chat.memory.wish == Wish()
