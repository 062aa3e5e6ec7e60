import re

import httpx2 as httpx
import pytest

from web.request_id import HEADER


async def test_every_answer_has_an_id_of_its_own(browser: httpx.AsyncClient) -> None:
    ids = [(await browser.get(path)).headers[HEADER] for path in ("/healthz", "/healthz", "/console/", "/x")]
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)
    assert len(set(ids)) == len(ids)


async def test_a_callers_own_id_is_kept(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/healthz", headers={HEADER: "proxy-7:12.5"})
    assert answer.headers[HEADER] == "proxy-7:12.5"


@pytest.mark.parametrize("given", ["x" * 65, 'a"b', "a b", ""])
async def test_an_id_that_is_not_plain_is_replaced(browser: httpx.AsyncClient, given: str) -> None:
    answer = await browser.get("/healthz", headers={HEADER: given})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers[HEADER])
