"""Shop profiles."""

from dataclasses import replace
from typing import Annotated, Any, Literal, Self
from uuid import uuid4

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from models.merchant import CommentRules, Contact, FaqEntry, Merchant
from models.money import CURRENCIES
from models.search import SearchSettings
from store import merchants
from store.database import autocommit
from web.deps import Here, TheMerchant
from web.search_settings import SearchSettingsBody
from web.storable import Storable

router = APIRouter(prefix="/merchants")


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(f"{code} is not an ISO 4217 currency such as USD")
    return code


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


Words = Annotated[Storable, Field(max_length=500), AfterValidator(_not_blank)]
Passage = Annotated[Storable, Field(max_length=5000)]


# Where null says something: no text of one's own, no limit.
_NULLABLE = frozenset({"disclosure", "model_budget_per_day"})


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FaqBody(_Body):
    question: Words
    answer: Annotated[Passage, AfterValidator(_not_blank)]


class ContactBody(_Body):
    email: Words | None = None
    phone: Words | None = None
    url: Words | None = None


class CommentsBody(_Body):
    """Whole: what is left out has its default."""

    answer: Literal["all", "questions", "keywords", "off"] = "all"
    keywords: Annotated[list[Words], Field(max_length=100)] = []
    posts: Annotated[list[Words], Field(max_length=1000)] = []
    public_reply: bool = True

    @model_validator(mode="after")
    def _has_keywords(self) -> Self:
        if self.answer == "keywords" and not self.keywords:
            raise ValueError('answer "keywords" needs at least one of them in keywords')
        return self

    def rules(self) -> CommentRules:
        return CommentRules(
            answer=self.answer,
            keywords=tuple(self.keywords),
            posts=tuple(self.posts),
            public_reply=self.public_reply,
        )


class ProfileBody(_Body):
    """What PATCH may change; what is left out stays."""

    name: Words | None = None
    voice: Annotated[Storable, Field(max_length=2000), AfterValidator(_not_blank)] | None = None
    languages: (
        Annotated[list[Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Z]{2})?$")]], Field(min_length=1)] | None
    ) = None
    faq: Annotated[list[FaqBody], Field(max_length=200)] | None = None
    policies: dict[Words, Passage] | None = None
    contact: ContactBody | None = None
    comments: CommentsBody | None = None
    search: SearchSettingsBody | None = None
    disclose: bool | None = None
    disclosure: Annotated[Storable, Field(max_length=150), AfterValidator(_not_blank)] | None = None
    model_budget_per_day: Annotated[int, Field(ge=0, le=100_000_000)] | None = None

    def profile(self, before: SearchSettings) -> dict[str, Any]:
        """The fields that were given, as a Merchant has them."""
        given = {
            name: getattr(self, name)
            for name in self.model_fields_set
            if getattr(self, name) is not None or name in _NULLABLE
        }
        if self.languages is not None:
            given["languages"] = tuple(self.languages)
        if self.faq is not None:
            given["faq"] = tuple(FaqEntry(question=entry.question, answer=entry.answer) for entry in self.faq)
        if self.contact is not None:
            given["contact"] = Contact(**self.contact.model_dump())
        if self.comments is not None:
            given["comments"] = self.comments.rules()
        if self.search is not None:
            given["search"] = self.search.over(before)
        return given


class MerchantBody(ProfileBody):
    name: Words
    currency: Annotated[str, AfterValidator(_known_currency)] = "USD"


@router.post("", status_code=201)
async def create(body: MerchantBody, here: Here) -> Merchant:
    merchant = Merchant(id=uuid4().hex, **body.profile(SearchSettings()))
    async with here.engine.begin() as connection:
        await merchants.create(connection, merchant, here.gateway.place_for(merchant.id))
    return merchant


@router.get("")
async def listing(here: Here) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        return {"items": await merchants.listing(connection), "next_cursor": None}


@router.get("/{m}")
async def get(merchant: TheMerchant) -> Merchant:
    return merchant


@router.patch("/{m}")
async def change(merchant: TheMerchant, body: ProfileBody, here: Here) -> Merchant:
    async with here.engine.begin() as connection:
        current = await merchants.get(connection, merchant.id, lock=True)
        changed = replace(current, **body.profile(current.search))
        await merchants.save(connection, changed)
    if body.search is not None:
        await here.gateway.refresh_settings(merchant.id)
    return changed
