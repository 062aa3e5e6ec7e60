"""The instruments of this process, and that it has begun."""

from actors.metrics import names
from actors.metrics.instruments import Instruments, RayInstruments


def instruments(actor: str) -> Instruments:
    """For an actor or deployment that starts; `actor` is its kind, as in "conversation"."""
    made = RayInstruments(names.DESCRIPTIONS)
    made.count(names.ACTOR_STARTS, actor=actor)
    return made
