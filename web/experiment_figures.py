"""An experiment in figures: what became of the customers of each variant, and whether that differs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from models.codec import to_jsonable
from models.errors import NotFound
from models.experiment import Experiment
from models.intervals import Interval, difference, mean, rate
from models.merchant import Merchant
from store import variant_days
from store.database import autocommit
from store.variant_days import AVERAGES, OUTCOMES, Counted, Figures, Measured
from web.csv_export import Cell, as_csv
from web.deps import Here, Shopkeep, TheMerchant

router = APIRouter(prefix="/merchants/{m}/analytics/experiment")
HEAD = (
    *("variant", "customers", "figure", "of_customers", "value", "low", "high"),
    *("difference", "difference_low", "difference_high", "verdict"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The rate of an outcome and to how many customers it happened, or an average and over how many it is.

    From `low` to `high` the truth lies in 95 of 100 cases; None where too few were counted. `difference` is
    that from the first variant's; `verdict`: "higher", "lower", or "no difference shown". Both are None for
    the first variant, and where one of the two has no interval.
    """

    customers: int
    value: float | None
    low: float | None = None
    high: float | None = None
    difference: Interval | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """`share`: percent of the customers it has today, None where it is not in the profile any more."""

    variant: str
    share: int | None
    customers: int
    turns: int
    outcomes: Mapping[str, Figure]
    averages: Mapping[str, Figure]


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
    """A row for each variant and figure."""
    return await exported(here, merchant, name)


async def exported(here: Shopkeep, merchant: Merchant, name: str | None) -> Response:
    found = await results(here, merchant, name)
    variants = found.variants if found else ()
    return as_csv("experiment", HEAD, (row for one in variants for row in _rows(one)))


def _rows(one: Compared) -> Iterator[Sequence[Cell]]:
    for name, figure in (*one.outcomes.items(), *one.averages.items()):
        apart = figure.difference
        yield (
            *(one.variant, one.customers, name, figure.customers, figure.value, figure.low, figure.high),
            *((apart.value, apart.low, apart.high) if apart else (None, None, None)),
            figure.verdict,
        )


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
    return Counted(variant=variant, customers=0, turns=0, outcomes=dict.fromkeys(OUTCOMES, 0), averages={})


def _beside(one: Counted, first: Counted, share: int | None) -> Compared:
    return Compared(
        variant=one.variant,
        share=share,
        customers=one.customers,
        turns=one.turns,
        outcomes={name: _outcome(name, one, first) for name in OUTCOMES},
        averages={name: _average(name, one, first) for name in AVERAGES},
    )


def _outcome(name: str, one: Counted, first: Counted) -> Figure:
    own, its = (rate(each.outcomes[name], each.customers) for each in (one, first))
    return _figure(one.outcomes[name], own.value if own else None, own, None if one is first else its)


def _average(name: str, one: Counted, first: Counted) -> Figure:
    own, its = (each.averages.get(name) for each in (one, first))
    if own is None:
        return Figure(customers=0, value=None)
    return _figure(own.customers, own.value, _mean(own), None if one is first or its is None else _mean(its))


def _mean(measured: Measured) -> Interval | None:
    return mean(measured.value, measured.deviation, measured.customers)


def _figure(customers: int, value: float | None, own: Interval | None, its: Interval | None) -> Figure:
    apart = difference(own, its) if own and its else None
    return Figure(
        customers=customers,
        value=value,
        low=own.low if own else None,
        high=own.high if own else None,
        difference=apart,
        verdict=_verdict(apart) if apart else None,
    )


def _verdict(apart: Interval) -> str:
    if not apart.without_zero:
        return "no difference shown"
    return "higher" if apart.value > 0 else "lower"
