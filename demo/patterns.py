"""Prints laid over the whole cloth before anything is cut from it."""

from collections.abc import Callable
from itertools import product

from demo.palette import RGB, brightness, mix
from demo.paths import box, oval, path
from demo.pen import FIELD, INK, LIGHT, Pen

# Above this a white print no longer shows.
_BRIGHT = 0.72


_PETALS = path(
    "M-0.5 -0.5 C-1.2 -2.2 1.2 -2.2 0.5 -0.5 C2.2 -1.2 2.2 1.2 0.5 0.5 "
    "C1.2 2.2 -1.2 2.2 -0.5 0.5 C-2.2 1.2 -2.2 -1.2 -0.5 -0.5"
)


def _contrast(color: RGB) -> RGB:
    return mix(color, INK, 0.6) if brightness(color) > _BRIGHT else mix(color, LIGHT, 0.85)


def _stripes(pen: Pen) -> None:
    for y in range(0, FIELD, 4):
        pen.tint(box(0, y, FIELD, y + 1.3), _contrast(pen.color), 225)


def _pinstripes(pen: Pen) -> None:
    for x in range(1, FIELD, 3):
        pen.line(((x, 0), (x, FIELD)), 0.25, _contrast(pen.color), 130)


def _dots(pen: Pen) -> None:
    for row, column in product(range(4, FIELD - 4, 4), range(10, FIELD - 10, 5)):
        pen.tint(oval(column + (row % 8) * 0.6, row, 0.75, 0.75), _contrast(pen.color), 235)


def _gingham(pen: Pen) -> None:
    for at in range(0, FIELD, 5):
        pen.tint(box(0, at, FIELD, at + 2.5), _contrast(pen.color), 90)
        pen.tint(box(at, 0, at + 2.5, FIELD), _contrast(pen.color), 90)


def _check(pen: Pen) -> None:
    for at in range(2, FIELD, 9):
        pen.tint(box(0, at, FIELD, at + 3), INK, 40)
        pen.tint(box(at, 0, at + 3, FIELD), INK, 40)
        pen.line(path(f"M0 {at + 6} L100 {at + 6}"), 0.3, _contrast(pen.color), 150)
        pen.line(path(f"M{at + 6} 0 L{at + 6} 100"), 0.3, _contrast(pen.color), 150)


def _floral(pen: Pen) -> None:
    for row, column in product(range(8, FIELD - 4, 7), range(9, FIELD - 8, 8)):
        x, y = column + (row * 3 % 8), row + (column * 5 % 4)
        petals = tuple((x + dx, y + dy) for dx, dy in _PETALS)
        pen.tint(petals, _contrast(pen.color), 230)
        pen.tint(oval(x, y, 0.55, 0.55), (226, 171, 74), 255)
        pen.line(((x + 1.2, y + 1.2), (x + 2.4, y + 1.7), (x + 3, y + 3)), 0.4, (96, 128, 92), 220)


def _ribs(pen: Pen) -> None:
    for x in range(0, FIELD, 2):
        pen.line(((x, 0), (x, FIELD)), 0.3, alpha=28)


def _cables(pen: Pen) -> None:
    for x in (36, 50, 64):
        for y in range(0, FIELD, 5):
            pen.line(path(f"M{x - 2} {y} C{x - 2} {y + 3} {x + 2} {y + 2} {x + 2} {y + 5}"), 0.5, alpha=60)
            pen.line(path(f"M{x + 2} {y} C{x + 2} {y + 3} {x - 2} {y + 2} {x - 2} {y + 5}"), 0.5, alpha=60)
        pen.line(path(f"M{x - 3.6} 0 L{x - 3.6} 100"), 0.3, alpha=45)
        pen.line(path(f"M{x + 3.6} 0 L{x + 3.6} 100"), 0.3, alpha=45)


def _weave(pen: Pen) -> None:
    for at in range(-FIELD, FIELD, 3):
        pen.line(((at, 0), (at + FIELD, FIELD)), 0.35, alpha=36)
        pen.line(((at, FIELD), (at + FIELD, 0)), 0.35, alpha=36)


def _quilt(pen: Pen) -> None:
    for at in range(-FIELD, FIELD, 8):
        pen.line(((at, 0), (at + FIELD, FIELD)), 0.4, alpha=60)
        pen.line(((at, FIELD), (at + FIELD, 0)), 0.4, alpha=60)


PATTERNS: dict[str, Callable[[Pen], None]] = {
    "stripes": _stripes,
    "pinstripes": _pinstripes,
    "dots": _dots,
    "gingham": _gingham,
    "check": _check,
    "floral": _floral,
    "ribs": _ribs,
    "cables": _cables,
    "weave": _weave,
    "quilted": _quilt,
}
