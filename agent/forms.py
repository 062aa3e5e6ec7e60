"""What a model fills in. Strict: nothing extra, nothing missing, nothing converted."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.money import parse_amount
from models.search import Filters


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FiltersForm(Form):
    """Prices in the shop's currency, such as 59.90; of a list any value will do."""

    price_min: float | None
    price_max: float | None
    colors: list[str]
    sizes: list[str]
    categories: list[str]
    brands: list[str]
    in_stock: bool | None = Field(description="false also finds what is sold out.")

    def filters(self, currency: str) -> Filters:
        """ValueError when a price is none."""
        return Filters(
            price_min=_minor(self.price_min, currency),
            price_max=_minor(self.price_max, currency),
            colors=tuple(self.colors),
            sizes=tuple(self.sizes),
            categories=tuple(self.categories),
            brands=tuple(self.brands),
            in_stock=self.in_stock,
        )


class LimitsForm(Form):
    """The filters that are asked for most, without a form of their own: each costs a model words."""

    price_max: float | None
    colors: list[str]
    sizes: list[str]

    def limits(self, currency: str) -> Filters:
        """ValueError when the price is none."""
        price = _minor(self.price_max, currency)
        return Filters(price_max=price, colors=tuple(self.colors), sizes=tuple(self.sizes))


def _minor(amount: float | None, currency: str) -> int | None:
    # repr gives 59.9 back as it was written; the format keeps 1e3 plain.
    return None if amount is None else parse_amount(f"{Decimal(repr(amount)).normalize():f}", currency)


def function_tool(name: str, form: type[Form]) -> dict[str, Any]:
    """The form as a strict function tool of the chat completions API, which knows no defaults."""
    schema: dict[str, Any] = _slim(form.model_json_schema())
    del schema["description"]  # stands beside it
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": (form.__doc__ or "").strip(),
            "strict": True,
            "parameters": schema | {"required": list(schema["properties"])},
        },
    }


def _slim(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """Without what says nothing to a model, and is paid for in every call: titles, "anyOf" of plain types."""
    if isinstance(schema, list):
        return [_slim(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    slim = {name: _slim(value) for name, value in schema.items() if name != "default"}
    if isinstance(slim.get("title"), str):  # else it is a field of that name
        del slim["title"]
    choices = slim.get("anyOf", [])
    if choices and all(set(one) == {"type"} for one in choices):
        del slim["anyOf"]
        slim["type"] = [one["type"] for one in choices]
    return slim
