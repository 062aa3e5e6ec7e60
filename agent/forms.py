"""What a model fills in. Strict: nothing extra, nothing missing, nothing converted."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.money import parse_amount
from models.search import Filters


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FiltersForm(Form):
    price_min: float | None = Field(description="Lowest price in the shop's currency, such as 30 or 59.90.")
    price_max: float | None = Field(description="Highest price in the shop's currency.")
    colors: list[str] = Field(description="Any of these colours.")
    sizes: list[str] = Field(description="Any of these sizes.")
    categories: list[str] = Field(description="Any of the shop's categories.")
    brands: list[str] = Field(description="Any of these brands.")
    in_stock: bool | None = Field(description="false also finds what is sold out; null or true does not.")

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


def _minor(amount: float | None, currency: str) -> int | None:
    # repr gives 59.9 back as it was written; the format keeps 1e3 plain.
    return None if amount is None else parse_amount(f"{Decimal(repr(amount)).normalize():f}", currency)


def function_tool(name: str, form: type[Form]) -> dict[str, Any]:
    """The form as a strict function tool of the chat completions API, which knows no defaults."""
    schema = form.model_json_schema()
    for field in schema["properties"].values():
        field.pop("default", None)
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": (form.__doc__ or "").strip(),
            "strict": True,
            "parameters": schema | {"required": list(schema["properties"])},
        },
    }
