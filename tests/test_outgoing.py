"""Calls elsewhere: none without an end, and none to an address that somebody typed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("actors", "agent", "channels", "indexes", "sources", "store", "web")
# What opens a way out, and what ends its waits.
OPENED = {"ClientSession": "timeout", "AsyncOpenAI": "timeout", "create_async_engine": "connect_args"}
# Each asks a host of the settings, a shop's own below myshopify.com, or what Shopify itself answered.
ASKING = {
    "channels/instagram/graph.py",
    "sources/shopify/bulk.py",
    "sources/shopify/client.py",
    "sources/shopify/login.py",
    "web/self_test.py",
}
METHODS = {"get", "post", "put", "patch", "delete", "request"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    yield str(file.relative_to(ROOT)), node


def given(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


def asked_of_a_session() -> Iterator[tuple[str, ast.Call]]:
    for file, call in calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in METHODS:
            of = ast.unparse(call.func.value)
            if of.endswith("session"):
                yield file, call


@pytest.mark.parametrize("opening", OPENED)
def test_no_way_out_is_opened_without_an_end_to_its_waits(opening: str) -> None:
    opened = [(file, call) for file, call in calls() if ast.unparse(call.func).endswith(opening)]
    assert opened
    for file, call in opened:
        assert OPENED[opening] in given(call), f"{file}:{call.lineno}"


def test_nothing_asks_elsewhere_but_what_is_known_to() -> None:
    assert {file for file, _ in asked_of_a_session()} == ASKING


def test_nobody_who_is_asked_can_lead_us_on_to_another_host() -> None:
    for file, call in asked_of_a_session():
        redirects = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert redirects.get("allow_redirects") == "False", f"{file}:{call.lineno}"


def test_no_other_library_that_fetches_is_used() -> None:
    for file, call in calls():
        assert not ast.unparse(call.func).startswith(("urllib.request", "requests.", "httpx.", "urlopen")), (
            file
        )
