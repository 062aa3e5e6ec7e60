"""A shop and how it wants to speak."""

from dataclasses import field

from models.record import record
from models.search import SearchSettings


@record
class FaqEntry:
    question: str
    answer: str


@record
class Contact:
    email: str | None = None
    phone: str | None = None
    url: str | None = None


@record
class CommentRules:
    """Which comments are answered: all that ask something, only questions about products, those with one of
    the keywords, or none ("off"); where `posts` are named, only under these. The answer is private;
    `public_reply` adds a line under the comment.
    """

    answer: str = "all"  # or "questions", "keywords", "off"
    keywords: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    public_reply: bool = True


@record
class Merchant:
    """`voice` is professional, casual, playful, luxury or the merchant's own words.

    `disclose`: the first reply to a customer says that it is automated, in the words of `disclosure` if set.
    `model_budget_per_day`: US cents that models may cost in a UTC day; then the rules answer. None: no limit.
    """

    id: str
    name: str
    currency: str = "USD"
    voice: str = "casual"
    languages: tuple[str, ...] = ("en",)
    faq: tuple[FaqEntry, ...] = ()
    policies: dict[str, str] = field(default_factory=dict)
    contact: Contact = Contact()
    comments: CommentRules = CommentRules()
    search: SearchSettings = field(default_factory=SearchSettings)
    disclose: bool = True
    disclosure: str | None = None
    model_budget_per_day: int | None = None
