"""An experiment in figures: what became of the customers of each variant, and whether that differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from models.codec import to_jsonable
from models.errors import NotFound
from models.experiment import Experiment
from models.intervals import Interval, difference, rate
from models.merchant import Merchant
from store import variant_days
from store.database import autocommit
from store.variant_days import OUTCOMES, Counted, Figures
from web.csv_export import Cell, as_csv
from web.deps import Here, Shopkeep, TheMerchant

router = APIRouter(prefix="/merchants/{m}/analytics/experiment")
HEAD = (
    *("variant", "customers", "turns", "outcome", "happened_to"),
    *("rate", "rate_low", "rate_high", "difference", "difference_low", "difference_high", "verdict"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """To how many customers it happened, and how that rate differs from the first variant's.

    `verdict`: "higher", "lower", or "no difference shown". It and the difference are None for the first
    variant, and where one of the two has no customers.
    """

    customers: int
    rate: Interval | None
    difference: Interval | None
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """`share`: percent of the customers it has today, None where it is not in the profile any more.

    `response_ms` is an average over the answers that were sent, None without one.
    """

    variant: str
    share: int | None
    customers: int
    turns: int
    response_ms: float | None
    microdollars_per_customer: float | None
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Since the experiment began. `first` and `last` are days, None where nobody has been in it yet.

    `moved`: customers who had more than one variant, and are counted for none. `others`: experiments before.
    """

    experiment: str
    running: bool
    first: date | None
    last: date | None
    moved: int
    variants: Sequence[Compared]
    others: Sequence[str]


@router.get("")
async def experiment(merchant: TheMerchant, here: Here, name: str | None = None) -> dict[str, Any]:
    """The one that runs, or the latest, unless one is named. `experiment` is null where there was none."""
    found = await results(here, merchant, name)
    body: dict[str, Any] = to_jsonable(found) if found else {"experiment": None, "variants": []}
    return body


@router.get("/variants.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export(merchant: TheMerchant, here: Here, name: str | None = None) -> Response:
    """A row for each variant and outcome."""
    return await exported(here, merchant, name)


async def exported(here: Shopkeep, merchant: Merchant, name: str | None) -> Response:
    found = await results(here, merchant, name)
    variants = found.variants if found else ()
    return as_csv(
        "experiment",
        HEAD,
        (_row(one, outcome, came) for one in variants for outcome, came in one.outcomes.items()),
    )


def _row(one: Compared, outcome: str, came: Outcome) -> Sequence[Cell]:
    counted = (one.variant, one.customers, one.turns, outcome, came.customers)
    return (*counted, *_cells(came.rate), *_cells(came.difference), came.verdict)


def _cells(interval: Interval | None) -> Sequence[Cell]:
    return (interval.value, interval.low, interval.high) if interval else (None, None, None)


async def results(here: Shopkeep, merchant: Merchant, name: str | None) -> Results | None:
    """Of the experiment of this name; without one of that which runs, or of the latest. NotFound."""
    running = merchant.experiment
    async with autocommit(here.engine) as connection:
        known = await variant_days.experiments(connection, merchant.id)
        if running and running.name not in known:
            known.insert(0, running.name)
        if name is None:
            name = running.name if running else next(iter(known), None)
            if name is None:
                return None
        if name not in known:
            raise NotFound("no such experiment; nobody was in it, or all of them have been deleted since")
        figures = await variant_days.figures(connection, merchant.id, name)
    this = running if running and running.name == name else None
    return Results(
        experiment=name,
        running=this is not None,
        first=figures.first if figures else None,
        last=figures.last if figures else None,
        moved=figures.moved if figures else 0,
        variants=_compared(figures, this),
        others=[one for one in known if one != name],
    )


def _compared(figures: Figures | None, experiment: Experiment | None) -> Sequence[Compared]:
    """In the order of the profile, then those that are in it no more, by name."""
    shares = {one.name: one.share for one in experiment.variants} if experiment else {}
    counted = {one.variant: one for one in figures.variants} if figures else {}
    in_order = [*shares, *(name for name in counted if name not in shares)]
    all_of_them = [counted.get(name) or _nobody(name) for name in in_order]
    return [_beside(one, all_of_them[0], shares.get(one.variant)) for one in all_of_them]


def _nobody(variant: str) -> Counted:
    nothing = dict.fromkeys(OUTCOMES, 0)
    return Counted(
        variant=variant, customers=0, turns=0, outcomes=nothing, responses=0, response_ms=0, microdollars=0
    )


def _beside(one: Counted, first: Counted, share: int | None) -> Compared:
    return Compared(
        variant=one.variant,
        share=share,
        customers=one.customers,
        turns=one.turns,
        response_ms=one.response_ms / one.responses if one.responses else None,
        microdollars_per_customer=one.microdollars / one.customers if one.customers else None,
        outcomes={name: _outcome(name, one, first) for name in OUTCOMES},
    )


def _outcome(name: str, one: Counted, first: Counted) -> Outcome:
    own, its = (rate(each.outcomes[name], each.customers) for each in (one, first))
    differs = difference(own, its) if own and its and one is not first else None
    return Outcome(
        customers=one.outcomes[name],
        rate=own,
        difference=differs,
        verdict=_verdict(differs) if differs else None,
    )


def _verdict(differs: Interval) -> str:
    if not differs.without_zero:
        return "no difference shown"
    return "higher" if differs.value > 0 else "lower"
