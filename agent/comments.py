"""Which comments are answered at all: by the merchant's rules, and where somebody is asked something.

Under a post most of what is written is no question to the shop: praise, hearts, a friend's name.
"""

import re
import unicodedata

from agent.desk import Desk
from agent.rules.shelf import shelf_of
from agent.rules.understanding import Understanding, understand
from agent.words import fold, says
from models.search import NO_FILTERS
from models.turn import Intent, Reply, Turn

# Why a comment gets no reply, as it stands on record.
OFF = "comments_off"
OTHER_POST = "other_post"
NO_KEYWORD = "no_keyword"
TO_A_FRIEND = "to_a_friend"
NOTHING_ASKED = "nothing_asked"
NOT_ABOUT_PRODUCTS = "not_about_products"

_MENTION = re.compile(r"@[\w.]+")
_SIGNS = re.compile(r"[\W_]+")
# A friend is hardly asked for these.
_FOR_SALE = ("price_question", "inquiry", "in_stock", "which_sizes", "other_color", "take", "sale")
_PRODUCT = (*_FOR_SALE, "cheapest", "dearest", "cheaper", "similar", "comparison")
_SHOP = ("person", "problem", "bot", "ask")


async def why_silent(desk: Desk) -> str | None:
    """None where the comment is to be answered."""
    rules, turn = desk.turn.merchant.comments, desk.turn
    if rules.answer == "off":
        return OFF
    if rules.posts and not set(rules.posts) & set(turn.subjects):
        return OTHER_POST
    if rules.answer == "keywords":
        return None if any(says(turn.text, keyword) for keyword in rules.keywords) else NO_KEYWORD
    return await _by_its_words(desk)


async def _by_its_words(desk: Desk) -> str | None:
    turn = desk.turn
    text = _without_emoji(_MENTION.sub(" ", turn.text))
    said, question = await _understood(desk, text), _is_question(text)
    about_products = (
        said.has(*_PRODUCT) or _wishes(said, question=question) or (bool(turn.featured) and question)
    )
    if _to_a_friend(turn) and not said.has(*_FOR_SALE):
        return TO_A_FRIEND
    if not (question or about_products or said.has(*_SHOP) or said.policies):
        return NOTHING_ASKED
    # A thread is other people's talk: only a question about a product is surely meant for the shop.
    only_products = turn.merchant.comments.answer == "questions" or turn.in_thread
    return NOT_ABOUT_PRODUCTS if only_products and not about_products else None


def silence(desk: Desk, reason: str) -> Reply:
    return Reply(
        parts=(),
        cards=(),
        intent=Intent.GENERAL_QUESTION,
        confidence=1.0,
        filters=NO_FILTERS,
        memory=desk.turn.memory,
        rung="rules",
        silence=reason,
        steps=desk.trace.steps,
    )


async def _understood(desk: Desk, text: str) -> Understanding:
    shelf = shelf_of(await desk.facets(), desk.language, desk.shop_language)
    return understand(text, (), shelf, desk.language, desk.turn.merchant.currency)


def _wishes(said: Understanding, *, question: bool) -> bool:
    """As in "a red dress?" and a bare "red dress size M"; not in "gorgeous dress" and "love this dress"."""
    wish = bool(said.noun) or said.filters != NO_FILTERS
    return wish and (question or not (said.words or said.has("pointer", "definite", "like")))


def _is_question(text: str) -> bool:
    return not {"?", "？", "¿"}.isdisjoint(text)


def _to_a_friend(turn: Turn) -> bool:
    """Somebody is named, and it is not the shop: most accounts are called like it."""
    own = _letters(turn.account_name or turn.merchant.name)
    named = (_letters(mention) for mention in _MENTION.findall(turn.text))
    return any(not (name and (name in own or own in name)) for name in named)


def _letters(name: str) -> str:
    return _SIGNS.sub("", fold(name))


def _without_emoji(text: str) -> str:
    """A heart has a colour for who writes a wish, none for who likes a picture."""
    return "".join(" " if unicodedata.category(one) in ("So", "Sk") else one for one in text)
