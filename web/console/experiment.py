"""An experiment's variants beside each other, in figures."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from store.variant_days import OUTCOMES
from web import experiment_figures as figures
from web.console import said_figures as said
from web.console.desk import TheDesk

router = APIRouter(prefix="/{m}/analytics/experiment")
# How each is said.
_AVERAGES = {"turns": said.average, "response_ms": said.duration, "microdollars": said.dollars}
Name = Annotated[str, Query(max_length=40)]


@router.get("")
async def shown(desk: TheDesk, name: Name = "") -> HTMLResponse:
    """The one that runs, or the latest, unless one is named."""
    found = await figures.results(desk.here, desk.shop, name or None)
    return desk.page(
        "analytics/experiment.html", found=found, outcomes=OUTCOMES, averages=_AVERAGES, said=said
    )


@router.get("/variants.csv")
async def export(desk: TheDesk, name: Name = "") -> Response:
    return await figures.exported(desk.here, desk.shop, name or None)
