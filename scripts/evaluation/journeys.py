"""Conversations as written down in journeys/: what the customer says, and what every answer must meet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from models.turn import Intent

HERE = Path(__file__).parent / "journeys"
# The rules were written with the known at hand. The fresh were written in rounds, each before the rules were
# tuned on it, and stand here since its rate is on record (docs/evaluation.md).
KNOWN, FRESH = HERE / "known", HERE / "fresh"
ANY_SHOP = HERE / "any_shop"


def _listed(value: object) -> object:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


# One or several, any of which will do.
AnyOf = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Facts(BaseModel):
    """What the shown variant and its product are; prices in minor units."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: AnyOf = ()
    kind: AnyOf = ()  # category, tag or words of the name
    color: AnyOf = ()
    not_color: AnyOf = ()
    size: AnyOf = ()
    material: AnyOf = ()
    brand: AnyOf = ()
    tag: AnyOf = ()
    word: AnyOf = ()  # somewhere in the product's texts
    min: int | None = None
    max: int | None = None
    on_sale: bool | None = None


class Shows(Facts):
    """Facts hold for every product shown; each of `wishes` for at least one, and one of them for each."""

    wishes: tuple[Facts, ...] = ()
    first: str | None = None
    only: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    at_least: int = 1
    at_most: int | None = None
    none: bool = False
    cheapest: bool = False  # the first is the cheapest there is with these facts
    new: bool = False  # nothing of what the answer before showed


class Filters(BaseModel):
    """Those named must be so, the others may be anything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    price_min: int | None = None
    price_max: int | None = None
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    in_stock: bool | None = None


class Said(BaseModel):
    """One turn. `say` as a list is a burst: messages that are answered together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str | tuple[str, ...]
    attached: tuple[str, ...] = ()
    intent: Annotated[tuple[Intent, ...], BeforeValidator(_listed)] = ()
    filters: Filters = Filters()
    shows: Shows | None = None
    asks: bool = False
    handover: bool = False
    says: AnyOf = ()  # one of them
    says_not: AnyOf = ()
    language: str | None = None
    query: str = ""  # words of the wish

    @property
    def text(self) -> str:
        return self.say if isinstance(self.say, str) else "\n".join(self.say)


class Journey(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    language: str = "en"
    surface: Literal["dm", "comment"] = "dm"
    turns: Annotated[tuple[Said, ...], Field(min_length=1)]


class UnreadableJourney(ValueError):
    """A journey is not written as journeys are."""


def read_journeys(folder: Path) -> Iterator[Journey]:
    """In the order of the files; `de.yaml` is German, `prices.yaml` English. UnreadableJourney."""
    for path in sorted(folder.glob("*.yaml")):
        for written in read_templates(path):
            yield parsed(written, path)


def read_templates(path: Path) -> list[dict[str, Any]]:
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise UnreadableJourney(f"{path}: {error}") from error
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
        raise UnreadableJourney(f"{path}: a list of journeys is expected")
    return written


def parsed(written: dict[str, Any], path: Path) -> Journey:
    language = path.stem if len(path.stem) == len("de") else "en"
    try:
        return Journey.model_validate({"language": language, **written})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableJourney(
            f"{path.name}, {written.get('name', '?')}: {place}: {first['msg']}"
        ) from error
