"""Is the process up, can it do its work."""

import asyncio
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text

from web.deps import Here, Shopkeep

router = APIRouter()
PATIENCE_S = 2.0


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "up"}


@router.get("/readyz")
async def readyz(here: Here) -> JSONResponse:
    """503 with the parts that are not ready, and why."""
    parts = {"database": await _state(_database(here)), "actors": await _state(here.gateway.check())}
    ready = all(state == "ready" for state in parts.values())
    body = {"status": "ready" if ready else "not ready", **parts}
    return JSONResponse(body, status_code=200 if ready else 503)


async def _database(here: Shopkeep) -> None:
    async with here.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def _state(check: Any) -> str:  # noqa: ANN401 - a coroutine of whatever kind
    try:
        async with asyncio.timeout(PATIENCE_S):
            await check
    except TimeoutError:
        return f"no answer within {PATIENCE_S:g} s"
    except Exception as error:  # noqa: BLE001 - any reason is the answer
        return f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return "ready"
