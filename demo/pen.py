"""Draws one product: colours on `art`, the outline on `mask`. What lies outside the outline never shows."""

from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

from PIL import Image, ImageDraw

from demo.palette import RGB, brightness
from demo.paths import Points, flip

FIELD = 100
SCALE = 12.8  # pixels a unit: twice the final 640, reduced at the end to smooth every edge
PIXELS = round(FIELD * SCALE)

_HAIRLINE = 0.7
# Below this dark seams no longer show.
_DARK = 0.25

INK: RGB = (38, 30, 36)
LIGHT: RGB = (255, 255, 255)

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is said of a product's shape; what is not said is chosen by its seed."""

    words: frozenset[str] = frozenset()
    seed: int = 0

    def __contains__(self, word: str) -> bool:
        return word in self.words

    def pick(self, **choices: Choice) -> Choice:
        """The choice whose name is among the words, else one by the seed."""
        said = [word for word in choices if word in self.words]
        names = said or list(choices)
        # The names take part: two details of one product are not chosen alike.
        return choices[names[crc32("".join(choices).encode(), self.seed) % len(names)]]


class Pen:
    def __init__(self, color: RGB) -> None:
        self.color = color
        self.seam = LIGHT if brightness(color) < _DARK else INK
        self.art = Image.new("RGB", (PIXELS, PIXELS), color)
        self.mask = Image.new("L", (PIXELS, PIXELS), 0)
        # "RGBA" on an RGB image: fills blend by their alpha.
        self._brush = ImageDraw.Draw(self.art, "RGBA")
        self._knife = ImageDraw.Draw(self.mask)

    def cloth(self, *shapes: Points) -> None:
        """Cut out of the product's own fabric, pattern included."""
        for shape in shapes:
            self._knife.polygon(_pixels(shape), fill=255)

    def fill(self, shape: Points, color: RGB, alpha: int = 255) -> None:
        self.cloth(shape)
        self.tint(shape, color, alpha)

    def tint(self, shape: Points, color: RGB = INK, alpha: int = 26) -> None:
        """Colour what is there already: folds, shadows, prints."""
        self._brush.polygon(_pixels(shape), fill=(*color, alpha))

    def strap(self, line: Points, width: float, color: RGB | None = None) -> None:
        """A line with a body of its own: handles, chains, laces."""
        self._knife.line(_pixels(line), fill=255, width=round(width * SCALE), joint=_joint(width))
        self.line(line, width, color or self.color, 255)

    def line(self, line: Points, width: float = 0.35, color: RGB | None = None, alpha: int = 70) -> None:
        self._brush.line(_pixels(line), (*(color or self.seam), alpha), round(width * SCALE), _joint(width))

    def lines(self, *lines: Points, alpha: int = 70) -> None:
        for line in lines:
            self.line(line, alpha=alpha)
            self.line(flip(line), alpha=alpha)

    def hole(self, shape: Points) -> None:
        self._knife.polygon(_pixels(shape), fill=0)


def _joint(width: float) -> str | None:
    """Rounded where a gap would show; a rounded joint costs as much as its line."""
    return "curve" if width > _HAIRLINE else None


def _pixels(shape: Points) -> list[tuple[float, float]]:
    return [(x * SCALE, y * SCALE) for x, y in shape]
