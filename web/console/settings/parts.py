"""The parts of the settings, as the overview and the list beside every page group them."""

from fastapi.responses import HTMLResponse

from web.console.desk import Desk

Groups = tuple[tuple[str, tuple[str, ...]], ...]

_GROUPS: Groups = (
    ("shop", ("profile", "hours", "handover")),
    ("assistant", ("voice", "faq", "policies", "comments", "posts", "model", "experiment")),
    ("connections", ("instagram", "shopify")),
    ("data", ("customers", "wishes", "retention", "erasure")),
)

# Of the whole shop, for those who look after the installation.
_OPERATORS = frozenset({"erasure"})


def groups_for(desk: Desk) -> Groups:
    """Without what is not for whoever looks."""
    return tuple(
        (group, tuple(name for name in names if desk.who.is_operator or name not in _OPERATORS))
        for group, names in _GROUPS
    )


def settings_page(desk: Desk, name: str, *, part: str, status: int = 200, **context: object) -> HTMLResponse:
    """`part` is marked in the list beside the page; on the overview it is empty."""
    return desk.page(f"settings/{name}.html", status=status, part=part, parts=groups_for(desk), **context)
