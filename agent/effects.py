"""What a turn does beside its words. Applied by the turn's one transaction; a discarded turn leaves none."""

from dataclasses import dataclass

from models.search import NO_FILTERS, Filters
from models.turn import Handover, RestockWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefer:
    """Said of oneself, for good: "I'm a size M now". A size takes the place of the old one."""

    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """No longer right: "I don't like red any more", "forget the price"."""

    values: tuple[str, ...] = ()
    price: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOver:
    """The talk so far counts no more; with `preferences` neither does what the customer likes."""

    preferences: bool = False


Effect = Handover | RestockWish | Prefer | Forget | StartOver
