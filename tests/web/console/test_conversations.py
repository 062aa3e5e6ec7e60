"""The inbox as a person uses it without script: pages, links and forms."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.message import Attachment, EventKind
from store import outbox
from tests.fuzz.world import Actors
from tests.store.rows import open_shop, select, turn
from tests.store.rows import reply as answer
from tests.web.console.living import open_living_shop, says
from tests.web.console.visitor import Visitor
from web.console import conversations as page

INBOX = "/m1/conversations"


@pytest.fixture
def actors(engine: AsyncEngine, tmp_path: Path) -> Actors:
    return Actors(engine, tmp_path)


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine, actors: Actors) -> None:
    await open_living_shop(engine, actors)


async def listed(visitor: Visitor, query: str = "") -> list[str]:
    found = await visitor.page(INBOX + query)
    return [row.select_one(".row-name").text for row in found.select(".row")]  # type: ignore[union-attr]


async def said(visitor: Visitor, conversation_id: int, query: str = "") -> list[str]:
    found = await visitor.page(f"{INBOX}/{conversation_id}{query}")
    return [bubble.text.strip() for bubble in found.select("#thread .bubble")]


async def test_an_empty_inbox_says_what_to_do_next(visitor: Visitor) -> None:
    found = await visitor.page(INBOX)
    ways = [link["href"] for link in found.select(".empty a")]
    assert ways == ["/console/m1/simulator", "/console/m1/settings/instagram"]


async def test_conversations_are_listed_by_what_they_need_and_counted(
    visitor: Visitor, actors: Actors
) -> None:
    await says(actors, "do you have a blue dress?", customer="1")
    await says(actors, "I want to talk to a person", customer="2")
    await says(actors, "price of the hat?", EventKind.COMMENT, customer="3", username="mia.b")
    assert await listed(visitor) == ["mia.b", "2", "1"]
    assert await listed(visitor, "?show=needs_person") == ["2"]
    assert await listed(visitor, "?show=comments") == ["mia.b"]
    assert await listed(visitor, "?q=dress") == ["1"]
    assert await listed(visitor, "?show=paused&q=dress") == []
    found = await visitor.page(INBOX)
    counts = {link.text.split()[0]: link.select_one(".count").text for link in found.select(".kinds a")}  # type: ignore[union-attr]
    assert (counts["All"], counts["Need"], counts["Comments"]) == ("3", "1", "1")
    assert "1 need a person" in found.select_one("#waiting").text  # type: ignore[union-attr]


async def test_what_is_asked_for_goes_along_with_every_link(visitor: Visitor, actors: Actors) -> None:
    await says(actors, "do you have a blue dress?")
    found = await visitor.page(f"{INBOX}?show=unanswered&q=dress")
    assert found.select_one(".rows .empty")
    found = await visitor.page(f"{INBOX}?channel=instagram&q=dress")
    (row,) = found.select(".row a")
    assert urlsplit(str(row["href"])).query == "channel=instagram&q=dress"
    thread = await visitor.page(str(row["href"]).removeprefix("/console"))
    assert thread.select_one(".row a[aria-current]")
    assert thread.select_one("#q")["value"] == "dress"  # type: ignore[index]


async def test_a_list_goes_on_page_by_page(
    visitor: Visitor, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "_PAGE", 2)
    for customer in ("1", "2", "3", "4", "5"):
        await turn(engine, "hello", answer("hi"), customer=customer)
    seen: list[str] = []
    address: str | None = INBOX
    while address:
        found = await visitor.page(address)
        seen += [row.text for row in found.select(".row-name")]
        onward = found.select_one(".list-pane .pager a[rel=next]")
        address = str(onward["href"]).removeprefix("/console") if onward else None
    assert seen == ["5", "4", "3", "2", "1"]


async def test_a_thread_shows_who_said_what_and_the_way_to_why(visitor: Visitor, actors: Actors) -> None:
    conversation_id = await says(actors, "do you have a blue dress?")
    found = await visitor.page(f"{INBOX}/{conversation_id}")
    assert [one["class"][1] for one in found.select("#thread .said")] == [
        "is-customer",
        "is-assistant",
        "is-assistant",
    ]
    assert [one.text for one in found.select(".ware-name")] == ["Blue dress"]
    assert "Waits to be sent" in found.select_one("#thread .is-assistant .state").text  # type: ignore[union-attr]
    (way,) = found.select(".caption a")
    assert str(way["href"]).startswith("/console/m1/executions/turn-")
    assert found.select_one("#thread .day")


async def test_a_thread_says_what_could_not_be_sent_and_why(
    visitor: Visitor, actors: Actors, engine: AsyncEngine
) -> None:
    conversation_id = await says(actors, "hello")
    async with engine.begin() as connection:
        (delivery, *_) = await outbox.claim(connection, ["m1"])
        await outbox.fail(connection, delivery, "recipient_unavailable")
    found = await visitor.page(f"{INBOX}/{conversation_id}")
    assert "this customer cannot be reached" in found.select_one(".is-failed .state").text  # type: ignore[union-attr]
    assert await listed(visitor, "?show=errors") == ["990000000000001"]


async def test_silence_a_handover_and_what_got_no_reply_stand_in_the_thread(
    visitor: Visitor, actors: Actors
) -> None:
    conversation_id = await says(actors, "I want to talk to a person")
    await says(actors, "hello??")
    await says(actors, "❤️", EventKind.REACTION, ignored="reaction")
    await says(actors, "gorgeous!", EventKind.COMMENT, customer="2")
    found = await visitor.page(f"{INBOX}/{conversation_id}")
    notes = [" ".join(one.text.split()) for one in found.select("#thread .note")]
    assert notes[0].startswith("Handed over: ")
    assert notes[1:] == ["No reply: a person has taken over", "The customer reacted ❤️"]


async def test_a_comment_and_pictures_are_shown_as_such(visitor: Visitor, actors: Actors) -> None:
    conversation_id = await says(actors, "how much is the hat?", EventKind.COMMENT, media_id="180001")
    attached = (
        Attachment(type="image", url="https://cdn.example/1.jpg"),
        Attachment(type="image", url="javascript:alert(1)"),
        Attachment(type="audio", url="https://cdn.example/1.mp3"),
    )
    await says(actors, "", attachments=attached)
    found = await visitor.page(f"{INBOX}/{conversation_id}")
    assert "Comment under 180001" in found.select_one(".is-public.is-customer .said-by").text  # type: ignore[union-attr]
    assert [one["src"] for one in found.select("#thread .sent-picture img")] == ["https://cdn.example/1.jpg"]
    assert "javascript:" not in str(found)
    assert [one.text for one in found.select(".bubble") if "Attached" in one.text] == [
        "Attached: image",
        "Attached: audio",
    ]


async def test_what_somebody_wrote_stays_text(visitor: Visitor, actors: Actors) -> None:
    conversation_id = await says(actors, "<script>alert(1)</script> https://evil.example/?a=<b>")
    found = await visitor.page(f"{INBOX}/{conversation_id}")
    assert not [script for script in found.find_all("script") if "alert" in script.text]
    (link,) = found.select("#thread .is-customer .bubble a")
    assert link["rel"] == ["noopener", "noreferrer"]


async def test_older_messages_come_page_by_page(
    visitor: Visitor, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "_LINES", 4)
    conversation_id = 0
    for number in range(5):
        conversation_id = (
            await turn(engine, f"question {number}", answer(f"answer {number}"), customer="c9")
        ).conversation.id
    assert await said(visitor, conversation_id) == ["question 3", "answer 3", "question 4", "answer 4"]
    found = await visitor.page(f"{INBOX}/{conversation_id}")
    older = str(found.select_one(".older a")["href"]).removeprefix(f"/console{INBOX}/{conversation_id}")  # type: ignore[index]
    assert await said(visitor, conversation_id, older) == ["question 1", "answer 1", "question 2", "answer 2"]


async def test_beside_a_thread_stands_what_is_remembered_and_how_long_it_can_be_answered(
    visitor: Visitor, actors: Actors
) -> None:
    conversation_id = await says(actors, "do you have a blue dress under 90?")
    found = await visitor.page(f"{INBOX}/{conversation_id}")
    side = " ".join(found.select_one("#side").text.split())  # type: ignore[union-attr]
    assert "up to €90" in side
    assert "Blue dress" in found.select_one("#side-focus").text  # type: ignore[union-attr]
    assert "The assistant answers" in side
    assert "until" in side


async def test_a_person_answers_and_the_assistant_steps_back(visitor: Visitor, actors: Actors) -> None:
    conversation_id = await says(actors, "hello")
    found = await visitor.follow(
        await visitor.send(f"{INBOX}/{conversation_id}/reply", {"text": " This is Mia. "})
    )
    assert found.select("#thread .is-person .bubble")[-1].text == "This is Mia."
    assert "a person has answered" in found.select_one("#side").text  # type: ignore[union-attr]
    assert not found.select_one("textarea[name=text]").text.strip()  # type: ignore[union-attr]
    found = await visitor.follow(await visitor.send(f"{INBOX}/{conversation_id}/resume"))
    assert "The assistant answers" in found.select_one("#side").text  # type: ignore[union-attr]


@pytest.mark.parametrize(("text", "fault"), [("   ", "Write something"), ("x" * 10_001, "10,000")])
async def test_an_answer_that_cannot_be_is_kept_with_what_is_wrong_beside_it(
    visitor: Visitor, actors: Actors, text: str, fault: str
) -> None:
    conversation_id = await says(actors, "hello")
    refused = await visitor.send(f"{INBOX}/{conversation_id}/reply", {"text": text})
    assert refused.status_code == 422
    assert fault in refused.text
    assert "text-fault" in refused.text
    assert "This is Mia" not in str(await said(visitor, conversation_id))


async def test_an_answer_that_comes_too_late_says_so_and_loses_nothing(
    visitor: Visitor, actors: Actors
) -> None:
    conversation_id = await says(actors, "hello", at=datetime.now(UTC) - timedelta(days=8))
    refused = await visitor.send(f"{INBOX}/{conversation_id}/reply", {"text": "Mia, at last & <sorry>"})
    assert refused.status_code == 409
    assert "more than 7 days ago" in refused.text
    assert "Mia, at last &amp; &lt;sorry&gt;</textarea>" in refused.text
    yesterday = await says(actors, "hi", customer="2", at=datetime.now(UTC) - timedelta(hours=30))
    found = await visitor.page(f"{INBOX}/{yesterday}")
    assert "human-agent tag" in found.select_one("#text-hint").text  # type: ignore[union-attr]


async def test_a_pause_can_be_undone_at_once(visitor: Visitor, actors: Actors) -> None:
    conversation_id = await says(actors, "hello")
    found = await visitor.follow(await visitor.send(f"{INBOX}/{conversation_id}/pause"))
    assert "paused here" in found.select_one("#side").text  # type: ignore[union-attr]
    undo = found.select_one(".flash form")
    assert undo
    found = await visitor.follow(await visitor.send(str(undo["action"]).removeprefix("/console")))
    assert "The assistant answers" in found.select_one("#side").text  # type: ignore[union-attr]


async def test_forgetting_asks_first_and_keeps_the_messages(visitor: Visitor, actors: Actors) -> None:
    conversation_id = await says(actors, "do you have a blue dress?")
    assert (await visitor.page(f"{INBOX}/{conversation_id}/reset")).select_one("form.one-button")
    assert (await visitor.page(f"{INBOX}/{conversation_id}")).select_one("#side-focus")
    found = await visitor.follow(await visitor.send(f"{INBOX}/{conversation_id}/reset"))
    assert not found.select_one("#side-focus")
    assert found.select("#thread .bubble")


async def test_another_merchants_conversation_is_not_there(visitor: Visitor, engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    theirs = (await turn(engine, "secret", answer("hi"), merchant="m2")).conversation.id
    await visitor.page(f"{INBOX}/{theirs}", status=404)
    for action in ("reply", "pause", "resume", "reset"):
        sent = await visitor.send(f"{INBOX}/{theirs}/{action}", {"text": "hello"})
        assert sent.status_code == 404, action
    assert not await select(engine, "1 FROM conversations WHERE paused_until IS NOT NULL")


@pytest.mark.parametrize("query", ["?show=nonsense", "?channel=nowhere", "?q=%25%27%22", "?before=1"])
async def test_whatever_an_address_asks_for_there_is_a_page(
    visitor: Visitor, actors: Actors, query: str
) -> None:
    conversation_id = await says(actors, "hello")
    await visitor.page(INBOX + query)
    await visitor.page(f"{INBOX}/{conversation_id}{query}")
    await visitor.page(f"{INBOX}?cursor=nonsense", status=422)
