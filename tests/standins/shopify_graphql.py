"""Shopify's Admin GraphQL over a store: the schema checks a query, its cost is counted before and after."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    is_leaf_type,
    parse,
    validate,
)
from graphql.utilities import value_from_ast_untyped

from tests.standins.shopify_store import Json, Store, gid, number_of

SCHEMA: GraphQLSchema = build_schema((Path(__file__).parent / "shopify.graphql").read_text())
MAX_COST = 1000
MUTATION_COST = 10
MAX_FIRST = 250
MAX_PAGED = 25_000
_WRAPPERS = ("nodes", "edges", "node", "pageInfo")


class GraphQLRefusal(Exception):
    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.body = {"message": message, **({"extensions": {"code": code}} if code else {})}


@dataclass(slots=True)
class Page:
    """One page of a connection; the cursor is where the next one begins."""

    items: list[Json]
    end: int
    more: bool


@dataclass(slots=True)
class Query:
    """A parsed operation with its variables."""

    document: DocumentNode
    variables: Mapping[str, Any]

    @property
    def operation(self) -> OperationDefinitionNode:
        (found,) = (one for one in self.document.definitions if isinstance(one, OperationDefinitionNode))
        return found

    @property
    def root_type(self) -> GraphQLObjectType:
        root = SCHEMA.get_root_type(self.operation.operation)
        assert root
        return root

    def arguments(self, node: FieldNode, parent: Any) -> Json:
        defined = parent.fields[node.name.value].args
        given = {name: argument.default_value for name, argument in defined.items()}
        given = {name: value for name, value in given.items() if isinstance(value, str | int | bool)}
        for argument in node.arguments or ():
            value = value_from_ast_untyped(argument.value, dict(self.variables))
            if value is not None:
                given[argument.name.value] = value
        return given


def read(text: str, variables: Mapping[str, Any]) -> Query:
    """GraphQLRefusal when it is no query of this schema."""
    try:
        document = parse(text)
    except GraphQLError as error:
        raise GraphQLRefusal(str(error)) from None
    if problems := validate(SCHEMA, document):
        raise GraphQLRefusal(problems[0].message, "undefinedField")
    return Query(document, variables)


def requested_cost(query: Query) -> int:
    """What it costs if every page is full: 2 + n times the node for a connection, 1 for an object."""
    if query.operation.operation.value == "mutation":
        return MUTATION_COST
    return _cost(query, query.operation.selection_set, query.root_type)


def _cost(query: Query, selections: SelectionSetNode, parent: Any) -> int:
    total = 0
    for node, kind in _fields(selections, parent):
        if node.selection_set is None:
            continue
        named = get_named_type(kind.fields[node.name.value].type)
        inner = _cost(query, node.selection_set, named)
        arguments = query.arguments(node, kind)
        if named.name.endswith("Connection"):
            total += 2 + int(arguments.get("first", 50)) * (1 + inner)
        elif "ids" in arguments:
            total += len(arguments["ids"]) * (1 + inner)
        elif node.name.value in _WRAPPERS:
            total += inner
        else:
            total += 1 + inner
    return total


def _fields(selections: SelectionSetNode, parent: Any) -> Iterator[tuple[FieldNode, Any]]:
    for node in selections.selections:
        if isinstance(node, InlineFragmentNode):
            assert node.type_condition
            yield from _fields(node.selection_set, SCHEMA.get_type(node.type_condition.name.value))
        elif isinstance(node, FieldNode) and node.name.value != "__typename":
            yield node, parent


@dataclass(slots=True)
class Execution:
    """`cost` is what it came to. A connection is a page, or with `lines` a list of its own lines."""

    store: Store
    query: Query
    mutations: Mapping[str, Callable[[Json], Json]] = field(default_factory=dict)
    bulk_of: Callable[[str], Json | None] = lambda _: None
    cost: int = 0

    def run(self) -> Json:
        operation = self.query.operation
        data = self._object({}, operation.selection_set, self.query.root_type)
        if operation.operation.value == "mutation":
            self.cost = MUTATION_COST
        return data

    def _object(self, value: Any, selections: SelectionSetNode, kind: Any) -> Json:
        answer: Json = {}
        for node in selections.selections:
            if isinstance(node, InlineFragmentNode):
                assert node.type_condition
                name = node.type_condition.name.value
                if name == value.get("__typename"):
                    answer |= self._object(value, node.selection_set, SCHEMA.get_type(name))
            elif isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                answer[key] = self._field(value, node, kind)
        return answer

    def _field(self, value: Any, node: FieldNode, kind: Any) -> Any:
        name = node.name.value
        if name == "__typename":
            return value.get("__typename", kind.name)
        named = get_named_type(kind.fields[name].type)
        arguments = self.query.arguments(node, kind)
        found = self.resolve(value, name, kind.name, arguments)
        if named.name.endswith("Connection"):
            found = paged(found, arguments)
            self.cost += 2 + len(found.items)
        elif found is not None and not is_leaf_type(named) and name not in _WRAPPERS:
            self.cost += 1
        return self._complete(found, node, named)

    def _complete(self, found: Any, node: FieldNode, named: Any) -> Any:
        if found is None or node.selection_set is None:
            return found
        if isinstance(found, list):
            return [self._complete(one, node, named) for one in found]
        return self._object(found, node.selection_set, named)

    def resolve(self, value: Any, name: str, kind: str, arguments: Json) -> Any:
        if isinstance(value, Page):
            return _of_page(value, name)
        if kind == "Query":
            return self._root(name, arguments)
        if kind == "Mutation":
            return self.mutations[name](arguments)
        special = _SPECIAL.get((kind, name))
        return special(self.store, value, arguments) if special else value.get(name)

    def _root(self, name: str, arguments: Json) -> Any:
        store = self.store
        if name == "nodes":
            found = [self._node(one) for one in arguments["ids"]]
            self.cost += sum(one is not None for one in found)
            return found
        roots: dict[str, Callable[[], Any]] = {
            "shop": lambda: _shop(store),
            "products": lambda: matching(store, arguments),
            "productsCount": lambda: {"count": len(matching(store, arguments)), "precision": "EXACT"},
            "product": lambda: self._node(arguments["id"]),
            "inventoryItem": lambda: self._node(arguments["id"]),
            "collection": lambda: self._node(arguments["id"]),
            "bulkOperation": lambda: self.bulk_of(arguments["id"]),
            "currentAppInstallation": lambda: {"accessScopes": [{"handle": one} for one in store.scopes]},
            "webhookSubscriptions": lambda: list(store.subscriptions.values()),
        }
        return roots[name]()

    def _node(self, wanted: str) -> Json | None:
        number = number_of(wanted)
        match wanted.split("/")[-2]:
            case "Product":
                return self.store.products.get(number)
            case "Collection":
                return self.store.collections.get(number)
            case "InventoryItem":
                return _item(self.store, number)
        return None


def _shop(store: Store) -> Json:
    return {
        "id": gid("Shop", 548300001),
        "name": "Demo",
        "currencyCode": store.currency,
        "myshopifyDomain": store.shop,
        "primaryDomain": {"url": f"https://{store.shop}", "host": store.shop},
    }


def paged(items: list[Json], arguments: Json) -> Page:
    first = int(arguments.get("first", 50))
    if first > MAX_FIRST:
        raise GraphQLRefusal(f"first must be at most {MAX_FIRST}")
    start = int(arguments.get("after") or 0)
    if start >= MAX_PAGED:
        raise GraphQLRefusal("paging ends at 25,000 objects")
    end = start + first
    return Page(items[start:end], min(end, len(items)), end < len(items))


def _of_page(page: Page, name: str) -> Any:
    if name == "pageInfo":
        return {"hasNextPage": page.more, "endCursor": str(page.end) if page.items else None}
    return page.items if name == "nodes" else [{"node": item, "cursor": ""} for item in page.items]


def matching(store: Store, arguments: Json) -> list[Json]:
    """`query` knows updated_at:>= and id:>=, `sortKey` ID and UPDATED_AT."""
    products = list(store.products.values())
    wanted = arguments.get("query") or ""
    if since := re.search(r"updated_at:>='?([0-9TZ:.+-]+)'?", wanted):
        products = [product for product in products if product["updatedAt"] >= since[1]]
    if least := re.search(r"\bid:>=?(\d+)", wanted):
        products = [product for product in products if number_of(product["id"]) >= int(least[1])]
    key = "updatedAt" if arguments.get("sortKey") == "UPDATED_AT" else None
    return sorted(products, key=lambda one: (one[key] if key else "", number_of(one["id"])))


def _levels(store: Store, item: Json, _: Json) -> list[Json]:
    number = number_of(item["id"])
    return [
        {
            "id": f"gid://shopify/InventoryLevel/{location}?inventory_item_id={number}",
            "updatedAt": None,
            "location": {"id": gid("Location", location), "name": f"Location {location}"},
            "quantities": [{"name": "available", "quantity": available}],
        }
        for location, available in store.levels.get(number, {}).items()
    ]


def _item(store: Store, number: int) -> Json | None:
    for variant in store.products.get(store.items.get(number, 0), {"variants": []})["variants"]:
        item: Json = variant["inventoryItem"]
        if number_of(item["id"]) == number:
            return item
    return None


def _variant_of(store: Store, item: Json, _: Json) -> Json | None:
    product = store.products.get(store.items.get(number_of(item["id"]), 0))
    variants = product["variants"] if product else []
    return next((one for one in variants if one["inventoryItem"]["id"] == item["id"]), None)


def _product_of(store: Store, variant: Json, _: Json) -> Json:
    return store.products[store.items[number_of(variant["inventoryItem"]["id"])]]


def _in_collection(store: Store, collection: Json, _: Json) -> list[Json]:
    return [
        product
        for product in store.products.values()
        if any(one["id"] == collection["id"] for one in product["collections"])
    ]


# What is not written down as it is asked for.
_SPECIAL: dict[tuple[str, str], Callable[[Store, Any, Json], Any]] = {
    ("Product", "featuredMedia"): lambda _, product, __: next(iter(product["media"]), None),
    ("Product", "totalInventory"): lambda _, product, __: sum(
        variant["inventoryQuantity"] or 0 for variant in product["variants"]
    ),
    ("Product", "hasOnlyDefaultVariant"): lambda _, product, __: (
        [variant["title"] for variant in product["variants"]] == ["Default Title"]
    ),
    ("ProductVariant", "product"): _product_of,
    ("InventoryItem", "variant"): _variant_of,
    ("InventoryItem", "inventoryLevels"): _levels,
    ("Collection", "products"): _in_collection,
}


def bulk_lines(store: Store, query: Query) -> Iterator[tuple[Json, bool]]:
    """Each object and whether it is a root, children after their parents."""
    execution = Execution(store, query)
    ((node, kind),) = _fields(query.operation.selection_set, query.root_type)
    for product in matching(store, query.arguments(node, kind)):
        for number, line in enumerate(_lines(execution, product, node, "Product")):
            yield line, number == 0


def _lines(execution: Execution, value: Json, node: FieldNode, kind: str) -> Iterator[Json]:
    """The object, then the lines of its connections."""
    selections = _node_selections(node)
    own: list[Any] = []
    connections: list[Any] = []
    for child, owner in _fields(selections, SCHEMA.get_type(kind)):
        if owner.name != kind and owner.name != value["__typename"]:
            continue
        named = get_named_type(owner.fields[child.name.value].type)
        (connections if named.name.endswith("Connection") else own).append((child, owner, named))
    yield {child.name.value: execution._field(value, child, owner) for child, owner, _ in own}  # noqa: SLF001
    for child, owner, named in connections:
        item_kind = get_named_type(get_named_type(named.fields["edges"].type).fields["node"].type).name
        for item in execution.resolve(value, child.name.value, owner.name, {}):
            for line in _lines(execution, item, child, item_kind):
                yield {"__parentId": value["id"]} | line


def _node_selections(connection: FieldNode) -> SelectionSetNode:
    """Below edges and node."""
    selections = connection.selection_set
    assert selections
    for _ in range(2):
        (child,) = selections.selections
        assert isinstance(child, FieldNode)
        assert child.selection_set
        selections = child.selection_set
    return selections
