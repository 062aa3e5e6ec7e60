"""How the parts of a reply are cut to what each channel takes."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Protocol

from channels import simulator
from channels.instagram import direct, limits
from models.turn import Part


class Fit(Protocol):
    """The parts of a reply in the sizes a channel takes."""

    def __call__(self, parts: Sequence[Part], *, comment: bool) -> tuple[Part, ...]: ...


def fits(app_url: str) -> Mapping[str, Fit]:
    """By channel. `app_url` is where relative links live."""
    return {direct.CHANNEL: partial(limits.fit, app_url=app_url), simulator.NAME: simulator.fit}
