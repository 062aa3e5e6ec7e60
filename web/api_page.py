"""The API's description as a page of ours: the usual one fetches its script from another host."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.pages import render

router = APIRouter(include_in_schema=False)
PAGE = "/api/docs"
DESCRIPTION = "/api/openapi.json"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """`asked`: what stands in the address and the headers; `body`: its JSON schema, indented."""

    method: str
    path: str
    says: str
    asked: tuple[tuple[str, str], ...]
    body: str


@router.get(PAGE)
async def described(request: Request) -> HTMLResponse:
    calls = list(calls_of(request.app.openapi()))
    return render("api.html", calls=calls, description=DESCRIPTION)


def calls_of(description: Json) -> Iterator[Call]:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            yield Call(
                method=method.upper(),
                path=path,
                says=operation.get("description") or operation.get("summary", ""),
                asked=tuple((one["name"], one["in"]) for one in operation.get("parameters", ())),
                body=_body(operation, description),
            )


def _body(operation: Json, description: Json) -> str:
    content: Json = operation.get("requestBody", {}).get("content", {})
    schema: Json = next((kind["schema"] for kind in content.values() if "schema" in kind), {})
    named = schema.get("$ref", "").rpartition("/")[2]
    known = description["components"]["schemas"].get(named, schema)
    return json.dumps(known, indent=2, ensure_ascii=False) if known else ""
