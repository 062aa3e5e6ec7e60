"""A part of the settings that is one form over some fields of the profile."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from models.errors import Conflict, Stale
from models.merchant import Merchant
from store import merchants
from store.database import autocommit
from web.auditing import changed
from web.console.desk import Desk, TheDesk
from web.console.settings.parts import settings_page
from web.console.settings.typed import Typed, faults
from web.profile import ProfileBody
from web.profile_changes import change_profile, version_of


@dataclass(frozen=True, slots=True)
class Read:
    """`body` is for ProfileBody; `places`: where what it calls so stands in the form."""

    body: dict[str, Any]
    places: Mapping[str, str] = field(default_factory=dict)


async def _nothing_more(_: Desk) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`fields` of the profile are what two people may not change at the same time.

    `typed` is the form as it is first shown, `more` what else its page shows.
    """

    name: str
    fields: frozenset[str]
    typed: Callable[[Merchant], Typed]
    read: Callable[[Typed, Merchant], Read]
    more: Callable[[Desk], Awaitable[Mapping[str, Any]]] = _nothing_more

    async def page(
        self,
        desk: Desk,
        typed: Typed | None = None,
        *,
        errors: Mapping[str, str] | None = None,
        status: int = 200,
        version: str | None = None,
        stale: bool = False,
        **context: object,
    ) -> HTMLResponse:
        return settings_page(
            desk,
            self.name,
            status=status,
            part=self.name,
            typed=typed or self.typed(desk.shop),
            errors=errors or {},
            version=version or version_of(desk.shop, self.fields),
            stale=stale,
            **{**await self.more(desk), **context},
        )

    async def save(self, desk: Desk) -> Response:
        """What was typed is kept in the profile, or comes back with what is wrong beside its field."""
        typed = Typed.of(await desk.request.form())
        read, version = self.read(typed, desk.shop), typed.get("version")
        try:
            body = ProfileBody.model_validate(read.body)
            kept = await change_profile(desk.here, desk.shop.id, body, expected=version, of=self.fields)
        except ValidationError as error:
            errors = faults(error, read.places)
            return await self.page(desk, typed, errors=errors, status=422, version=version)
        except Stale:
            # Saved again, it is on purpose.
            async with autocommit(desk.here.engine) as connection:
                now = await merchants.get(connection, desk.shop.id)
            return await self.page(desk, typed, status=412, version=version_of(now, self.fields), stale=True)
        except Conflict as error:
            errors = {error.field or "": error.detail}
            return await self.page(desk, typed, errors=errors, status=409, version=version)
        differing = [
            name for name in body.model_fields_set if getattr(kept, name) != getattr(desk.shop, name)
        ]
        changed(desk.request, *sorted(differing), target=self.name)
        return desk.moved(desk.url(f"settings/{self.name}"), said="settings.saved")

    def router(self) -> APIRouter:
        routes = APIRouter()

        @routes.get(f"/{self.name}")
        async def shown(desk: TheDesk) -> HTMLResponse:
            return await self.page(desk)

        @routes.post(f"/{self.name}")
        async def saved(desk: TheDesk) -> Response:
            return await self.save(desk)

        return routes
