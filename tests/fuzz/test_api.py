"""Whatever the API is called with: no 5xx, and every answer is what its description says."""

import inspect
from collections import defaultdict
from typing import Any

import httpx2 as httpx
import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from actors.gateway import Gateway
from tests.fuzz.calls import KNOWN, requests
from tests.fuzz.cases import fuzz, runs
from tests.fuzz.conftest import Fuzzed
from tests.fuzz.filled_bodies import Filling
from tests.fuzz.world import ADDRESS, AUTHORIZED, MERCHANT, Actors, World

Operation = APIOperation[Any, Any, Any, Any]
CHECKS = [content_type_conformance, response_schema_conformance, status_code_conformance]


def test_what_stands_in_for_the_gateway_has_its_every_method() -> None:
    methods = {name for name, _ in inspect.getmembers(Gateway, inspect.isfunction) if name[0] != "_"}
    for name in methods:
        assert inspect.signature(getattr(Actors, name)) == inspect.signature(getattr(Gateway, name)), name


def operations(world: World) -> list[Operation]:
    schema = schemathesis.openapi.from_dict(world.app.openapi())
    # A stream that is asked for with anything is answered for five minutes.
    asked = [path for path in schema if path.startswith("/api/") and not path.endswith("/events")]
    every = [schema[path][method] for path in asked for method in schema[path]]
    # The shop is needed to the end.
    return [one for one in every if (one.method, one.path) != ("delete", "/api/merchants/{m}")]


def checked(answer: httpx.Response) -> httpx.Response:
    """An error is a problem in words, and never ours. 503: Instagram or another part cannot answer now."""
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["detail"]
        assert problem["type"].startswith("urn:shopkeep:problem:")
    return answer


async def check_case(world: World, case: Case[Any]) -> None:
    sent = case.as_transport_kwargs(base_url=ADDRESS, headers=AUTHORIZED)
    sent.pop("cookies")  # it has none
    sent["content"] = sent.pop("data", None)
    try:
        answer = await world.request(**sent)
    except httpx.InvalidURL:
        return  # longer than a client sends
    case.validate_response(checked(answer), checks=CHECKS)


def described(fuzzed: Fuzzed, cases: int, mode: GenerationMode) -> None:
    strategies = [one.as_strategy(generation_mode=mode) for one in operations(fuzzed.world)]

    @fuzz(cases)
    @given(st.one_of(strategies), st.sampled_from([(), ("m",), tuple(KNOWN)]))
    def check(case: Case[Any], known: tuple[str, ...]) -> None:
        for name in known:
            if name in case.path_parameters:
                case.path_parameters[name] = KNOWN[name]
        fuzzed.run(check_case(fuzzed.world, case))

    check()


@pytest.mark.parametrize("cases", runs(0.12))
def test_what_fits_its_description_is_answered_as_it_says(fuzzed: Fuzzed, cases: int) -> None:
    described(fuzzed, cases, GenerationMode.POSITIVE)


@pytest.mark.parametrize("cases", runs(0.0295))
def test_what_does_not_fit_its_description_is_a_problem_in_words(fuzzed: Fuzzed, cases: int) -> None:
    described(fuzzed, cases, GenerationMode.NEGATIVE)


async def check_hostile(world: World, sent: dict[str, Any]) -> None:
    checked(await world.request(**sent))


@pytest.mark.parametrize("cases", runs(0.2))
def test_whatever_comes_is_answered_or_refused_in_words(fuzzed: Fuzzed, cases: int) -> None:
    paths = [(one.method, one.path) for one in operations(fuzzed.world)]

    @fuzz(cases)
    @given(requests(paths))
    def check(sent: dict[str, Any]) -> None:
        fuzzed.run(check_hostile(fuzzed.world, sent))

    check()


def test_a_nul_in_a_key_of_the_callers_own_costs_nothing(fuzzed: Fuzzed) -> None:
    headers = [*AUTHORIZED.items(), ("Idempotency-Key", b"my\0key")]
    body = {"customer_id": "nul", "text": "hello"}
    chat = f"/api/merchants/{MERCHANT.id}/chat"
    first = fuzzed.run(fuzzed.world.request("POST", chat, json=body, headers=headers))
    again = fuzzed.run(fuzzed.world.request("POST", chat, json=body, headers=headers))
    assert first.json()["turn_id"] == again.json()["turn_id"]


def test_a_nul_in_every_text_of_a_body_is_no_fault_of_ours(fuzzed: Fuzzed) -> None:
    for method, path, body in Filling(fuzzed.world.app.openapi(), "a\0b").bodies():
        url = path.format_map(defaultdict(lambda: "1", KNOWN))
        checked(fuzzed.run(fuzzed.world.request(method, url, json=body, headers=AUTHORIZED)))
