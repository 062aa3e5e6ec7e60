"""A draft that is written over the product that may already be there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from models.errors import Conflict, Stale
from models.product import Product, Source
from sources.drafts import ProductDraft, keep_ids, to_product


@dataclass(frozen=True, slots=True)
class State:
    """A product as a change finds or leaves it."""

    product: Product
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """`id` is made before the call. `must_be_new`: nothing may be there; `expected_version`: this must be.

    `created_at` of a product that is older than its entry here.
    """

    id: str
    draft: ProductDraft
    source: Source = Source.OWN
    created_at: datetime | None = None
    must_be_new: bool = False
    expected_version: int | None = None


def merged(
    put: Put, before: State | None, *, currency: str, now: datetime, new_id: Callable[[], str]
) -> Product:
    """With the age, the next version and the variants' ids of what it replaces. Conflict, Stale, Invalid."""
    if before is not None and put.must_be_new and not before.deleted:
        raise Conflict(f"a product {put.id!r} exists already; PUT changes it", field="id")
    check_version(before, put.expected_version)
    made = to_product(put.draft, currency, id=put.id, now=put.created_at or now, new_id=new_id)
    product = replace(made, source=_source(put, before))
    if before is None:
        return product
    return replace(
        keep_ids(product, before.product, given={variant.id for variant in put.draft.variants if variant.id}),
        version=before.product.version + 1,
        created_at=before.product.created_at,
    )


def _source(put: Put, before: State | None) -> Source:
    """Who changes a product does not make it his; a connected shop does."""
    if before is None or before.deleted or put.source is Source.SHOPIFY:
        return put.source
    return before.product.source


def check_version(before: State | None, expected: int | None) -> None:
    version = before.product.version if before else 0
    if expected is not None and version != expected:
        raise Stale(f"the product is at version {version}, not {expected}; read it again", field="If-Match")
