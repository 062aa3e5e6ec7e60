"""One turn: what goes to the agent and what comes back."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.merchant import Merchant
from models.message import Message
from models.record import record
from models.search import NO_FILTERS, Filters

# Why a turn is silent while a person speaks.
PAUSED = "paused"


class Intent(StrEnum):
    PRODUCT_SEARCH = "product_search"
    VARIANT_QUESTION = "variant_question"
    PRICE_INQUIRY = "price_inquiry"
    COMPARISON = "comparison"
    GENERAL_QUESTION = "general_question"
    SUPPORT = "support"


@record
class Liking:
    """`weight` as it was at `at`, when it was last said: it fades with time and grows when said again."""

    value: str
    weight: float
    at: datetime


@record
class Preferences:
    """What a customer likes, learned over many turns, newest last. Prices are minor units of `price_at`."""

    price_min: int | None = None
    price_max: int | None = None
    price_at: datetime | None = None
    colors: tuple[Liking, ...] = ()
    sizes: tuple[Liking, ...] = ()
    categories: tuple[Liking, ...] = ()
    brands: tuple[Liking, ...] = ()


@record
class Wish:
    """What the customer is looking for right now, so that "under 50" refines it."""

    query: str = ""
    filters: Filters = NO_FILTERS


@record
class RestockWish:
    """To be told when one of these variants can be bought again; without any named, when the product can."""

    product_id: str
    variant_ids: tuple[str, ...] = ()


@record
class Memory:
    """All that is kept about a customer between turns.

    `focus`: ids of products last shown, in order. `summary`: what was said before the last messages.
    `language`: "" for a customer who was never answered. `since`: when this talk began; what was said before
    it is not known any more. `offer`: what a "yes" would ask for.
    """

    preferences: Preferences = Preferences()
    wish: Wish = Wish()
    focus: tuple[str, ...] = ()
    summary: str = ""
    language: str = ""
    disclosed: bool = False
    since: datetime | None = None
    handed_over_at: datetime | None = None
    offer: RestockWish | None = None


@record
class Turn:
    """Everything the agent needs. `text` joins the waiting messages, oldest first, one a line.

    `subjects` are ids of the posts, stories, ads and links they are about, `featured` ids of the products
    in these, by the merchant's word: the focus of this turn. `notes` is what else came with the messages,
    for a model to read. `in_thread`: a comment under another comment; `live`: during a broadcast.
    `restocked` is what the customer waited for and can be bought again.
    `spent_microdollars`: what models have cost this merchant today. `variant` of the merchant's `experiment`
    has this customer; `merchant` is the profile as it has it. Both are "" where there is none.
    """

    id: str
    merchant: Merchant
    channel: str
    surface: str  # "dm" or "comment"
    text: str
    attachments: tuple[str, ...] = ()  # types: "image", "share", ...
    history: tuple[Message, ...] = ()  # the last 10, oldest first, without this turn's
    memory: Memory = Memory()
    subjects: tuple[str, ...] = ()
    featured: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    in_thread: bool = False
    live: bool = False
    account_name: str | None = None  # the shop's own on the channel
    restocked: tuple[RestockWish, ...] = ()
    now: datetime
    spent_microdollars: int = 0
    experiment: str = ""
    variant: str = ""


class PartType(StrEnum):
    TEXT = "text"
    CARDS = "cards"
    COMMENT = "comment"  # public, under the comment; the other parts are private


@record
class Card:
    """One product in a carousel. `text` is the line under the name: price, colour, stock."""

    product_id: str
    variant_id: str
    name: str
    text: str
    price_minor: int
    compare_at_price_minor: int | None
    currency: str
    url: str | None
    image: str | None


@record
class Part:
    """One message bubble. `text` is also the plain-text rendering of cards."""

    type: PartType
    text: str
    cards: tuple[Card, ...] = ()


@record
class Handover:
    """A person should take over; the assistant pauses for this customer."""

    reason: str


@record
class Step:
    """One entry of the execution log. `data` is JSON: shown to people and counted; no reply depends on it."""

    name: str
    status: str  # "ok" or "failed"
    started_at: datetime
    duration_ms: float
    data: dict[str, Any] = field(default_factory=dict)


@record
class Reply:
    """The agent's whole answer. `memory` is the customer's memory after this turn.

    `told`: ids of the restocked products that are dealt with. `silence`: why there is nothing to say; then
    there are no parts.
    """

    parts: tuple[Part, ...]
    cards: tuple[Card, ...]
    intent: Intent
    confidence: float
    filters: Filters
    memory: Memory
    rung: str  # the step of the ladder that answered: "model", "model_short", "rules", "apology"
    handover: Handover | None = None
    restock_wishes: tuple[RestockWish, ...] = ()
    told: tuple[str, ...] = ()
    silence: str | None = None
    steps: tuple[Step, ...] = ()
    cost_microdollars: int = 0
