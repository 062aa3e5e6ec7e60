"""Questions with their answers, one by one, and which of them a customer's question finds."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from agent.language import language
from agent.passages import passages_on
from models.codec import to_jsonable
from models.errors import NotFound, Stale, Unavailable
from models.merchant import FaqEntry, Merchant
from web.auditing import changes_nothing
from web.console.desk import Desk, TheDesk
from web.console.settings.parts import settings_page
from web.console.settings.typed import Typed, faults
from web.drafts import draft_all
from web.profile import ProfileBody
from web.profile_changes import change_profile, version_of

router = APIRouter()
FIELDS = frozenset({"faq"})
HERE = "settings/faq"


@router.get("/faq")
async def listing(desk: TheDesk) -> HTMLResponse:
    return _list(desk)


@router.post("/faq/try")
@changes_nothing
async def tried(desk: TheDesk) -> HTMLResponse:
    """Which entries and policies a question finds, and what would be answered. Nothing is kept."""
    question = Typed.of(await desk.request.form()).get("question").strip()[:500]
    if not question:
        return _list(desk)
    shop = desk.shop
    spoken = (language(shop.languages[0]), language(shop.languages[0]))
    found = passages_on(question, shop, spoken)
    try:
        answer = (await draft_all(desk.here, shop, [question]))[0]
    except Unavailable:
        answer = None
    return _list(desk, question=question, found=found, answer=answer)


@router.get("/faq/new")
async def new(desk: TheDesk) -> HTMLResponse:
    return _entry(desk, -1, Typed({}))


@router.post("/faq/new")
async def added(desk: TheDesk) -> Response:
    return await _put(desk, -1)


@router.get("/faq/{number}")
async def edited(desk: TheDesk, number: int) -> HTMLResponse:
    entry = _entry_of(desk.shop, number)
    return _entry(desk, number, Typed({"question": entry.question, "answer": entry.answer}))


@router.post("/faq/{number}")
async def put(desk: TheDesk, number: int) -> Response:
    _entry_of(desk.shop, number)
    return await _put(desk, number)


@router.get("/faq/{number}/remove")
async def asks(desk: TheDesk, number: int) -> HTMLResponse:
    entry = _entry_of(desk.shop, number)
    return settings_page(
        desk,
        "faq_remove",
        part="faq",
        entry=entry,
        number=number,
        version=version_of(desk.shop, FIELDS),
    )


@router.post("/faq/{number}/remove")
async def removed(desk: TheDesk, number: int) -> Response:
    entries = list(desk.shop.faq)
    entry = _entry_of(desk.shop, number)
    entries.pop(number)
    version = Typed.of(await desk.request.form()).get("version")
    await _keep(desk, entries, version)
    return desk.moved(desk.url(HERE), said="settings_faq.removed", question=_short(entry.question))


@router.post("/faq/{number}/move")
async def moved(desk: TheDesk, number: int) -> Response:
    """By one place: the first that fits a question answers it."""
    typed = Typed.of(await desk.request.form())
    entries = list(desk.shop.faq)
    _entry_of(desk.shop, number)
    to = max(0, min(len(entries) - 1, number + (-1 if typed.get("way") == "up" else 1)))
    entries.insert(to, entries.pop(number))
    await _keep(desk, entries, typed.get("version"))
    return desk.moved(f"{desk.url(HERE)}#entry-{to}", said="settings_faq.moved")


async def _put(desk: Desk, number: int) -> Response:
    typed = Typed.of(await desk.request.form())
    entry = {"question": typed.get("question"), "answer": typed.get("answer")}
    entries: list[object] = to_jsonable(desk.shop.faq)
    at = len(entries) if number < 0 else number
    entries[at : at + 1] = [entry]
    places = {f"faq.{at}.{name}": name for name in entry} | {"faq": "question"}
    try:
        body = ProfileBody.model_validate({"faq": entries})
        await change_profile(desk.here, desk.shop.id, body, expected=typed.get("version"), of=FIELDS)
    except ValidationError as error:
        return _entry(desk, number, typed, errors=faults(error, places), status=422)
    except Stale:
        return _entry(desk, number, typed, status=412, stale=True)
    return desk.moved(f"{desk.url(HERE)}#entry-{at}", said="settings_faq.saved")


async def _keep(desk: Desk, entries: Sequence[FaqEntry], version: str) -> None:
    body = ProfileBody.model_validate({"faq": [to_jsonable(one) for one in entries]})
    await change_profile(desk.here, desk.shop.id, body, expected=version, of=FIELDS)


def _entry_of(shop: Merchant, number: int) -> FaqEntry:
    if not 0 <= number < len(shop.faq):
        raise NotFound("no such entry")
    return shop.faq[number]


def _list(desk: Desk, **context: Any) -> HTMLResponse:  # noqa: ANN401 - what a template is handed
    tried = {"question": "", "found": None, "answer": None} | context
    return settings_page(desk, "faq", part="faq", version=version_of(desk.shop, FIELDS), **tried)


def _entry(
    desk: Desk,
    number: int,
    typed: Typed,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
    stale: bool = False,
) -> HTMLResponse:
    return settings_page(
        desk,
        "faq_entry",
        status=status,
        part="faq",
        number=number,
        typed=typed,
        errors=errors or {},
        # Of a list that was changed meanwhile nobody knows which entry this was: it stays refused.
        version=typed.get("version") or version_of(desk.shop, FIELDS),
        stale=stale,
    )


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
