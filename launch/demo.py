"""The demo shop, for an installation that has no shop of its own yet."""

from datetime import UTC, datetime

from actors.gateway import Gateway
from actors.merging import Put
from demo import catalogue
from models.codec import to_jsonable
from models.product import Product
from sources.drafts import ProductDraft
from store import merchants, products


async def load_demo(gateway: Gateway, app_url: str) -> None:
    """What is missing of it: all on the first start, the rest after one that was interrupted."""
    shop, wares = catalogue.load(app_url, datetime.now(UTC))
    async with gateway.engine.begin() as connection:
        shops = await merchants.listing(connection)
        if not shops:
            await merchants.create(connection, shop, gateway.place_for(shop.id))
        elif [each.id for each in shops] != [shop.id]:
            return
        # Tombstones count: what a merchant deleted does not come back.
        known = await products.get_many(connection, shop.id, [product.id for product in wares])
    missing = [_put(product) for product in wares if product.id not in known]
    if missing:
        await gateway.put(shop, missing)


def _put(product: Product) -> Put:
    draft = ProductDraft.model_validate(to_jsonable(product))
    return Put(id=product.id, draft=draft, created_at=product.created_at)
