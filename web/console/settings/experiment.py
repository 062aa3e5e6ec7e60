"""The experiment: which variants there are, who has them, and what each changes."""

from dataclasses import asdict
from typing import Any

from indexes.embedders import LocalEmbedder
from models.experiment import Variant
from models.merchant import Merchant
from settings import Settings
from web.console.desk import Desk
from web.console.search_form import PARTS
from web.console.settings.part import Part, Read
from web.console.settings.typed import Typed
from web.experiment import MOST_VARIANTS

# Rows: as many as there are and one more, up to what an experiment takes.
_LEAST = 3
_FIELDS = ("name", "share", "answers", "voice")
_ANSWERS = {"": None, "model": True, "rules": False}


def _typed(shop: Merchant) -> Typed:
    values: dict[str, str] = {"name": shop.experiment.name if shop.experiment else ""}
    for number, one in enumerate(shop.experiment.variants if shop.experiment else ()):
        at = f"variant.{number}"
        answers = next(said for said, use_model in _ANSWERS.items() if use_model is one.use_model)
        values |= {
            f"{at}.name": one.name,
            f"{at}.share": str(one.share),
            f"{at}.answers": answers,
            f"{at}.voice": one.voice or "",
        }
        for embedder, weights in one.weights.items():
            values |= {
                f"{at}.{embedder}.{part}": f"{weight:.12g}" for part, weight in asdict(weights).items()
            }
    return Typed(values)


def _read(typed: Typed, shop: Merchant) -> Read:
    if typed.ticked("end"):
        return Read({"experiment": None})
    variants: list[dict[str, Any]] = []
    places = {"experiment.name": "name", "experiment.variants": "variants"}
    before = shop.experiment.variants if shop.experiment else ()
    for number in typed.numbers("variant"):
        at = f"variant.{number}"
        if any(typed.get(f"{at}.{name}").strip() for name in (*_FIELDS, *_weights(typed))):
            place = f"experiment.variants.{len(variants)}"
            places |= {f"{place}.{name}": f"{at}.{name}" for name in _FIELDS}
            places[f"{place}.weights"] = f"{at}.weights"
            variants.append(_variant(typed, at, {one.name: one for one in before}))
    return Read({"experiment": {"name": typed.get("name"), "variants": variants}}, places)


def _variant(typed: Typed, at: str, before: dict[str, Variant]) -> dict[str, Any]:
    name, share = typed.get(f"{at}.name").strip(), typed.get(f"{at}.share").strip()
    embedder = typed.get("embedder")
    weights = {
        part: typed.get(f"{at}.{field}").strip().replace(",", ".")
        for field, part in zip(_weights(typed), PARTS, strict=True)
    }
    # What the form does not show stays: weights for an embedder that is not in use.
    others = before[name].weights if name in before else {}
    kept = {one: asdict(own) for one, own in others.items() if one != embedder}
    own = {embedder: {part: _number(one) for part, one in weights.items()}} if any(weights.values()) else {}
    return {
        "name": name,
        "share": int(share) if share.isascii() and share.isdigit() and len(share) <= 3 else share,  # noqa: PLR2004 - 100
        "use_model": _ANSWERS.get(typed.get(f"{at}.answers")),
        "voice": typed.optional(f"{at}.voice"),
        "weights": kept | own,
    }


def _weights(typed: Typed) -> list[str]:
    """Fields of a variant, in the order of PARTS: for the embedder in use."""
    return [f"{typed.get('embedder')}.{part}" for part in PARTS]


def _number(written: str) -> float | str:
    """What is none comes back as it is, and is refused."""
    try:
        return float(written)
    except ValueError:
        return written


async def _around(desk: Desk) -> dict[str, Any]:
    running = desk.shop.experiment
    rows = min(MOST_VARIANTS, max(_LEAST, len(running.variants) + 1 if running else 0))
    return {
        "rows": range(rows),
        "embedder": _embedder(desk.here.settings),
        "weight_parts": PARTS,
        "has_model": desk.here.settings.openai_api_key is not None,
    }


def _embedder(configuration: Settings) -> str:
    return LocalEmbedder.name if configuration.embedder == "local" else configuration.openai_embedding_model


EXPERIMENT = Part(name="experiment", fields=frozenset({"experiment"}), typed=_typed, read=_read, more=_around)
