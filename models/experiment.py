"""Customers of one shop answered in different ways, so that the ways can be compared."""

import hashlib
import math
from dataclasses import field

from models.record import record
from models.search import Weights


@record
class Variant:
    """One of the ways. What is None, or an embedder without weights here, is as the shop's profile has it.

    `share`: so many of 100 customers have it.
    """

    name: str
    share: int
    use_model: bool | None = None
    voice: str | None = None
    weights: dict[str, Weights] = field(default_factory=dict)  # by embedder


@record
class Experiment:
    """The others of `variants` are compared with the first. Under another `name` customers are drawn anew."""

    name: str
    variants: tuple[Variant, ...]

    def variant_of(self, merchant_id: str, customer_id: str) -> Variant:
        """The same one each time, without anything kept.

        Each variant draws a waiting time for the customer, shorter the larger its share, and the first one
        has them (weighted rendezvous hashing). When shares change, a customer moves only from a variant to
        one that grew more: who has a share that grows the most keeps it.
        """
        return min(
            (one for one in self.variants if one.share),
            key=lambda one: _waiting(merchant_id, self.name, customer_id, one.name) / one.share,
        )

    def named(self, name: str) -> Variant | None:
        return next((one for one in self.variants if one.name == name), None)


def _waiting(*names: str) -> float:
    """Exponentially distributed. Not by crc32: it is linear, who shared one variant would share the next."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    # 52 bits and a half: between 0 and 1, and neither of them.
    return -math.log((int.from_bytes(digest[:8]) // 4096 + 0.5) / 2**52)
