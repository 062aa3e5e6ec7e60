"""The first page: the shops of this installation, and a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from models.merchant import Merchant
from store import shops_health
from store.database import autocommit
from store.shops_health import ShopHealth
from web.console import said_figures as said
from web.console.desk import Desk, InstallationDesk
from web.console.figure_boxes import UPTIME, Concern, concerns
from web.console.sign_in import may_set_up
from web.principal import limits_itself
from web.profile import MerchantBody
from web.profile_changes import create_merchant

router = APIRouter()


@router.get("/")
@limits_itself
async def overview(desk: InstallationDesk) -> Response:
    if not desk.who.is_operator and len(desk.shops) == 1:
        return desk.moved(desk.url("conversations", desk.shops[0]))
    return await _page(desk)


@router.post("/shops")
async def new_shop(
    desk: InstallationDesk, name: Annotated[str, Form()] = "", currency: Annotated[str, Form()] = "USD"
) -> Response:
    typed = {"name": name, "currency": currency}
    try:
        body = MerchantBody.model_validate({"name": name.strip(), "currency": currency.strip().upper()})
    except ValidationError as error:
        errors = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
        return await _page(desk, status=422, typed=typed, errors=errors)
    shop = await create_merchant(desk.here, body)
    return desk.moved(desk.url("products", shop), said="console.overview.created", name=shop.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCard:
    shop: Merchant
    health: ShopHealth
    concerns: Sequence[Concern]

    @property
    def worries(self) -> int:
        """More, and worse, first."""
        bad = sum(one.tone == "bad" for one in self.concerns)
        return -(100 * len(self.health.cut_off) + 10 * bad + len(self.concerns) + bool(self.health.waiting))


async def _page(desk: Desk, *, status: int = 200, **context: object) -> HTMLResponse:
    given: dict[str, object] = {"typed": {}, "errors": {}, **context}
    async with autocommit(desk.here.engine) as connection:
        health = await shops_health.of(connection, [shop.id for shop in desk.shops], datetime.now(UTC))
    cards = [_card(shop, health[shop.id]) for shop in desk.shops]
    up = cards[0].health.figures.uptime.share if cards else None
    return desk.page(
        "overview.html",
        status=status,
        may_set_up=await may_set_up(desk.here, desk.who),
        cards=sorted(cards, key=lambda card: card.worries),
        uptime=said.share(up) if up is not None else None,
        shaky=up is not None and up < UPTIME,
        said=said,
        **given,
    )


def _card(shop: Merchant, health: ShopHealth) -> ShopCard:
    """What concerns the whole installation is said once, above."""
    own = [one for one in concerns(health.figures, shop) if one.name != "uptime"]
    return ShopCard(shop=shop, health=health, concerns=own)
