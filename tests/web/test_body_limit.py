"""No address takes a body of any size."""

import httpx2 as httpx
from fastapi import FastAPI

from tests.web.routes import ways

HUGE = str(1024 * 1024 * 1024)


async def test_every_address_refuses_what_is_too_large_before_it_reads_it(
    app: FastAPI, browser: httpx.AsyncClient
) -> None:
    changing = [way for way in ways(app) if way.changes]
    assert len(changing) > 50
    for way in changing:
        answer = await browser.request(way.method, way.filled("m1"), headers={"Content-Length": HUGE})
        assert answer.status_code == 413, str(way)
