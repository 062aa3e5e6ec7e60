"""Changes of a catalogue, worked out together as if they were made one after another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from actors.merging import Put, State, check_version, merged
from models.errors import NotFound, ShopkeepError
from models.product import Product

Products = tuple[Product, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Puts:
    """All of them or none."""

    puts: tuple[Put, ...]
    currency: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(put.id for put in self.puts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    product_id: str
    expected_version: int | None

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.product_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """Of what was deleted, as it was then. Nothing for what is there."""

    product_id: str
    expected_version: int | None

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.product_id,)


Change = Puts | Deletion | Restoration
Answer = Products | ShopkeepError
# Products changed in one transaction, and sent in one call: nobody waits longer than these take.
MOST_AT_ONCE = 500


def weight(change: Change) -> int:
    return len(change.ids)


class Changes:
    """Begins at what is known of the products they name; `made` is where it ends, for those that changed."""

    def __init__(self, known: Mapping[str, State], *, now: datetime, new_id: Callable[[], str]) -> None:
        self._known = known
        self._now = now
        self._new_id = new_id
        self.made: dict[str, State] = {}

    def make(self, change: Change) -> Answer:
        """The products as this change leaves them, or why it leaves everything as it was."""
        before = dict(self.made)
        try:
            if isinstance(change, Deletion):
                return (self._deleted(change),)
            if isinstance(change, Restoration):
                return (self._restored(change),)
            return tuple(self._put(put, change.currency) for put in change.puts)
        except ShopkeepError as error:
            self.made = before
            return error

    def _put(self, put: Put, currency: str) -> Product:
        product = merged(put, self._state(put.id), currency=currency, now=self._now, new_id=self._new_id)
        self.made[put.id] = State(product)
        return product

    def _deleted(self, deletion: Deletion) -> Product:
        state = self._state(deletion.product_id)
        if state is None or state.deleted:
            raise NotFound("no such product")
        check_version(state, deletion.expected_version)
        gone = replace(state.product, version=state.product.version + 1)
        self.made[gone.id] = State(gone, deleted=True)
        return gone

    def _restored(self, restoration: Restoration) -> Product:
        state = self._state(restoration.product_id)
        if state is None:
            raise NotFound("no such product")
        check_version(state, restoration.expected_version)
        if not state.deleted:
            return state.product
        back = replace(state.product, version=state.product.version + 1)
        self.made[back.id] = State(back)
        return back

    def _state(self, product_id: str) -> State | None:
        return self.made.get(product_id, self._known.get(product_id))
