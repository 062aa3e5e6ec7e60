"""A shop and how it wants to speak."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqEntry:
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    email: str | None = None
    phone: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merchant:
    """`voice` is professional, casual, playful, luxury or the merchant's own words."""

    id: str
    name: str
    currency: str = "USD"
    voice: str = "casual"
    languages: tuple[str, ...] = ("en",)
    faq: tuple[FaqEntry, ...] = ()
    policies: dict[str, str] = field(default_factory=dict)
    contact: Contact = Contact()
