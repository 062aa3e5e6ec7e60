"""A shop's profile as it comes in: what PATCH and the console's forms may change."""

import re
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from models.codec import from_jsonable
from models.merchant import Merchant
from models.money import CURRENCIES
from models.search import SearchSettings
from web.experiment import ExperimentBody
from web.search_settings import SearchSettingsBody
from web.storable import Storable

_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(f"{code} is not an ISO 4217 currency such as USD")
    return code


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


@cache
def time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_time_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError(f"{name} is no time zone such as Europe/Berlin")
    return name


def _a_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(f"{text} is no date such as 2026-12-25") from error


def _a_clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"{text or 'nothing'} is no time such as 09:00")
    return text


def _a_clock_or_midnight(text: str) -> str:
    return text if text == "24:00" else _a_clock(text)


def _in_order(dates: list[str]) -> list[str]:
    return sorted(set(dates))


Words = Annotated[Storable, Field(max_length=500), AfterValidator(_not_blank)]
Passage = Annotated[Storable, Field(max_length=5000)]
Line = Annotated[Storable, Field(max_length=150), AfterValidator(_not_blank)]
Clock = Annotated[str, AfterValidator(_a_clock)]
Closing = Annotated[str, AfterValidator(_a_clock_or_midnight)]
Days = Annotated[int, Field(ge=1, le=3650)]


# Where null says something: no text of one's own, no limit.
_NULLABLE = frozenset({"disclosure", "model_budget_per_day", "experiment"})


class _Body(BaseModel):
    """Its defaults are the model's."""

    model_config = ConfigDict(extra="forbid")


class FaqBody(_Body):
    question: Words
    answer: Annotated[Passage, AfterValidator(_not_blank)]


class ContactBody(_Body):
    email: Words | None = None
    phone: Words | None = None
    url: Words | None = None


class CommentsBody(_Body):
    answer: Literal["all", "questions", "keywords", "off"] = "all"
    keywords: Annotated[list[Words], Field(max_length=100)] = []
    posts: Annotated[list[Words], Field(max_length=1000)] = []
    public_reply: bool = True
    public_replies: Annotated[list[Line], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _has_keywords(self) -> Self:
        if self.answer == "keywords" and not self.keywords:
            raise ValueError('answer "keywords" needs at least one of them in keywords')
        return self


class VoiceStyleBody(_Body):
    emoji: Literal["auto", "none", "few", "many"] = "auto"
    length: Literal["short", "normal", "long"] = "normal"
    address: Literal["auto", "informal", "formal"] = "auto"


class VoiceExampleBody(_Body):
    customer: Words
    reply: Words


class OpeningBody(_Body):
    day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    opens: Clock
    closes: Closing

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("closes after it opens; past midnight is the next day's")
        return self


class HoursBody(_Body):
    week: Annotated[list[OpeningBody], Field(max_length=50)] = []
    closed: Annotated[
        list[Annotated[str, AfterValidator(_a_date)]], Field(max_length=400), AfterValidator(_in_order)
    ] = []

    @model_validator(mode="after")
    def _do_not_overlap(self) -> Self:
        for first, second in pairwise(sorted(self.week, key=lambda one: (one.day, one.opens))):
            if first.day == second.day and second.opens < first.closes:
                raise ValueError(
                    f"{first.opens} to {first.closes} and {second.opens} to {second.closes} overlap"
                )
        return self


class HandoverBody(_Body):
    problems: bool = True
    keywords: Annotated[list[Words], Field(max_length=100)] = []
    text: Words | None = None
    pause_hours: Annotated[int, Field(ge=1, le=720)] | None = None


class RetentionBody(_Body):
    conversations_days: Days | None = 90
    executions_days: Days | None = 30
    uploads_days: Days | None = 30


class ProfileBody(_Body):
    """What PATCH may change; what is left out stays. A part is given whole."""

    name: Words | None = None
    currency: Annotated[str, AfterValidator(_known_currency)] | None = None
    voice: Annotated[Storable, Field(max_length=2000), AfterValidator(_not_blank)] | None = None
    voice_style: VoiceStyleBody | None = None
    voice_examples: Annotated[list[VoiceExampleBody], Field(max_length=10)] | None = None
    time_zone: Annotated[str, AfterValidator(_known_time_zone)] | None = None
    hours: HoursBody | None = None
    languages: (
        Annotated[list[Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Z]{2})?$")]], Field(min_length=1)] | None
    ) = None
    faq: Annotated[list[FaqBody], Field(max_length=200)] | None = None
    policies: dict[Words, Passage] | None = None
    contact: ContactBody | None = None
    handover: HandoverBody | None = None
    comments: CommentsBody | None = None
    search: SearchSettingsBody | None = None
    disclose: bool | None = None
    disclosure: Line | None = None
    use_model: bool | None = None
    model_budget_per_day: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    retention: RetentionBody | None = None
    experiment: ExperimentBody | None = None

    def profile(self, before: SearchSettings) -> dict[str, Any]:
        """The fields that were given, as a Merchant has them."""
        given = {
            name: value
            for name, value in self.model_dump(exclude_unset=True, exclude={"search"}).items()
            if value is not None or name in _NULLABLE
        }
        made = from_jsonable(Merchant, {"id": "", "name": ""} | given)
        profile = {name: getattr(made, name) for name in given}
        return profile if self.search is None else profile | {"search": self.search.over(before)}


class MerchantBody(ProfileBody):
    name: Words
    currency: Annotated[str, AfterValidator(_known_currency)] = "USD"
