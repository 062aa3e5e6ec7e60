"""Bodies of every call with something in each place there is."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
DEEPEST = 8


class Filling:
    """By an OpenAPI description, with this text wherever text may be."""

    def __init__(self, description: Json, text: str) -> None:
        self._description = description
        self._text = text

    def bodies(self) -> Iterator[tuple[str, str, Any]]:
        """Method, path and JSON: everything, each field alone, and everything but one."""
        for path, operations in self._description["paths"].items():
            for method, operation in operations.items():
                content = operation.get("requestBody", {}).get("content", {})
                if schema := content.get("application/json", {}).get("schema"):
                    whole = self._filled(schema, 0)
                    for body in _parts(whole) if isinstance(whole, dict) else (whole,):
                        yield method.upper(), path, body

    def _filled(self, schema: Json, depth: int) -> Any:
        schema = self._resolved(schema)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        if depth > DEEPEST:
            return None
        kind = schema.get("type")
        if kind == "array":
            return [self._filled(schema.get("items", {}), depth + 1)]
        if kind == "object":
            return self._object(schema, depth + 1)
        number = schema.get("minimum", 1)
        plain: dict[Any, Any] = {"boolean": True, "integer": number, "number": number}
        return plain.get(kind, self._text)

    def _resolved(self, schema: Json) -> Json:
        """What a reference leads to; of several shapes the first that is not null."""
        while True:
            several = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
            if "$ref" in schema:
                schema = self._description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            elif several:
                schema = next(one for one in several if one.get("type") != "null")
            else:
                return schema

    def _object(self, schema: Json, depth: int) -> Json:
        named = {name: self._filled(of, depth) for name, of in schema.get("properties", {}).items()}
        others = schema.get("additionalProperties")
        return named | ({self._text: self._filled(others, depth)} if isinstance(others, dict) else {})


def _parts(whole: dict[str, Any]) -> Iterator[Json]:
    yield whole
    for name, value in whole.items():
        yield {name: value}
        yield {other: kept for other, kept in whole.items() if other != name}
