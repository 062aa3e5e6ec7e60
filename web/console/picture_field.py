"""The pictures of a form: what was kept, moved, taken off, uploaded or named by its address.

chosen = await chosen_pictures(await desk.request.form(), desk)
chosen.urls     in their order, the new ones last; uploads are stored already
chosen.faults   sentences for the field; a form with any is shown again, with `urls`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile

from models.errors import Invalid
from models.product import Product
from sources.fields import MAX_LIST, Url
from web.console.desk import Desk, TheDesk
from web.numbers import whole_number
from web.pages import filled, render, texts
from web.picture_store import keep_picture

router = APIRouter()

_URL: TypeAdapter[str] = TypeAdapter(Url)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`address` is what was typed as one and cannot be."""

    urls: tuple[str, ...]
    faults: tuple[str, ...]
    address: str = ""


def shown_pictures(product: Product) -> tuple[str, ...]:
    """A product's pictures as the field shows them: the main one first."""
    return tuple(dict.fromkeys(url for url in (product.main_image, *product.images) if url))


async def chosen_pictures(form: FormData, desk: Desk, name: str = "pictures") -> Chosen:
    kept = _in_order(
        _texts(form, name), _texts(form, f"{name}_position"), set(_texts(form, f"{name}_remove"))
    )
    urls, faults = await _uploaded(form.getlist(f"{name}_files"), desk)
    address, fault = _address(form.get(f"{name}_address"))
    if fault:
        faults.append(fault)
    elif address:
        urls.append(address)
    every = tuple(dict.fromkeys([*kept, *urls]))[:MAX_LIST]
    return Chosen(every, tuple(faults), address if fault else "")


@router.post("/{m}/pictures")
async def add(desk: TheDesk, name: Annotated[str, Form()], number: Annotated[int, Form()] = 1) -> Response:
    """What the field's script sends as soon as a picture is chosen; back comes its entry in the list."""
    urls, faults = await _uploaded((await desk.request.form()).getlist("file"), desk)
    if faults or not urls:
        return JSONResponse({"detail": " ".join(faults)}, status_code=422)
    return _item(desk, name, urls[0], number)


def _item(desk: Desk, name: str, url: str, number: int) -> HTMLResponse:
    return render("picture_item.html", status=201, desk=desk, name=name, url=url, number=number)


async def _uploaded(files: Sequence[Any], desk: Desk) -> tuple[list[str], list[str]]:
    urls, faults = [], []
    for file in files:
        if not isinstance(file, UploadFile) or not file.filename:
            continue  # a field for files that was left empty
        try:
            kept = await keep_picture(desk.here, desk.shop.id, await file.read())
        except Invalid as error:
            sentence: str = texts("en")["pictures"]["refused"]
            faults.append(filled(sentence, name=file.filename[:80], detail=error.detail))
        else:
            urls.append(kept.url)
    return urls, faults


def _in_order(urls: Sequence[str], positions: Sequence[str], removed: set[str]) -> list[str]:
    """By the numbers beside them; where two have the same, as they stood."""
    numbers = [whole_number(text.strip()) for text in positions]
    places = {
        url: (number if number is not None else place)
        for place, (url, number) in enumerate(zip(urls, [*numbers, *[None] * len(urls)], strict=False), 1)
    }
    return sorted(
        (url for url in dict.fromkeys(urls) if url not in removed and _is_address(url)),
        key=places.__getitem__,
    )


def _address(typed: object) -> tuple[str, str | None]:
    text = typed.strip() if isinstance(typed, str) else ""
    if not text:
        return "", None
    try:
        return _URL.validate_python(text), None
    except ValidationError as error:
        sentence: str = texts("en")["pictures"]["not_an_address"]
        return text, filled(sentence, detail=error.errors()[0]["msg"])


def _is_address(text: str) -> bool:
    try:
        _URL.validate_python(text)
    except ValidationError:
        return False
    return True


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]
