"""Forms over the profile: what is right is kept, what is wrong stands beside its field, nothing is lost."""

from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import (
    CommentRules,
    Contact,
    FaqEntry,
    HandoverRules,
    Hours,
    Merchant,
    Opening,
    Retention,
    VoiceExample,
    VoiceStyle,
)
from store import merchants, spending
from store.database import autocommit
from tests.web.console.visitor import Visitor

AT = "/m1/settings"


@pytest.fixture(autouse=True)
async def _shop(shop: Merchant) -> None:
    """One shop in every test."""


async def kept(engine: AsyncEngine) -> Merchant:
    async with autocommit(engine) as connection:
        return await merchants.get(connection, "m1")


async def change(engine: AsyncEngine, **profile: Any) -> None:
    async with engine.begin() as connection:
        now = await merchants.get(connection, "m1", lock=True)
        await merchants.save(connection, replace(now, **profile))


async def version(visitor: Visitor, path: str) -> str:
    field = (await visitor.page(f"{AT}/{path}")).select_one('input[name="version"]')
    assert field
    return str(field["value"])


async def send(visitor: Visitor, path: str, fields: dict[str, Any], status: int = 303) -> BeautifulSoup:
    """With the version of the page as it is now."""
    given = {"version": await version(visitor, path)} | fields
    answer = await visitor.send(f"{AT}/{path}", given)
    assert answer.status_code == status, answer.text
    return await visitor.follow(answer) if status == 303 else BeautifulSoup(answer.text, "html.parser")


def fault(page: BeautifulSoup, field: str) -> str:
    found = page.find(id=f"{field}-fault")
    assert found, page.select(".fault")
    return found.get_text(strip=True)


def typed(page: BeautifulSoup, name: str) -> str:
    field = page.select_one(f'[name="{name}"]')
    assert field, name
    return str(field.get("value") or field.get_text())


PROFILE = {
    "name": "Blaue Tür",
    "currency": "eur",
    "first_language": "de",
    "languages": ["en", "fr"],
    "url": "https://tuer.example",
    "time_zone": "Europe/Berlin",
}


async def test_a_profile_is_kept(visitor: Visitor, engine: AsyncEngine) -> None:
    page = await send(visitor, "profile", PROFILE)
    assert "Saved." in str(page.select_one(".flash"))
    shop = await kept(engine)
    assert (shop.name, shop.currency, shop.languages) == ("Blaue Tür", "EUR", ("de", "en", "fr"))
    assert (shop.contact.url, shop.time_zone) == ("https://tuer.example", "Europe/Berlin")


async def test_what_is_wrong_with_a_profile_stands_beside_its_field_and_the_rest_stays_typed(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    wrong = PROFILE | {"name": "  ", "currency": "XXL", "time_zone": "Mars"}
    page = await send(visitor, "profile", wrong, status=422)
    assert fault(page, "name") == "must not be blank"
    assert "XXL is not an ISO 4217 currency" in fault(page, "currency")
    assert "Mars is no time zone" in fault(page, "time_zone")
    assert typed(page, "url") == "https://tuer.example"
    assert (await kept(engine)).currency == "USD"


async def test_a_currency_cannot_be_changed_once_there_are_products_and_the_page_says_so(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    opened = await version(visitor, "profile")
    async with engine.begin() as connection:
        await connection.execute(
            text("INSERT INTO products (merchant_id, id, seq, body, text_hash) VALUES ('m1','p',1,'{}','')")
        )
    answer = await visitor.send(f"{AT}/profile", PROFILE | {"version": opened})
    assert answer.status_code == 409
    page = BeautifulSoup(answer.text, "html.parser")
    assert fault(page, "currency") == "the currency is fixed once there are products"
    assert page.select_one('[name="currency"][disabled]')
    # The switched-off field sends nothing, and the rest is kept.
    await send(visitor, "profile", {key: value for key, value in PROFILE.items() if key != "currency"})
    assert (await kept(engine)).name == "Blaue Tür"


async def test_of_two_who_change_a_part_the_second_is_asked_and_loses_nothing(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    opened = await version(visitor, "profile")
    await change(engine, name="Theirs")
    answer = await visitor.send(f"{AT}/profile", PROFILE | {"version": opened})
    assert answer.status_code == 412
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Somebody else changed this" in page.get_text()
    assert typed(page, "name") == "Blaue Tür"
    assert (await kept(engine)).name == "Theirs"
    again = await visitor.send(f"{AT}/profile", PROFILE | {"version": typed(page, "version")})
    assert again.status_code == 303
    assert (await kept(engine)).name == "Blaue Tür"


async def test_two_who_change_different_parts_do_not_meet(visitor: Visitor, engine: AsyncEngine) -> None:
    opened = await version(visitor, "profile")
    await change(engine, voice="luxury")
    assert (await visitor.send(f"{AT}/profile", PROFILE | {"version": opened})).status_code == 303
    assert (await kept(engine)).voice == "luxury"


async def test_opening_hours_are_kept_and_shown_again(visitor: Visitor, engine: AsyncEngine) -> None:
    fields = {
        "mon.0.opens": "09:00",
        "mon.0.closes": "12:00",
        "mon.1.opens": "13:00",
        "mon.1.closes": "18:00",
        "sat.0.opens": "20:00",
        "sat.0.closes": "00:00",
        "closed": "2026-12-25\r\n2026-12-26\r\n",
    }
    page = await send(visitor, "hours", fields)
    week = (
        Opening(day="mon", opens="09:00", closes="12:00"),
        Opening(day="mon", opens="13:00", closes="18:00"),
        Opening(day="sat", opens="20:00", closes="24:00"),
    )
    assert (await kept(engine)).hours == Hours(week=week, closed=("2026-12-25", "2026-12-26"))
    assert {name: typed(page, name) for name in fields if name != "closed"} == {
        name: value for name, value in fields.items() if name != "closed"
    }


FRIDAY = ("fri.0.opens", "fri.0.closes", "fri.1.opens", "fri.1.closes")


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"tue.1.opens": "09:00"}, "tue.1", "nothing is no time such as 09:00"),
        ({"tue.0.opens": "12:00", "tue.0.closes": "09:00"}, "tue.0", "closes after it opens"),
        (
            {
                "fri.0.opens": "09:00",
                "fri.0.closes": "12:00",
                "fri.1.opens": "11:00",
                "fri.1.closes": "13:00",
            },
            "hours",
            "overlap",
        ),
        ({"closed": "25.12."}, "closed", "25.12. is no date such as 2026-12-25"),
    ],
)
async def test_hours_that_are_wrong_stay_typed_beside_what_is_wrong(
    visitor: Visitor, engine: AsyncEngine, fields: dict[str, str], field: str, said: str
) -> None:
    page = await send(visitor, "hours", fields, status=422)
    assert said in fault(page, field)
    assert {name: typed(page, name).strip() for name in fields} == fields
    assert (await kept(engine)).hours == Hours()


async def test_contact_and_hand_over_are_kept_and_the_website_stays(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await change(engine, contact=Contact(url="https://tuer.example"))
    fields = {"email": "hi@tuer.example", "phone": "", "keywords": "wholesale\n🆘", "pause_hours": "24"}
    await send(visitor, "handover", fields | {"text": "Anna takes over."})
    shop = await kept(engine)
    assert shop.contact == Contact(email="hi@tuer.example", url="https://tuer.example")
    assert shop.handover == HandoverRules(
        problems=False, keywords=("wholesale", "🆘"), text="Anna takes over.", pause_hours=24
    )


async def test_a_pause_that_is_no_number_is_refused(visitor: Visitor) -> None:
    page = await send(visitor, "handover", {"pause_hours": "a day", "text": "Anna"}, status=422)
    assert fault(page, "pause_hours") == "A whole number, please."
    assert typed(page, "text").strip() == "Anna"


VOICE = {
    "voice": "own",
    "own": "Like a sailor.",
    "emoji": "none",
    "length": "short",
    "address": "formal",
    "example.0.customer": "Is it warm?",
    "example.0.reply": "As toast.",
    "example.1.customer": "",
    "example.1.reply": "",
}


async def test_a_voice_is_kept_with_its_style_and_examples(visitor: Visitor, engine: AsyncEngine) -> None:
    await send(visitor, "voice", VOICE)
    shop = await kept(engine)
    assert shop.voice == "Like a sailor."
    assert shop.voice_style == VoiceStyle(emoji="none", length="short", address="formal")
    assert shop.voice_examples == (VoiceExample(customer="Is it warm?", reply="As toast."),)


async def test_an_example_without_its_answer_and_a_voice_without_words_are_refused(visitor: Visitor) -> None:
    page = await send(visitor, "voice", VOICE | {"own": " ", "example.0.reply": ""}, status=422)
    assert fault(page, "own") == "must not be blank"
    assert fault(page, "example.0.reply") == "must not be blank"
    assert typed(page, "example.0.customer") == "Is it warm?"


async def test_a_preview_answers_with_the_unsaved_voice_and_keeps_what_was_typed(
    visitor: Visitor, engine: AsyncEngine, actors: Any
) -> None:
    actors.draft_costs = 700
    fields = VOICE | {"version": await version(visitor, "voice"), "question": "Are you there?"}
    answer = await visitor.send(f"{AT}/voice/preview", fields)
    page = BeautifulSoup(answer.text, "html.parser")
    said = [one.get_text(" ", strip=True) for one in page.select(".draft")]
    assert len(said) == 4
    assert "Like a sailor.: Are you there?" in said[-1]
    assert all("Answered by the rules" in one for one in said)
    assert typed(page, "own").strip() == "Like a sailor."
    assert typed(page, "version") == fields["version"]
    assert (await kept(engine)).voice == "casual"
    async with autocommit(engine) as connection:
        assert await spending.today(connection, "m1") == 4 * 700
    # Who previews again is told what is left of the day.
    await visitor.send(f"{AT}/voice/preview", fields)
    assert actors.asked[-1].spent_microdollars == 4 * 700


async def test_a_preview_that_nobody_answers_says_so_and_keeps_what_was_typed(
    visitor: Visitor, actors: Any
) -> None:
    actors.away = True
    answer = await visitor.send(f"{AT}/voice/preview", VOICE)
    assert answer.status_code == 503
    page = BeautifulSoup(answer.text, "html.parser")
    assert "could not be asked" in page.get_text()
    assert typed(page, "own").strip() == "Like a sailor."


async def test_policies_are_kept_and_those_left_empty_go(visitor: Visitor, engine: AsyncEngine) -> None:
    await change(engine, policies={"shipping": "Free.", "gift wrap": "$4", "returns": "Never."})
    fields = {"known.0.text": "30 days.", "own.0.name": "gift wrap", "own.0.text": ""}
    await send(visitor, "policies", fields | {"own.1.name": "Repairs", "own.1.text": "We mend."})
    assert (await kept(engine)).policies == {"returns": "30 days.", "Repairs": "We mend."}


async def test_a_policy_without_a_name_is_refused_beside_its_row(visitor: Visitor) -> None:
    page = await send(visitor, "policies", {"own.0.name": "", "own.0.text": "We mend."}, status=422)
    assert fault(page, "own.0.name") == "must not be blank"
    assert typed(page, "own.0.text").strip() == "We mend."


async def test_comment_rules_are_kept(visitor: Visitor, engine: AsyncEngine) -> None:
    fields = {"answer": "keywords", "keywords": "price\nhow much", "posts": "180", "public_replies": "Sent!"}
    await send(visitor, "comments", fields)
    assert (await kept(engine)).comments == CommentRules(
        answer="keywords",
        keywords=("price", "how much"),
        posts=("180",),
        public_reply=False,
        public_replies=("Sent!",),
    )


async def test_comments_by_keyword_need_one(visitor: Visitor) -> None:
    page = await send(visitor, "comments", {"answer": "keywords", "public_replies": "Sent!"}, status=422)
    assert "needs at least one" in fault(page, "keywords")
    assert typed(page, "public_replies").strip() == "Sent!"


async def test_what_answers_and_what_it_may_cost_are_kept(visitor: Visitor, engine: AsyncEngine) -> None:
    fields = {"answers": "rules", "budget": "2,50", "disclosure": "A robot."}
    page = await send(visitor, "model", fields)
    shop = await kept(engine)
    assert (shop.use_model, shop.model_budget_per_day) == (False, 250)
    assert (shop.disclose, shop.disclosure) == (False, "A robot.")
    assert typed(page, "budget") == "2.50"
    await send(visitor, "model", {"answers": "model", "budget": "", "disclose": "1"})
    shop = await kept(engine)
    assert (shop.use_model, shop.model_budget_per_day, shop.disclosure) == (True, None, None)


@pytest.mark.parametrize("budget", ["a lot", "2.505", "-1", "NaN", "Infinity", "9" * 40])
async def test_a_budget_that_is_none_is_refused(visitor: Visitor, budget: str) -> None:
    page = await send(visitor, "model", {"answers": "model", "budget": budget}, status=422)
    assert fault(page, "budget")
    assert typed(page, "budget") == budget


async def test_days_are_kept_and_empty_ones_mean_for_ever(visitor: Visitor, engine: AsyncEngine) -> None:
    await send(
        visitor, "retention", {"conversations_days": "365", "executions_days": "", "uploads_days": "7"}
    )
    assert (await kept(engine)).retention == Retention(
        conversations_days=365, executions_days=None, uploads_days=7
    )
    page = await send(visitor, "retention", {"conversations_days": "0"}, status=422)
    assert fault(page, "conversations_days") == "1 or more."


ENTRIES = (
    FaqEntry(question="Do you wrap gifts?", answer="Yes, for $4."),
    FaqEntry(question="Where are you?", answer="In Cologne."),
)


async def faq(engine: AsyncEngine) -> list[str]:
    return [one.question for one in (await kept(engine)).faq]


async def test_an_answer_is_added_changed_moved_and_removed(visitor: Visitor, engine: AsyncEngine) -> None:
    await change(engine, faq=ENTRIES)
    await send(visitor, "faq/new", {"question": "Do you repair?", "answer": "We do."})
    assert await faq(engine) == ["Do you wrap gifts?", "Where are you?", "Do you repair?"]
    await send(visitor, "faq/1", {"question": "Where is your shop?", "answer": "In Cologne."})
    assert await faq(engine) == ["Do you wrap gifts?", "Where is your shop?", "Do you repair?"]
    now = await version(visitor, "faq/1")
    await visitor.send(f"{AT}/faq/2/move", {"way": "up", "version": now})
    assert await faq(engine) == ["Do you wrap gifts?", "Do you repair?", "Where is your shop?"]
    page = await visitor.page(f"{AT}/faq/0/remove")
    assert "Do you wrap gifts?" in page.get_text()
    answer = await visitor.send(f"{AT}/faq/0/remove", {"version": typed(page, "version")})
    assert "“Do you wrap gifts?” was removed." in (await visitor.follow(answer)).get_text()
    assert await faq(engine) == ["Do you repair?", "Where is your shop?"]


async def test_an_answer_without_words_is_refused_and_stays_typed(visitor: Visitor) -> None:
    page = await send(visitor, "faq/new", {"question": "Do you repair?", "answer": " "}, status=422)
    assert fault(page, "answer") == "must not be blank"
    assert typed(page, "question") == "Do you repair?"


async def test_a_list_that_was_changed_meanwhile_is_not_changed_by_number(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await change(engine, faq=ENTRIES)
    opened = await version(visitor, "faq/1")
    await change(engine, faq=ENTRIES[1:])
    for path in ("faq/0", "faq/0/move", "faq/0/remove"):
        fields = {"version": opened, "question": "Mine?", "answer": "Mine."}
        answer = await visitor.send(f"{AT}/{path}", fields)
        assert answer.status_code == 412
    assert await faq(engine) == ["Where are you?"]
    await visitor.page(f"{AT}/faq/7", status=404)


async def test_a_question_is_tried_and_shows_what_it_finds_and_what_would_be_said(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await change(engine, faq=ENTRIES, policies={"returns": "30 days."})
    answer = await visitor.send(f"{AT}/faq/try", {"question": "can I get it gift wrapped?"})
    page = BeautifulSoup(answer.text, "html.parser")
    found = page.select_one(".found")
    assert found
    assert "Do you wrap gifts?" in found.get_text()
    assert "casual: can I get it gift wrapped?" in str(page.select_one(".draft"))
    answer = await visitor.send(f"{AT}/faq/try", {"question": "xylophone"})
    assert "None of your texts is about this" in answer.text


async def test_what_strangers_wrote_is_shown_and_never_run(visitor: Visitor, engine: AsyncEngine) -> None:
    evil = '"><script>alert(1)</script>'
    await change(
        engine,
        name=evil,
        voice=evil,
        faq=(FaqEntry(question=evil, answer=evil),),
        policies={evil: evil},
        contact=Contact(email=evil, url=evil),
        handover=HandoverRules(text=evil),
        comments=CommentRules(keywords=(evil,)),
    )
    for path in ("profile", "handover", "voice", "faq", "faq/0", "policies", "comments", ""):
        answer = await visitor.client.get(f"/console{AT}/{path}".rstrip("/"))
        assert "<script>alert" not in answer.text
