"""The installation as customers and merchants meet it: does it answer, find, reply."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from sqlalchemy import text

from scripts.deploying.errors import Unhealthy
from store.database import connect

NO_ANSWER = (OSError, HTTPException)
PATIENCE_S = 60.0
LOOK_S = 0.5
CALL_S = 40.0  # a chat call waits 30 s for its turn
CUSTOMER = "deploy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """A product to look for, in the largest catalogue."""

    merchant_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    url: str
    token: str

    def ready(self) -> str:
        """'' when it is, else what is not."""
        for path in ("/healthz", "/readyz"):
            try:
                status, body = self._ask(path)
            except NO_ANSWER as error:
                return f"{path} does not answer: {error}"
            if status != 200:  # noqa: PLR2004 - HTTP
                return f"{path} answers {status}: {body}"
        return ""

    def require_ready(self) -> None:
        """Within a minute. Unhealthy."""
        deadline = time.monotonic() + PATIENCE_S
        while wrong := self.ready():
            if time.monotonic() > deadline:
                raise Unhealthy(f"it is not ready after {PATIENCE_S:g} s: {wrong}")
            time.sleep(LOOK_S)

    def require_found(self, ware: Ware) -> None:
        """Unhealthy where a search for a product's own name does not find it."""
        body = {"query": ware.name, "limit": 20}
        found = self._tried(f"/api/merchants/{ware.merchant_id}/search", body)
        if ware.name not in [hit["product"]["name"] for hit in found["hits"]]:
            raise Unhealthy(f"a search for {ware.name!r} in the shop {ware.merchant_id} does not find it")

    def require_reply(self, ware: Ware) -> str:
        """What the assistant says to a customer who asks for it. Unhealthy: nothing, or an apology."""
        body = {"customer_id": CUSTOMER, "text": f"do you have {ware.name}?"}
        said = self._tried(f"/api/merchants/{ware.merchant_id}/chat", body)
        turn = self._tried(f"/api/merchants/{ware.merchant_id}/executions/{said['execution_id']}", None)
        silence: str | None = said["silence_reason"]
        if silence is None and turn["reply"]["rung"] == "apology":
            raise Unhealthy(f"a customer of {ware.merchant_id} gets an apology: {'; '.join(_failed(turn))}")
        if silence is None and not said["parts"]:
            raise Unhealthy(f"a customer of {ware.merchant_id} gets no answer, and no reason for it")
        return silence or next((part["text"] for part in said["parts"] if part["text"]), "cards")

    def _tried(self, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        try:
            status, answer = self._ask(path, body)
        except NO_ANSWER as error:
            raise Unhealthy(f"{path} does not answer: {error}") from error
        if status != 200:  # noqa: PLR2004 - HTTP
            raise Unhealthy(f"{path} answers {status}: {answer}")
        found: dict[str, Any] = json.loads(answer)
        return found

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        asked = urllib.request.Request(f"{self.url}{path}", data=data, headers=headers)  # noqa: S310 - ours
        try:
            with urllib.request.urlopen(asked, timeout=CALL_S) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")[:500]


def _failed(execution: dict[str, Any]) -> Iterator[str]:
    for step in execution["steps"]:
        if step["status"] == "failed":
            yield f"{step['name']}: {step['data']}"


async def a_ware(database_url: str) -> Ware | None:
    engine = connect(database_url)
    try:
        async with engine.connect() as connection:
            found = await connection.execute(
                text("""
                    SELECT merchant_id, body->>'name' AS name FROM products
                    WHERE NOT deleted AND (body->>'is_active')::boolean
                      AND merchant_id = (SELECT merchant_id FROM products WHERE NOT deleted
                                         GROUP BY merchant_id ORDER BY count(*) DESC LIMIT 1)
                    ORDER BY id LIMIT 1
                """)
            )
            row = found.first()
    finally:
        await engine.dispose()
    return Ware(merchant_id=row.merchant_id, name=row.name) if row else None
