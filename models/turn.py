"""One turn: what goes to the agent and what comes back."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.merchant import Merchant
from models.message import Message
from models.search import NO_FILTERS, Filters


class Intent(StrEnum):
    PRODUCT_SEARCH = "product_search"
    VARIANT_QUESTION = "variant_question"
    PRICE_INQUIRY = "price_inquiry"
    COMPARISON = "comparison"
    GENERAL_QUESTION = "general_question"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a customer likes, learned over many turns, newest last."""

    price_min: int | None = None
    price_max: int | None = None
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the customer is looking for right now, so that "under 50" refines it."""

    query: str = ""
    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """All that is kept about a customer between turns. `focus`: ids of products last shown, in order."""

    preferences: Preferences = Preferences()
    wish: Wish = Wish()
    focus: tuple[str, ...] = ()
    summary: str = ""
    language: str = "en"
    disclosed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything the agent needs. `text` joins the waiting messages, oldest first, one a line."""

    id: str
    merchant: Merchant
    channel: str
    surface: str  # "dm" or "comment"
    text: str
    attachments: tuple[str, ...] = ()  # types: "image", "share", ...
    history: tuple[Message, ...] = ()  # the last 10, oldest first, without this turn's
    memory: Memory = Memory()
    now: datetime


class PartType(StrEnum):
    TEXT = "text"
    CARDS = "cards"


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message bubble. `text` is also the plain-text rendering of cards."""

    type: PartType
    text: str
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A person should take over; the assistant pauses for this customer."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of the execution log. `data` is JSON: shown to people, read by no code."""

    name: str
    status: str  # "ok" or "failed"
    started_at: datetime
    duration_ms: float
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The agent's whole answer. `memory` is the customer's memory after this turn."""

    parts: tuple[Part, ...]
    cards: tuple[Card, ...]
    intent: Intent
    confidence: float
    filters: Filters
    memory: Memory
    rung: str  # the step of the ladder that answered: "model", "model_short", "rules", "apology"
    handover: Handover | None = None
    steps: tuple[Step, ...] = ()
    cost_microdollars: int = 0
