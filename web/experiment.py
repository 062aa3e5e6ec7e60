"""An experiment as it comes in: what PATCH of a profile and the console's form may say of it."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from web.search_settings import EmbedderName, WeightsBody
from web.storable import Storable

MOST_VARIANTS = 10
_ALL = 100


def _a_name(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


Name = Annotated[Storable, Field(max_length=40), AfterValidator(_a_name)]


class VariantBody(BaseModel):
    """What is left out is as in the profile."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    share: Annotated[int, Field(ge=0, le=_ALL, strict=True)]
    use_model: bool | None = None
    voice: Annotated[Storable, Field(max_length=2000), AfterValidator(_a_name)] | None = None
    weights: Annotated[dict[EmbedderName, WeightsBody], Field(max_length=20)] = {}


def _told_apart(variants: list[VariantBody]) -> list[VariantBody]:
    names = [one.name for one in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two variants are called {twice!r}: figures could not tell them apart")
    return variants


def _of_all_customers(variants: list[VariantBody]) -> list[VariantBody]:
    shares = sum(one.share for one in variants)
    if shares != _ALL:
        raise ValueError(f"the shares add up to {shares}, not to {_ALL}")
    return variants


class ExperimentBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    variants: Annotated[
        list[VariantBody],
        Field(min_length=2, max_length=MOST_VARIANTS),
        AfterValidator(_told_apart),
        AfterValidator(_of_all_customers),
    ]
