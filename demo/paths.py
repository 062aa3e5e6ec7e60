"""Outlines in SVG's path language (M, L, Q, C, absolute) on a field of 100 by 100, flattened to points."""

import re
from functools import lru_cache
from math import comb, cos, pi, sin

Point = tuple[float, float]
Points = tuple[Point, ...]

_COMMAND = re.compile(r"([MLQC])([^MLQC]*)")
_CURVE_STEPS = 20
# Outlines kept flattened: a few products' worth.
_KEPT = 512
_OVAL_STEPS = 64
# Below this radius a corner is smaller than a pixel.
_SMALL = 2.5


@lru_cache(_KEPT)
def path(text: str) -> Points:
    points: list[Point] = []
    for command, arguments in _COMMAND.findall(text):
        numbers = [float(number) for number in arguments.replace(",", " ").split()]
        corners = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        points.extend(_curve((points[-1], *corners)) if command in "QC" else corners)
    return tuple(points)


@lru_cache(_KEPT)
def whole(half: str) -> Points:
    """A symmetric outline from its right half, drawn from the top middle to the bottom middle."""
    right = path(half)
    return right + flip(right)[::-1]


def flip(points: Points) -> Points:
    return tuple((100 - x, y) for x, y in points)


def box(left: float, top: float, right: float, bottom: float) -> Points:
    return (left, top), (right, top), (right, bottom), (left, bottom)


@lru_cache(_KEPT)
def oval(x: float, y: float, rx: float, ry: float) -> Points:
    steps = _OVAL_STEPS if max(rx, ry) > _SMALL else _OVAL_STEPS // 4
    turns = [2 * pi * step / steps for step in range(steps + 1)]
    return tuple((x + rx * cos(turn), y + ry * sin(turn)) for turn in turns)


def _curve(controls: Points) -> list[Point]:
    """A Bézier curve of any degree, without its first point."""
    degree = len(controls) - 1
    found = []
    for step in range(1, _CURVE_STEPS + 1):
        t = step / _CURVE_STEPS
        weights = [comb(degree, i) * t**i * (1 - t) ** (degree - i) for i in range(degree + 1)]
        x = sum(weight * point[0] for weight, point in zip(weights, controls, strict=True))
        y = sum(weight * point[1] for weight, point in zip(weights, controls, strict=True))
        found.append((x, y))
    return found
