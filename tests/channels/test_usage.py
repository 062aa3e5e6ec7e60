"""What the headers of an answer say about the limits, and what follows from it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from channels.instagram.client import InstagramClient
from channels.instagram.usage import rest_s, retry_after_s
from tests.standins.faults import Fault
from tests.standins.instagram import TOKEN, Instagram
from tests.standins.meta_webhooks import ACCOUNT_ID

DAY_S = 24 * 3600


def use_case(text: str) -> dict[str, str]:
    return {"X-Business-Use-Case-Usage": text}


def app(percent: int) -> dict[str, str]:
    return {"X-App-Usage": f'{{"call_count":{percent},"total_time":25,"total_cputime":25}}'}


def test_the_longest_wait_meta_names_is_kept() -> None:
    rows = '{"1":[{"type":"instagram","estimated_time_to_regain_access":19},{"type":"messenger"}],"2":[]}'
    assert retry_after_s(use_case(rows), 60) == 19 * 60
    assert rest_s(use_case(rows)) == 19 * 60


def test_the_standard_header_counts_too() -> None:
    assert retry_after_s({"Retry-After": "120"}, 60) == 120
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < retry_after_s({"Retry-After": in_a_minute}, 600) <= 60


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"1":7}', '{"1":[7]}', '{"1":[{"call_count":95}]}'])
def test_without_a_usable_header_the_wait_is_the_limits_own(text: str) -> None:
    assert retry_after_s(use_case(text), 42) == 42
    assert retry_after_s({"Retry-After": text}, 42) == 42
    assert retry_after_s({}, 42) == 42


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "9" * 400},
        use_case('{"1":[{"estimated_time_to_regain_access":' + "9" * 400 + "}]}"),
        use_case('{"1":[{"estimated_time_to_regain_access":1e300}]}'),
    ],
    ids=["Retry-After", "whole minutes", "broken minutes"],
)
def test_no_header_stops_an_account_for_longer_than_a_day(headers: dict[str, str]) -> None:
    assert retry_after_s(headers, 60) == DAY_S


def test_far_from_its_limits_an_account_need_not_rest() -> None:
    assert [rest_s(headers) for headers in ({}, app(0), app(89), use_case("{}"), app(-5))] == [0] * 5


def test_near_its_limits_an_account_rests_the_longer_the_less_is_left() -> None:
    rests = [rest_s(app(percent)) for percent in (90, 95, 99, 100, 250)]
    assert rests[0] > 0
    assert rests == sorted(rests)
    assert rests[-1] == rests[-2]


def test_the_fullest_of_all_counts_decides() -> None:
    rows = '{"1":[{"call_count":3,"total_cputime":97},{"call_count":20}]}'
    assert rest_s(use_case(rows) | app(91)) == rest_s(app(97))


async def test_the_client_remembers_what_the_last_answer_said(
    client: InstagramClient, instagram: Instagram
) -> None:
    answer = {"recipient_id": "1", "message_id": "aWdfMDAz"}
    instagram.faults.add(
        Fault(do="answer", status=200, headers=app(95), body=answer),
        Fault(do="answer", status=200, headers=app(20), body=answer),
    )
    assert client.rest_s(TOKEN) == 0
    await client.send_text(ACCOUNT_ID, TOKEN, "990000000000001", "hi")
    assert 0 < client.rest_s(TOKEN) <= rest_s(app(95))
    assert client.rest_s("another account's") == 0
    await client.send_text(ACCOUNT_ID, TOKEN, "990000000000001", "hi")
    assert client.rest_s(TOKEN) == 0
