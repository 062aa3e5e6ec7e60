"""Opening hours and hand-over rules, answered by the rules and by a model."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.ladder import Ladder
from agent.language import language, languages
from agent.opening import back_again, open_until, opens_next, week_in_words
from models.merchant import HandoverRules, Hours, Merchant, Opening
from models.turn import Reply
from scripts.evaluation.chat import Chat, text_of
from tests.agent.shop import MERCHANT, NOW
from tests.standins.openai import Fault, OpenAIStandin, answer_call

WORKDAYS = tuple(
    Opening(day=day, opens="09:00", closes="18:30") for day in ("mon", "tue", "wed", "thu", "fri")
)
SATURDAY = (
    Opening(day="sat", opens="10:00", closes="12:00"),
    Opening(day="sat", opens="13:00", closes="16:00"),
)
HOURS = Hours(week=(*WORKDAYS, *SATURDAY), closed=("2026-05-05",))
SHOP = replace(MERCHANT, hours=HOURS, time_zone="Europe/Berlin")
HANDOVER = [{"kind": "handover", "reason": "Wants a person."}]


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def open_at(written: str, shop: Merchant = SHOP) -> bool:
    return open_until(shop, at(written)) is not None


def test_a_shop_is_open_between_its_hours_in_its_own_time_zone() -> None:
    assert not open_at("2026-05-04T06:59")
    assert open_at("2026-05-04T07:00")
    assert open_at("2026-05-04T16:29")
    assert not open_at("2026-05-04T16:30")
    assert not open_at("2026-05-09T10:30")  # between the two intervals of a Saturday


def test_a_day_that_is_named_as_closed_has_no_hours() -> None:
    assert not open_at("2026-05-05T10:00")
    opens = opens_next(SHOP, at("2026-05-04T17:00"))
    assert opens is not None
    assert opens.isoformat() == "2026-05-06T09:00:00+02:00"


def test_hours_up_to_midnight_go_on_where_the_next_day_begins() -> None:
    night = (
        Opening(day="fri", opens="20:00", closes="24:00"),
        Opening(day="sat", opens="00:00", closes="02:00"),
    )
    until = open_until(replace(SHOP, hours=Hours(week=night)), at("2026-05-08T21:00"))
    assert until is not None
    assert until.isoformat() == "2026-05-09T02:00:00+02:00"


def test_opening_hours_keep_their_clock_when_it_is_put_forward() -> None:
    sunday = replace(SHOP, hours=Hours(week=(Opening(day="sun", opens="09:00", closes="10:00"),)))
    assert open_at("2026-03-22T08:30", sunday)
    assert open_at("2026-03-29T07:30", sunday)


def test_a_shop_that_is_never_open_says_nothing_of_when_it_is_back() -> None:
    assert opens_next(replace(SHOP, hours=Hours()), NOW) is None
    assert back_again(replace(SHOP, hours=Hours()), NOW, language("en"), "1") == ""


def test_days_with_the_same_hours_are_told_together() -> None:
    told = week_in_words(SHOP, language("en"), "1")
    assert told == "Monday–Friday 09:00–18:30, Saturday 10:00–12:00, 13:00–16:00, Sunday closed"


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-05-04T05:00", "today at 09:00"),
        ("2026-05-06T20:00", "tomorrow at 09:00"),
        ("2026-05-09T20:00", "on Monday at 09:00"),
    ],
)
def test_when_somebody_is_back_is_said_as_people_say_it(now: str, told: str) -> None:
    assert back_again(SHOP, at(now), language("en"), "1") == f"We're there again {told}."


@pytest.mark.parametrize("code", sorted(languages()))
async def test_a_shop_that_is_asked_tells_its_hours_in_every_language(chat: Chat, code: str) -> None:
    asked = {
        "de": "Wie sind eure Öffnungszeiten?",
        "fr": "Quels sont vos horaires ?",
        "es": "¿Cuál es vuestro horario?",
    }
    asked |= {"it": "Quali sono gli orari?", "pt": "Qual é o horário?", "en": "When are you open?"}
    chat.merchant = replace(SHOP, languages=(code,), disclose=False)
    reply = await chat.say(asked[code])
    assert "09:00–18:30" in text_of(reply)
    assert language(code).weekdays[0] in text_of(reply)


async def test_whether_a_shop_is_open_right_now_comes_first(chat: Chat) -> None:
    chat.merchant = replace(SHOP, disclose=False)
    assert text_of(await chat.say("are you open?")).startswith("We're open right now, until 18:30.")
    chat.merchant = replace(SHOP, hours=Hours(week=SATURDAY), disclose=False)
    closed = text_of(await chat.say("are you open?"))
    assert closed.startswith("We're closed right now and back on Saturday at 10:00.")


async def test_the_shop_s_own_answer_about_its_hours_goes_first(chat: Chat) -> None:
    chat.merchant = replace(SHOP, policies={"hours": "Ring the bell."})
    assert "Ring the bell." in text_of(await chat.say("when are you open?"))


async def test_without_hours_nothing_is_said_of_them(chat: Chat) -> None:
    assert "Monday" not in text_of(await chat.say("when are you open?"))


async def test_a_model_is_told_the_hours_and_may_say_them(model_chat: Chat, openai: OpenAIStandin) -> None:
    model_chat.merchant = replace(SHOP, disclose=False)
    told = "We are open Monday to Friday from 9:00 to 18:30, that is 6:30 pm, and closed on Sunday."
    openai.faults.append(Fault(message=answer_call(told)))
    reply = await model_chat.say("when are you open?")
    assert (reply.rung, text_of(reply)) == ("model", told)
    prompt = " ".join(one["content"] for one in openai.requests[0]["messages"])
    assert "Monday–Friday 09:00–18:30" in prompt
    assert "The shop is open until 18:30." in prompt


async def test_a_model_that_invents_hours_is_not_heard(model_chat: Chat, openai: OpenAIStandin) -> None:
    model_chat.merchant = replace(SHOP, disclose=False)
    openai.faults += [Fault(message=answer_call("We are open until 21:45."))] * 2
    assert "21:45" not in text_of(await model_chat.say("when are you open?"))


async def told_by_rules(chat: Chat) -> Reply:
    return await chat.say("can I talk to a human?")


async def test_a_hand_over_while_nobody_is_there_says_when_somebody_is(chat: Chat) -> None:
    chat.merchant = replace(SHOP, hours=Hours(week=SATURDAY))
    reply = await told_by_rules(chat)
    assert reply.handover is not None
    assert text_of(reply).endswith("We're there again on Saturday at 10:00.")


async def test_a_hand_over_while_somebody_is_there_says_nothing_of_hours(chat: Chat) -> None:
    chat.merchant = SHOP
    assert "again" not in text_of(await told_by_rules(chat))


async def test_a_model_s_hand_over_says_when_somebody_is_there(
    model_chat: Chat, openai: OpenAIStandin
) -> None:
    model_chat.merchant = replace(SHOP, hours=Hours(week=SATURDAY), disclose=False)
    openai.faults.append(Fault(message=answer_call("Oh no!", effects=HANDOVER)))
    reply = await model_chat.say("my parcel is broken")
    assert reply.rung == "model"
    assert text_of(reply).endswith("We're there again on Saturday at 10:00.")


async def test_who_gets_no_answer_at_all_is_told_when_somebody_is_there(chat: Chat) -> None:
    chat.merchant = replace(SHOP, hours=Hours(week=SATURDAY))
    chat.ladder = Ladder([], clock=lambda: NOW, monotonic=time.monotonic)
    reply = await chat.say("hello")
    assert reply.rung == "apology"
    assert text_of(reply).endswith("We're there again on Saturday at 10:00.")


async def test_the_hand_over_has_the_shop_s_own_words(
    chat: Chat, model_chat: Chat, openai: OpenAIStandin
) -> None:
    own = HandoverRules(text="Anna takes over, give her 48 minutes.")
    chat.merchant = replace(MERCHANT, handover=own, disclose=False)
    assert text_of(await told_by_rules(chat)) == own.text
    model_chat.merchant = chat.merchant
    openai.faults.append(Fault(message=answer_call("Sure!", effects=HANDOVER)))
    assert text_of(await model_chat.say("a human please")) == f"Sure! {own.text}"


async def test_a_keyword_of_the_shop_hands_over_whoever_answers(
    chat: Chat, model_chat: Chat, openai: OpenAIStandin
) -> None:
    openai.faults.append(Fault(message=answer_call("We sell at a discount to you.")))
    for one in (chat, model_chat):
        one.merchant = replace(MERCHANT, handover=HandoverRules(keywords=("wholesale", "🆘")))
        reply = await one.say("do you sell wholesale?")
        assert reply.handover is not None
        assert "wholesale" in reply.handover.reason
        assert "Someone from our team will answer you here." in text_of(reply)
        assert (await one.say("🆘")).handover is not None


async def test_problems_with_orders_can_be_left_to_the_contact(chat: Chat) -> None:
    chat.merchant = replace(MERCHANT, handover=HandoverRules(problems=False), disclose=False)
    reply = await chat.say("my order arrived broken")
    assert reply.handover is None
    assert text_of(reply) == "I'm sorry about that. You can also reach us: hello@lindenlark.example."
    assert (await told_by_rules(chat)).handover is not None
