"""The tools a model may call: read-only, their arguments checked, what they return kept for grounding."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from pydantic import Field

from agent.answer import AnswerForm
from agent.desk import MOST, Desk
from agent.excerpts import of_hit, of_product, of_section, of_variant, outline
from agent.forms import FiltersForm, Form, LimitsForm, function_tool
from agent.names import named_like
from agent.passages import passages_on
from agent.restock import like_any
from models.product import Product
from models.search import Filters, Order

ANSWER = "answer"
# Best first: more than these a model shows to nobody.
_MOST_HITS = 6
# Categories, those of most products first.
_SECTIONS = 20


class SearchProducts(Form):
    """Search the shop's catalogue. All filters are met by one and the same variant."""

    query: str = Field(description='What it is, without what the filters say: "summer dress".')
    filters: FiltersForm
    order: Order | None = Field(None, description="cheapest or dearest sorts all that fits by price.")


class GetProductVariants(Form):
    """Sizes, colours, prices and stock of one product."""

    product_name: str = Field(description="The product's name, or its id.")
    color: str | None
    size: str | None


class CompareProducts(Form):
    """Compare products side by side."""

    product_ids: list[str] = Field(description="Two to five ids the tools returned or that were shown last.")


class FindAlternatives(LimitsForm):
    """Products like one that was shown, of its category first; `cheaper`: those of it that cost less."""

    product_id: str
    cheaper: bool


class GetCatalogueShape(LimitsForm):
    """What there is at all, counted over the whole catalogue: how many, prices, colours, sizes, brands."""

    categories: list[str]
    brands: list[str]

    def filters(self, currency: str) -> Filters:
        limits = self.limits(currency)
        return replace(limits, categories=tuple(self.categories), brands=tuple(self.brands))


class ShopInformation(Form):
    """The shop's own answers on returns, shipping, payment and the like, if they are not above."""

    question: str = Field(description="What the customer wants to know.")


_FORMS: dict[str, type[Form]] = {
    "search_products": SearchProducts,
    "get_product_variants": GetProductVariants,
    "compare_products": CompareProducts,
    "find_alternatives": FindAlternatives,
    "get_catalogue_shape": GetCatalogueShape,
    "shop_information": ShopInformation,
    ANSWER: AnswerForm,
}
TOOLS = [function_tool(name, form) for name, form in _FORMS.items()]


class Tools:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._currency = desk.turn.merchant.currency

    async def call(self, name: str, arguments: str) -> str:
        """The result as JSON. ValueError, in words for the model, when the call makes no sense."""
        if name not in _FORMS:
            raise ValueError(f"There is no tool {name!r}; there are {', '.join(_FORMS)}.")
        form = _FORMS[name].model_validate_json(arguments or "{}")
        match form:
            case SearchProducts():
                result = await self._search(form)
            case GetProductVariants():
                result = await self._variants(form)
            case CompareProducts():
                result = await self._compare(form)
            case FindAlternatives():
                result = await self._alternatives(form)
            case GetCatalogueShape():
                result = await self._shape(form)
            case ShopInformation():
                result = self._shop_information(form)
            case _:
                raise ValueError(f"{name!r} ends the turn; call it alone.")
        return json.dumps(result, ensure_ascii=False, separators=(",", ":"))

    async def _search(self, form: SearchProducts) -> dict[str, Any]:
        order = form.order or Order.RELEVANCE
        found = await self._desk.nearest(form.query, form.filters.filters(self._currency), order=order)
        products = [of_hit(hit) for hit in found.hits[:_MOST_HITS]]
        return {"left_out": found.relaxed, "products": products} if found.relaxed else {"products": products}

    async def _variants(self, form: GetProductVariants) -> dict[str, Any]:
        name = form.product_name
        by_id, hits = await asyncio.gather(
            self._desk.products([name]), self._desk.search(name, Filters(in_stock=False), 5)
        )
        product = next(iter(by_id), None) or named_like(name, [hit.product for hit in hits])
        if product is None:
            return {"product": None, "similar": [of_product(hit.product) for hit in hits]}
        color, size = ([one] if one else [] for one in (form.color, form.size))
        asked = [one for one in product.variants if like_any(one.color, color) and like_any(one.size, size)]
        if asked:
            self._desk.seen.choose(product.id, min(asked, key=lambda one: not one.sellable))
        # With no such variant the model can still say what there is.
        fitting = [of_variant(product, one) for one in asked]
        return of_product(product) | {"asked_for": fitting, "all": _variants(product)}

    async def _compare(self, form: CompareProducts) -> dict[str, Any]:
        products = await self._desk.products(list(dict.fromkeys(form.product_ids))[:MOST])
        return {"products": [of_product(one) | {"variants": _variants(one)} for one in products]}

    async def _alternatives(self, form: FindAlternatives) -> dict[str, Any]:
        find = self._desk.cheaper if form.cheaper else self._desk.similar
        hits = await find(form.product_id, form.limits(self._currency))
        return {"products": [of_hit(hit) for hit in hits[:_MOST_HITS]]}

    async def _shape(self, form: GetCatalogueShape) -> dict[str, Any]:
        shape = await self._desk.shape(form.filters(self._currency))
        ends = [one for one in (shape.whole.cheapest, shape.whole.dearest) if one]
        products = await self._desk.products(list(dict.fromkeys(ends))) if ends else ()
        return {
            "all": of_section(shape.whole, self._currency),
            "by_category": [outline(one, self._currency) for one in shape.categories[:_SECTIONS]],
            "products": [of_product(one) for one in products],
        }

    def _shop_information(self, form: ShopInformation) -> dict[str, Any]:
        with self._desk.trace.step("shop_information", question=form.question) as data:
            spoken = (self._desk.shop_language, self._desk.language)
            found = passages_on(form.question, self._desk.turn.merchant, spoken)
            data["found"] = [one.topic for one in found]
        return {"found": [{"topic": one.topic, "text": one.text} for one in found]}


def _variants(product: Product) -> list[dict[str, Any]]:
    return [of_variant(product, one) for one in product.variants]
