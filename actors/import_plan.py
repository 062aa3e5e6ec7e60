"""What a file would do to the products that are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from actors.merging import Put, State, merged
from models.product import Product
from store.imported_products import Imported
from store.products import ProductRow as Stored

Change = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    put: Put
    change: Change
    before: Product | None
    after: Product

    @property
    def record(self) -> Imported | None:
        """None: there is nothing to write down."""
        if self.change == "unchanged":
            return None
        return Imported(
            product_id=self.put.id, change=self.change, before=self.before, version=self.after.version
        )


def plan(puts: Sequence[Put], stored: Mapping[str, Stored], currency: str) -> list[Planned]:
    """One that was deleted is made anew, and a product nothing would change of is left alone."""
    return [_planned(put, stored.get(put.id), currency) for put in puts]


def _planned(put: Put, stored: Stored | None, currency: str) -> Planned:
    state = None if stored is None else State(stored.product, deleted=stored.deleted)
    after = merged(put, state, currency=currency, now=datetime.now(UTC), new_id=lambda: "")
    if stored is None or stored.deleted:
        return Planned(put=put, change="created", before=None, after=after)
    same = replace(after, version=stored.product.version) == stored.product
    return Planned(put=put, change="unchanged" if same else "changed", before=stored.product, after=after)
