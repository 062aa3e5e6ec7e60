"""The voice, with a look at how it sounds before it is saved."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ValidationError

from agent.instructions import VOICES
from models.errors import Unavailable
from models.merchant import Merchant
from web.auditing import changes_nothing
from web.console.desk import Desk, TheDesk
from web.console.settings.part import Part, Read
from web.console.settings.typed import Typed, faults
from web.drafts import draft_all
from web.pages import texts
from web.profile import ProfileBody

_OWN = "own"
# Rows for examples: as many as there are and one more, up to what a profile takes.
_MOST, _LEAST = 10, 2
_STYLE = ("emoji", "length", "address")


def _voice(shop: Merchant) -> Typed:
    known = shop.voice.lower() in VOICES
    style = shop.voice_style
    values = {
        "voice": shop.voice.lower() if known else _OWN,
        "own": "" if known else shop.voice,
        "emoji": style.emoji,
        "length": style.length,
        "address": style.address,
    }
    for number, one in enumerate(shop.voice_examples):
        values |= {f"example.{number}.customer": one.customer, f"example.{number}.reply": one.reply}
    return Typed(values)


def _read(typed: Typed, _: Merchant) -> Read:
    own = typed.get("voice") == _OWN
    examples: list[dict[str, str]] = []
    places = {"voice": _OWN if own else "voice"}
    for number in typed.numbers("example"):
        name = f"example.{number}"
        customer, reply = (typed.get(f"{name}.{side}").strip() for side in ("customer", "reply"))
        if customer or reply:
            at = f"voice_examples.{len(examples)}"
            places |= {f"{at}.{side}": f"{name}.{side}" for side in ("customer", "reply")}
            examples.append({"customer": customer, "reply": reply})
    style = {name: typed.get(name) for name in _STYLE}
    body: dict[str, Any] = {
        "voice": typed.get(_OWN) if own else typed.get("voice"),
        "voice_style": style,
        "voice_examples": examples,
    }
    return Read(body, places | {f"voice_style.{name}": name for name in _STYLE})


async def _around(desk: Desk) -> dict[str, Any]:
    rows = min(_MOST, max(_LEAST, len(desk.shop.voice_examples) + 1))
    return {
        "voices": [*VOICES, _OWN],
        "rows": range(rows),
        "drafts": None,
        "unanswered": None,
        "has_model": desk.here.settings.openai_api_key is not None and desk.shop.use_model,
    }


VOICE = Part(
    name="voice",
    fields=frozenset({"voice", "voice_style", "voice_examples"}),
    typed=_voice,
    read=_read,
    more=_around,
)
router = APIRouter()
router.include_router(VOICE.router())


@router.post("/voice/preview")
@changes_nothing
async def preview(desk: TheDesk) -> Response:
    """How the voice as it stands in the form would answer; what was typed stays, and nothing is saved."""
    typed = Typed.of(await desk.request.form())
    version = typed.get("version")
    read = _read(typed, desk.shop)
    try:
        body = ProfileBody.model_validate(read.body)
    except ValidationError as error:
        errors = faults(error, read.places)
        return await VOICE.page(desk, typed, errors=errors, status=422, version=version)
    shop = replace(desk.shop, **body.profile(desk.shop.search))
    try:
        drafts = await draft_all(desk.here, shop, _questions(typed))
    except Unavailable as error:
        return await VOICE.page(desk, typed, status=503, version=version, unanswered=error.detail)
    return await VOICE.page(desk, typed, version=version, drafts=drafts)


def _questions(typed: Typed) -> list[str]:
    """The samples, and one of the merchant's own."""
    samples: dict[str, str] = texts("en")["settings_voice"]["samples"]
    own = typed.get("question").strip()[:500]
    return [*samples.values(), *([own] if own else [])]
