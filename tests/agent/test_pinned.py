"""What a merchant pins for a query is what a customer is shown first."""

from models.search import QueryRule
from scripts.evaluation.chat import Chat
from tests.agent.shop import MemoryCatalogue

ASKED = "do you have a summer dress?"


async def test_what_is_pinned_comes_first_in_the_reply(chat: Chat, catalogue: MemoryCatalogue) -> None:
    before = [card.product_id for card in (await chat.say(ASKED)).cards]
    query = catalogue.searches[-1][0]
    assert before[0] != "d3"
    catalogue.curate(QueryRule(query=query, pinned=("d3",)))
    again = Chat(chat.ladder, catalogue, chat.merchant)
    assert (await again.say(ASKED)).cards[0].product_id == "d3"
