"""How a merchant's products are searched: its own weights and words."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from models.search import SearchSettings, Weights
from web.storable import Storable

_MOST_GROUPS, _MOST_PHRASES, _MOST_EMBEDDERS = 500, 30, 20

Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True)]


def _with_a_word(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise ValueError("has no word in it")
    return text.strip()


Phrase = Annotated[Storable, Field(max_length=100), AfterValidator(_with_a_word)]
Group = Annotated[list[Phrase], Field(min_length=2, max_length=_MOST_PHRASES)]
EmbedderName = Annotated[Storable, Field(min_length=1, max_length=200)]


class WeightsBody(BaseModel):
    """All six: a part left out would count by chance."""

    model_config = ConfigDict(extra="forbid")

    semantic: Weight
    keyword: Weight
    popularity: Weight
    availability: Weight
    price_match: Weight
    recency: Weight

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("one of the weights at least is above 0")
        return self


class SearchSettingsBody(BaseModel):
    """What is left out stays; what is given takes the place of all that was there."""

    model_config = ConfigDict(extra="forbid")

    weights: Annotated[dict[EmbedderName, WeightsBody], Field(max_length=_MOST_EMBEDDERS)] | None = None
    synonyms: Annotated[list[Group], Field(max_length=_MOST_GROUPS)] | None = None

    def over(self, before: SearchSettings) -> SearchSettings:
        weights, synonyms = before.weights, before.synonyms
        if self.weights is not None:
            weights = {name: Weights(**one.model_dump()) for name, one in self.weights.items()}
        if self.synonyms is not None:
            synonyms = tuple(map(tuple, self.synonyms))
        return SearchSettings(weights=weights, synonyms=synonyms)
