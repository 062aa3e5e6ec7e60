"""A shop and how it wants to speak."""

from dataclasses import field, replace

from models.experiment import Experiment, Variant
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
    `public_reply` adds a line under the comment: one of `public_replies`, without any one of ours.
    """

    answer: str = "all"  # or "questions", "keywords", "off"
    keywords: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    public_reply: bool = True
    public_replies: tuple[str, ...] = ()


@record
class VoiceExample:
    """How the shop would answer this: for the tone, not for the facts in it."""

    customer: str
    reply: str


@record
class VoiceStyle:
    """What goes before the voice. "auto": as the voice has it."""

    emoji: str = "auto"  # or "none", "few", "many"
    length: str = "normal"  # or "short", "long"
    address: str = "auto"  # or "informal", "formal"


@record
class Opening:
    """`opens` and `closes` as "09:00", the latter up to "24:00". A day may have several."""

    day: str  # "mon" to "sun"
    opens: str
    closes: str


@record
class Hours:
    """When somebody is there, in the merchant's time zone. An empty `week`: it is not told.

    `closed` are dates as "2026-12-25" on which nobody is there.
    """

    week: tuple[Opening, ...] = ()
    closed: tuple[str, ...] = ()


@record
class HandoverRules:
    """Who asks for a person gets one. `problems`: so does who has a problem with an order, and who says one
    of `keywords`. `text` replaces our words about it. `pause_hours` None: as the installation has it.
    """

    problems: bool = True
    keywords: tuple[str, ...] = ()
    text: str | None = None
    pause_hours: int | None = None


@record
class Retention:
    """Days after which something is deleted; None: never."""

    conversations_days: int | None = 90  # since the last message
    executions_days: int | None = 30
    uploads_days: int | None = 30  # what is kept of an import


@record
class Merchant:
    """`voice` is professional, casual, playful, luxury or the merchant's own words.

    `disclose`: the first reply to a customer says that it is automated, in the words of `disclosure` if set.
    `use_model`: False, only the rules answer. `model_budget_per_day`: US cents that models may cost in a UTC
    day; then the rules answer. None: no limit.
    """

    id: str
    name: str
    currency: str = "USD"
    voice: str = "casual"
    voice_style: VoiceStyle = VoiceStyle()
    voice_examples: tuple[VoiceExample, ...] = ()
    languages: tuple[str, ...] = ("en",)
    time_zone: str = "UTC"
    hours: Hours = Hours()
    faq: tuple[FaqEntry, ...] = ()
    policies: dict[str, str] = field(default_factory=dict)
    contact: Contact = Contact()
    handover: HandoverRules = HandoverRules()
    comments: CommentRules = CommentRules()
    search: SearchSettings = field(default_factory=SearchSettings)
    disclose: bool = True
    disclosure: str | None = None
    use_model: bool = True
    model_budget_per_day: int | None = None
    retention: Retention = Retention()
    experiment: Experiment | None = None

    def variant_of(self, customer_id: str) -> Variant | None:
        """Which one of the experiment the customer has. None: none runs."""
        return self.experiment.variant_of(self.id, customer_id) if self.experiment else None

    def varied(self, variant: Variant) -> "Merchant":
        """The profile as customers of this variant meet it."""
        return replace(
            self,
            use_model=self.use_model if variant.use_model is None else variant.use_model,
            voice=variant.voice or self.voice,
            search=replace(self.search, weights=self.search.weights | variant.weights),
        )
