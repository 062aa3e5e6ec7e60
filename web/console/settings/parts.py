"""The parts of the settings, as the overview and the list beside every page group them."""

from fastapi.responses import HTMLResponse

from web.console.desk import Desk

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("shop", ("profile", "hours", "handover")),
    ("assistant", ("voice", "faq", "policies", "comments", "posts", "model", "experiment")),
    ("connections", ("instagram", "shopify")),
    ("data", ("customers", "wishes", "retention")),
)


def settings_page(desk: Desk, name: str, *, part: str, status: int = 200, **context: object) -> HTMLResponse:
    """`part` is marked in the list beside the page; on the overview it is empty."""
    return desk.page(f"settings/{name}.html", status=status, part=part, parts=GROUPS, **context)
