"""One store at the stand-in: its products as GraphQL shows them, and what changes them."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
SHOP = "demo-shop.myshopify.com"
TOKEN = "shpat_test"
SCOPES = ("read_products", "read_inventory")


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def number_of(gid: str) -> int:
    return int(gid.rpartition("/")[2])


@dataclass(slots=True, kw_only=True)
class Bucket:
    """The store's points: so many at most, so many back each second of the clock."""

    maximum: float = 2000.0
    restore_rate: float = 100.0
    available: float = 2000.0
    at: float = 0.0
    spent: float = 0.0  # in all
    refused: int = 0  # queries that came too early

    def refill(self, now: float) -> None:
        self.available = min(self.maximum, self.available + max(0.0, now - self.at) * self.restore_rate)
        self.at = now

    def status(self) -> Json:
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self.available),
            "restoreRate": self.restore_rate,
        }


@dataclass(slots=True, kw_only=True)
class Store:
    """`products` by number, each as GraphQL shows it, with its connections as lists.

    `told` gets (topic, webhook body) of every change. Changes made with `touch=False` leave `updatedAt`.
    """

    shop: str = SHOP
    currency: str = "USD"
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    scopes: tuple[str, ...] = SCOPES
    products: dict[int, Json] = field(default_factory=dict)
    collections: dict[int, Json] = field(default_factory=dict)
    items: dict[int, int] = field(default_factory=dict)  # inventory item -> product
    levels: dict[int, dict[int, int]] = field(default_factory=dict)  # inventory item -> location -> available
    subscriptions: dict[int, Json] = field(default_factory=dict)
    bucket: Bucket = field(default_factory=Bucket)
    told: list[Callable[[str, Json], None]] = field(default_factory=list)
    now: datetime = datetime(2026, 5, 1, 10, tzinfo=UTC)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(9_000_000_000_001))

    def put_product(
        self, title: str = "Linen shirt", *, variants: Sequence[Json] = ({},), **more: Any
    ) -> int:
        """A new one, its number returned. `variants`: what differs from one that has nothing special."""
        number = more.pop("number", None) or next(self.numbers)
        at = self._moment()
        product: Json = {
            "__typename": "Product",
            "id": gid("Product", number),
            "legacyResourceId": str(number),
            "title": title,
            "handle": title.lower().replace(" ", "-"),
            "descriptionHtml": "<p>Soft</p>",
            "productType": "Shirts",
            "category": None,
            "vendor": "Acme",
            "tags": ["linen", "summer"],
            "status": "ACTIVE",
            "onlineStoreUrl": f"https://demo.example/products/{number}",
            "publishedAt": at,
            "createdAt": at,
            "updatedAt": at,
            "options": [{"name": "Size"}],
            "media": [],
            "collections": [],
            "metafields": [],
            **more,
        }
        product["variants"] = [
            self._variant(number, position, given) for position, given in enumerate(variants, 1)
        ]
        self.products[number] = product
        self._tell("products/create", rest_product(product))
        return number

    def change_product(self, number: int, **changes: Any) -> None:
        self.products[number] |= changes
        self._touch(number)
        self._tell("products/update", rest_product(self.products[number]))

    def change_variant(self, number: int, index: int = 0, **changes: Any) -> None:
        self.products[number]["variants"][index] |= changes
        self.change_product(number)

    def add_variant(self, number: int, **given: Any) -> None:
        variants = self.products[number]["variants"]
        variants.append(self._variant(number, len(variants) + 1, given))
        self.change_product(number)

    def remove_variant(self, number: int, index: int) -> None:
        gone = self.products[number]["variants"].pop(index)
        self.items.pop(int(gone["inventoryItem"]["legacyResourceId"]), None)
        self.change_product(number)

    def delete_product(self, number: int) -> None:
        gone = self.products.pop(number)
        for variant in gone["variants"]:
            self.items.pop(int(variant["inventoryItem"]["legacyResourceId"]), None)
        self._tell("products/delete", {"id": number})

    def set_stock(self, number: int, index: int, available: int, *, location: int = 1) -> None:
        """At one location: the variant's quantity is the total of them all."""
        variant = self.products[number]["variants"][index]
        item = int(variant["inventoryItem"]["legacyResourceId"])
        levels = self.levels.setdefault(item, {1: variant["inventoryQuantity"] or 0})
        levels[location] = available
        total = sum(levels.values())
        variant |= {"inventoryQuantity": total, "availableForSale": _for_sale(variant, total)}
        self._touch(number)
        body = {
            "inventory_item_id": item,
            "location_id": location,
            "available": available,
            "updated_at": self.products[number]["updatedAt"],
            "admin_graphql_api_id": f"gid://shopify/InventoryLevel/{location}?inventory_item_id={item}",
        }
        self._tell("inventory_levels/update", body)
        self._tell("products/update", rest_product(self.products[number]))

    def put_collection(self, title: str) -> Json:
        number = next(self.numbers)
        made = {
            "__typename": "Collection",
            "id": gid("Collection", number),
            "legacyResourceId": str(number),
            "title": title,
            "handle": title.lower().replace(" ", "-"),
        }
        self.collections[number] = made
        return made

    def media(self, url: str, *, kind: str = "MediaImage", alt: str | None = None) -> Json:
        return {
            "__typename": kind,
            "id": gid(kind, next(self.numbers)),
            "alt": alt,
            "mediaContentType": "IMAGE" if kind == "MediaImage" else "VIDEO",
            "preview": {"image": {"url": url}},
            "image": {"url": url, "width": 800, "height": 800},
        }

    def metafield(self, namespace: str, key: str, value: str, kind: str = "single_line_text_field") -> Json:
        number = gid("Metafield", next(self.numbers))
        field = {"namespace": namespace, "key": key, "value": value, "type": kind}
        return {"__typename": "Metafield", "id": number, **field}

    def _variant(self, product: int, position: int, given: Json) -> Json:
        number = given.get("number") or next(self.numbers)
        item = next(self.numbers)
        self.items[item] = product
        return {
            "__typename": "ProductVariant",
            "id": gid("ProductVariant", number),
            "legacyResourceId": str(number),
            "title": "M",
            "sku": f"sku-{number}",
            "barcode": None,
            "position": position,
            "price": "49.00",
            "compareAtPrice": None,
            "availableForSale": True,
            "inventoryQuantity": 7,
            "inventoryPolicy": "DENY",
            "selectedOptions": [{"name": "Size", "value": "M"}],
            "inventoryItem": {
                "__typename": "InventoryItem",
                "id": gid("InventoryItem", item),
                "legacyResourceId": str(item),
                "tracked": True,
            },
            "media": [],
            "updatedAt": self._moment(),
            **{name: value for name, value in given.items() if name != "number"},
        }

    def _touch(self, number: int) -> None:
        self.now += timedelta(seconds=1)
        self.products[number]["updatedAt"] = self._moment()

    def _moment(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _tell(self, topic: str, body: Json) -> None:
        for listener in self.told:
            listener(topic, body)


def _for_sale(variant: Json, total: int) -> bool:
    tracked = variant["inventoryItem"]["tracked"]
    return total > 0 or variant["inventoryPolicy"] == "CONTINUE" or not tracked


def rest_product(product: Json) -> Json:
    """As webhooks write it: numbers and snake case, only the first 100 variants in full."""
    return {
        "id": number_of(product["id"]),
        "admin_graphql_api_id": product["id"],
        "title": product["title"],
        "handle": product["handle"],
        "body_html": product["descriptionHtml"],
        "vendor": product["vendor"],
        "product_type": product["productType"],
        "status": (product["status"] or "").lower(),
        "tags": ", ".join(product["tags"] or []),
        "created_at": product["createdAt"],
        "updated_at": product["updatedAt"],
        "published_at": product["publishedAt"],
        "variants": [_rest_variant(product, variant) for variant in product["variants"][:100]],
        "variant_gids": [
            {"admin_graphql_api_id": variant["id"], "updated_at": variant["updatedAt"]}
            for variant in product["variants"]
        ],
        "options": [{"name": option["name"]} for option in product["options"]],
        "images": [],
        "image": None,
        "media": [],
        "category": None,
    }


def _rest_variant(product: Json, variant: Json) -> Json:
    return {
        "id": number_of(variant["id"]),
        "admin_graphql_api_id": variant["id"],
        "product_id": number_of(product["id"]),
        "title": variant["title"],
        "price": variant["price"],
        "compare_at_price": variant["compareAtPrice"],
        "sku": variant["sku"],
        "inventory_policy": (variant["inventoryPolicy"] or "").lower(),
        "inventory_item_id": number_of(variant["inventoryItem"]["id"]),
        "inventory_quantity": variant["inventoryQuantity"],
        "updated_at": variant["updatedAt"],
    }
