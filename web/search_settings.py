"""How a merchant's products are searched: its own weights and words."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from indexes.curation import key
from models.search import QueryRule, SearchSettings, Trial, Weights
from web.storable import Storable

_MOST_GROUPS, _MOST_PHRASES, _MOST_EMBEDDERS = 500, 30, 20
_MOST_RULES, _MOST_PRODUCTS = 500, 50

Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True)]


def _with_a_word(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise ValueError("has no word in it")
    return text.strip()


Phrase = Annotated[Storable, Field(max_length=100), AfterValidator(_with_a_word)]
Group = Annotated[list[Phrase], Field(min_length=2, max_length=_MOST_PHRASES)]
ProductId = Annotated[Storable, Field(min_length=1, max_length=256)]
ProductIds = Annotated[list[ProductId], Field(max_length=_MOST_PRODUCTS)]
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


def _to_look_for(query: str) -> str:
    if not key(query):
        raise ValueError("has no word to look for")
    return query.strip()


class QueryRuleBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: Annotated[Storable, Field(max_length=200), AfterValidator(_to_look_for)]
    pinned: ProductIds = []
    buried: ProductIds = []

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.pinned or self.buried):
            raise ValueError("names a product at least, pinned or buried")
        named = [*self.pinned, *self.buried]
        if len(set(named)) < len(named):
            raise ValueError("names a product twice")
        return self

    def rule(self) -> QueryRule:
        return QueryRule(query=self.query, pinned=tuple(self.pinned), buried=tuple(self.buried))


def _one_for_each_query(rules: list[QueryRuleBody]) -> list[QueryRuleBody]:
    seen: dict[tuple[str, ...], str] = {}
    for rule in rules:
        asked = key(rule.query)
        if asked in seen:
            raise ValueError(f"{rule.query!r} and {seen[asked]!r} are one query; it has one rule")
        seen[asked] = rule.query
    return rules


Groups = Annotated[list[Group], Field(max_length=_MOST_GROUPS)]
Rules = Annotated[list[QueryRuleBody], Field(max_length=_MOST_RULES), AfterValidator(_one_for_each_query)]


class SearchSettingsBody(BaseModel):
    """What is left out stays; what is given takes the place of all that was there."""

    model_config = ConfigDict(extra="forbid")

    weights: Annotated[dict[EmbedderName, WeightsBody], Field(max_length=_MOST_EMBEDDERS)] | None = None
    synonyms: Groups | None = None
    rules: Rules | None = None

    def over(self, before: SearchSettings) -> SearchSettings:
        weights, synonyms, rules = before.weights, before.synonyms, before.rules
        if self.weights is not None:
            weights = {name: Weights(**one.model_dump()) for name, one in self.weights.items()}
        if self.synonyms is not None:
            synonyms = tuple(map(tuple, self.synonyms))
        if self.rules is not None:
            rules = tuple(rule.rule() for rule in self.rules)
        return SearchSettings(weights=weights, synonyms=synonyms, rules=rules)


class TrialBody(BaseModel):
    """Settings to search with this once. What is left out is as the merchant has it."""

    model_config = ConfigDict(extra="forbid")

    weights: WeightsBody | None = None
    synonyms: Groups | None = None
    rules: Rules | None = None

    def trial(self) -> Trial:
        return Trial(
            weights=None if self.weights is None else Weights(**self.weights.model_dump()),
            synonyms=None if self.synonyms is None else tuple(map(tuple, self.synonyms)),
            rules=None if self.rules is None else tuple(rule.rule() for rule in self.rules),
        )
