"""Charts as pictures: SVG drawn on the server, in the colours of the page, light and dark.

Each is a document of its own behind an <img>: nothing in it runs, and the page needs no style of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from xml.etree import ElementTree as ET

from babel.dates import format_date
from fastapi.responses import Response
from pygal import Bar, Config, Line, StackedBar
from pygal.style import Style

from models.period import Period
from store.figures import Figures, added, rates_of
from store.merchant_days import Counts

LOCALE = "en"
_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
# Names of days below a chart: no more than fit.
_MOST_LABELS = 6
_MOST_DAYS = 45


def _style(ground: tuple[str, str, str], colors: tuple[str, str, str, str]) -> Style:
    """`ground`: of words, of lines, of the line at zero."""
    words, lines, zero = ground
    fonts = ("", "label_", "major_label_", "legend_", "no_data_")
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground=words,
        foreground_strong=zero,
        foreground_subtle=lines,
        opacity="1",
        label_font_size=12,
        major_label_font_size=12,
        legend_font_size=12.5,
        no_data_font_size=15,
        colors=colors,
        **{f"{font}font_family": _FONT for font in fonts},
    )


@dataclass(frozen=True, slots=True)
class Theme:
    style: Style
    look: str


def _theme(ground: tuple[str, str, str], colors: tuple[str, str, str, str]) -> Theme:
    words, lines, zero = ground
    look = f"""inline:
    .axis .guide.line {{ stroke: {lines} !important; stroke-width: 1 !important; }}
    .axis .guide.line {{ stroke-dasharray: none !important; }}
    .axis .line {{ stroke: {zero} !important; stroke-width: 1 !important; }}
    .axis.x .line {{ stroke: none !important; }}
    .axis text, .legends .legend text {{ fill: {words} !important; }}
    .series .line {{ fill: none !important; stroke-width: 2; }}
    """
    return Theme(_style(ground, colors), look)


# A page cannot lend a picture its colours: there is one for each.
THEMES: Final = {
    "light": _theme(("#646672", "#e3e2df", "#c9c8c4"), ("#3f51d1", "#c77700", "#b3261e", "#8b90a8")),
    "dark": _theme(("#9c9fae", "#2b2d36", "#43454f"), ("#8b9aff", "#f0b45a", "#f28b82", "#6c6f7c")),
}
_SVG = "{http://www.w3.org/2000/svg}"
ET.register_namespace("", _SVG[1:-1])
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=30",
}


@dataclass(frozen=True, slots=True)
class Chart:
    """`values`: of a day's counts and cost, one for each name of `series`."""

    kind: type[Any]
    series: tuple[str, ...]
    values: Callable[[Counts, int], Sequence[float | None]]


def _turns(counts: Counts, _: int) -> Sequence[float | None]:
    """Each once: who falls back as far as the apology has failed."""
    fell_back = max(counts.fell_back - counts.apologised, 0)
    fine = max(counts.answered - fell_back - counts.erroneous, 0)
    return fine, fell_back, counts.erroneous, counts.turns - counts.answered


def _response(counts: Counts, _: int) -> Sequence[float | None]:
    rates = rates_of(counts)
    both = (rates.response_p50_ms, rates.response_p95_ms)
    return [None if ms is None else round(ms / 1000, 2) for ms in both]


def _conversations(counts: Counts, _: int) -> Sequence[float | None]:
    return (counts.started, counts.conversations - counts.started)


def _zero(counts: Counts, _: int) -> Sequence[float | None]:
    rate = rates_of(counts).zero_result_rate
    return (None if rate is None else round(rate * 100, 1),)


def _cost(_: Counts, microdollars: int) -> Sequence[float | None]:
    return (round(microdollars / 1_000_000, 4),)


CHARTS: Final[Mapping[str, Chart]] = {
    "conversations": Chart(StackedBar, ("started", "returning"), _conversations),
    "turns": Chart(StackedBar, ("fine", "fell_back", "failed", "silent"), _turns),
    "response": Chart(Line, ("p50", "p95"), _response),
    "zero": Chart(Line, ("zero",), _zero),
    "cost": Chart(Bar, ("cost",), _cost),
}


@dataclass(frozen=True, slots=True)
class Step:
    """So many days from `first` on, added up. `cost` in microdollars."""

    first: date
    counts: Counts
    cost: int


def steps(found: Figures) -> Sequence[Step]:
    """Of the whole period, for all charts together."""
    known = {one.day: one.counts for one in found.days}
    days, length = list(found.period), step_days(found.period)
    each = (days[at : at + length] for at in range(0, len(days), length))
    return [
        Step(
            within[0],
            added([known[day] for day in within if day in known]),
            sum(found.costs.days.get(day, 0) for day in within),
        )
        for within in each
    ]


def points(name: str, shown: Sequence[Step]) -> dict[date, Sequence[float | None]]:
    """What the chart shows, by the first day of each step: its table, too."""
    return {step.first: CHARTS[name].values(step.counts, step.cost) for step in shown}


def step_days(period: Period) -> int:
    """A day, or a week where days would be too many to tell apart."""
    return 7 if period.days > _MOST_DAYS else 1


def draw(name: str, found: Figures, words: Mapping[str, str], theme: Theme) -> Response:
    """`words`: what each of its series is called."""
    chart = CHARTS[name]
    shown = points(name, steps(found))
    drawn = chart.kind(_config(list(shown), theme, series=len(chart.series)))
    for number, series in enumerate(chart.series):
        drawn.add(words[series], [values[number] for values in shown.values()])
    return Response(_without_scripts(drawn), media_type="image/svg+xml", headers=HEADERS)


def _config(days: Sequence[date], theme: Theme, *, series: int) -> Config:
    every = max(1, -(-len(days) // _MOST_LABELS))
    labels = [format_date(day, "d MMM", locale=LOCALE) for day in days]
    return Config(
        width=520,
        height=230,
        style=theme.style,
        css=["file://style.css", "file://graph.css", theme.look],
        js=[],
        no_prefix=True,
        explicit_size=False,
        show_legend=series > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=min(series, 2),
        legend_box_size=11,
        margin=6,
        spacing=8,
        x_labels=labels,
        x_labels_major=labels[::every],
        show_minor_x_labels=False,
        show_x_guides=False,
        include_x_axis=True,
        dots_size=2.5,
        stroke_style={"width": 2},
        max_scale=5,
        no_data_text="–",
        print_values=False,
        truncate_legend=-1,
        truncate_label=-1,
    )


def _without_scripts(drawn: Any) -> bytes:  # noqa: ANN401 - pygal has no types
    tree = ET.fromstring(drawn.render())  # noqa: S314 - drawn here, from numbers
    for parent in list(tree.iter()):
        for child in list(parent):
            if child.tag == f"{_SVG}script":
                parent.remove(child)
    written: bytes = ET.tostring(tree, encoding="utf-8", xml_declaration=True)
    return written
