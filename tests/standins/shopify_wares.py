"""A made-up catalogue of any size: six variants a product, a picture each, collections and metafields."""

import random

from tests.standins.shopify_store import Store

COLORS = ("Black", "White", "Navy", "Olive", "Rose", "Sand")
SIZES = ("XS", "S", "M", "L", "XL", "XXL")
WORDS = ("Linen", "Cotton", "Wool", "Silk", "Denim", "Merino", "Jersey", "Velvet")
KINDS = ("Shirt", "Dress", "Skirt", "Jacket", "Coat", "Trousers", "Scarf", "Blouse")


def fill(store: Store, products: int, *, variants: int = 6, seed: int = 7) -> None:
    draw = random.Random(seed)  # noqa: S311 - made-up wares
    collections = [store.put_collection(title) for title in ("Summer", "New in", "Sale", "Essentials")]
    for number in range(products):
        word, kind = draw.choice(WORDS), draw.choice(KINDS)
        color = draw.choice(COLORS)
        store.put_product(
            f"{word} {kind} {number}",
            descriptionHtml=f"<p>A {color.lower()} {kind.lower()} of {word.lower()}.</p>"
            * draw.randint(1, 8),
            productType=kind,
            tags=[word.lower(), color.lower()],
            options=[{"name": "Color"}, {"name": "Size"}],
            media=[store.media(f"https://cdn.example/{number}.jpg")],
            collections=[draw.choice(collections)],
            metafields=[store.metafield("custom", "care", "Wash at 30 degrees")],
            variants=[
                {
                    "title": f"{color} / {SIZES[index % 6]}",
                    "selectedOptions": [
                        {"name": "Color", "value": color},
                        {"name": "Size", "value": SIZES[index % 6]},
                    ],
                    "price": f"{draw.randint(10, 200)}.00",
                    "inventoryQuantity": draw.randint(0, 20),
                }
                for index in range(variants)
            ],
        )
