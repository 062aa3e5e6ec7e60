"""Jewellery lies large on the table; the metal is the colour, stones follow the look."""

from itertools import pairwise

from demo.palette import RGB, mix
from demo.paths import Points, oval, path
from demo.pen import INK, LIGHT, Look, Pen

STONES: dict[str, RGB] = {
    "pearl": (244, 238, 228),
    "turquoise": (75, 182, 177),
    "garnet": (128, 26, 46),
    "moonstone": (214, 224, 236),
    "onyx": (36, 34, 38),
    "opal": (226, 222, 236),
    "emerald": (31, 122, 92),
    "sapphire": (42, 74, 152),
    "crystal": (236, 243, 247),
}


def earrings(pen: Pen, look: Look) -> None:
    shape = look.pick(hoop=_hoop, drop=_drop, stud=_stud, disc=_disc)
    for x in (32.0, 68.0):
        shape(pen, x, _stone(look))


def necklace(pen: Pen, look: Look) -> None:
    low = look.pick(short=58, long=68)
    chain = path(f"M22 16 C22 {low - 14} 36 {low + 4} 50 {low + 4} C64 {low + 4} 78 {low - 14} 78 16")
    if "beads" in look:
        for point in _spaced(chain, 4.3):
            _gem(pen, point[0], point[1], 2.2, _stone(look) or pen.color)
        return
    _metal(pen, chain, 1.5 if "chunky" in look else 0.75)
    if "chunky" in look:
        for x, y in _spaced(chain, 4):
            pen.strap(oval(x, y, 2.1, 1.5), 0.9)
    elif "layered" in look:
        _metal(pen, path("M26 16 C28 34 40 44 50 44 C60 44 72 34 74 16"), 0.6)
        _gem(pen, 50, 45.5, 1.8, _stone(look) or pen.color)
    _pendant(pen, look, low + 3)


def _pendant(pen: Pen, look: Look, y: float) -> None:
    stone = _stone(look)
    if "chunky" in look:
        return
    if "bar" in look:
        pen.fill(path(f"M39 {y} L61 {y} L61 {y + 2.6} L39 {y + 2.6}"), pen.color)
    elif "locket" in look:
        heart = path(
            f"M50 {y + 18} Q36 {y + 9} 39 {y + 3} Q44 {y - 2} 50 {y + 4} "
            f"Q56 {y - 2} 61 {y + 3} Q64 {y + 9} 50 {y + 18}"
        )
        pen.fill(heart, pen.color)
        pen.line(heart, 0.6, LIGHT, 120)
    elif stone:
        pen.strap(path(f"M50 {y} L50 {y + 4}"), 0.9)
        pen.fill(oval(50, y + 9.4, 5.1, 6.3), pen.color)
        _gem(pen, 50, y + 9.4, 4.3, stone, stretch=1.25)
    else:
        pen.fill(oval(50, y + 8, 7, 7), pen.color)
        pen.line(oval(50, y + 8, 5.6, 5.6), 0.4, LIGHT, 150)
        pen.tint(path(f"M45 {y + 10} Q49 {y + 1} 56 {y + 4} Q50 {y + 5} 45 {y + 10}"), LIGHT, 110)


def bracelet(pen: Pen, look: Look) -> None:
    ring = oval(50, 52, 31, 23)
    if "cuff" in look:
        pen.fill(oval(50, 52, 33, 25), pen.color)
        pen.hole(oval(50, 49, 27.5, 18.5))
        pen.hole(path("M40 20 L60 20 L57 40 L43 40"))
        pen.line(path("M19 60 Q50 90 81 60"), 1.2, LIGHT, 110)
    elif "beads" in look:
        for point in _spaced(ring, 5):
            _gem(pen, point[0], point[1], 2.6, _stone(look) or pen.color)
    elif "chain" in look:
        _metal(pen, ring, 0.8)
        for x, y in _spaced(ring, 4.6):
            pen.strap(oval(x, y, 2.3, 1.6), 0.8)
        _gem(pen, 50, 79, 3.2, _stone(look) or pen.color)
    else:
        _metal(pen, ring, 2.6)
        _metal(pen, oval(50, 46, 30, 22), 1.6)


def ring(pen: Pen, look: Look) -> None:
    wide = look.pick(slim=2.2, wide=6, signet=3.4)
    _metal(pen, oval(50, 57, 22, 23), wide)
    stone = _stone(look)
    if "signet" in look:
        pen.fill(oval(50, 33.5, 10.5, 8), pen.color)
        pen.line(oval(50, 33.5, 8.3, 5.9), 0.5, LIGHT, 140)
    elif "stack" in look:
        _metal(pen, oval(50, 51, 22, 23), 1.2)
        _metal(pen, oval(50, 63, 22, 23), 1.2)
    elif stone:
        pen.fill(path("M41 34 L44 28 L56 28 L59 34 L50 41"), pen.color)
        _gem(pen, 50, 30, 7.6, stone, stretch=0.87)


def _hoop(pen: Pen, x: float, stone: RGB | None) -> None:
    _metal(pen, oval(x, 52, 13.5, 16), 2.2)
    _gem(pen, x, 35, 1.7, pen.color)
    if stone:
        _gem(pen, x, 70, 3.6, stone)


def _drop(pen: Pen, x: float, stone: RGB | None) -> None:
    _gem(pen, x, 28, 2.4, pen.color)
    _metal(pen, path(f"M{x} 30 L{x} 46"), 0.8)
    outer = path(
        f"M{x} 44 Q{x + 9} 58 {x + 8} 63 Q{x + 6} 72 {x} 72 Q{x - 6} 72 {x - 8} 63 Q{x - 9} 58 {x} 44"
    )
    pen.fill(outer, pen.color)
    pen.line(outer, 0.5, LIGHT, 120)
    if stone:
        _gem(pen, x, 62, 5.4, stone, stretch=1.22)


def _stud(pen: Pen, x: float, stone: RGB | None) -> None:
    pen.fill(oval(x, 50, 10, 10), pen.color)
    pen.line(oval(x, 50, 9, 9), 0.5, LIGHT, 130)
    _gem(pen, x, 50, 7.6, stone or mix(pen.color, LIGHT, 0.15))


def _disc(pen: Pen, x: float, stone: RGB | None) -> None:
    _gem(pen, x, 26, 2.2, stone or pen.color)
    for y, radius in ((36.0, 5.0), (51.0, 7.5)):
        pen.fill(oval(x, y, radius, radius), pen.color)
        pen.line(oval(x, y, radius - 1, radius - 1), 0.4, alpha=70)
        pen.tint(
            path(f"M{x - 4} {y + 2} Q{x} {y - 5} {x + 4} {y - 3} Q{x} {y - 2} {x - 4} {y + 2}"), LIGHT, 110
        )
    _metal(pen, path(f"M{x} 28 L{x} 32"), 0.8)


def _stone(look: Look) -> RGB | None:
    return next((STONES[word] for word in STONES if word in look), None)


def _metal(pen: Pen, line: Points, width: float) -> None:
    pen.strap(line, width)
    pen.line(tuple((x + width * 0.22, y + width * 0.22) for x, y in line), width * 0.3, INK, 50)
    pen.line(tuple((x - width * 0.2, y - width * 0.2) for x, y in line), width * 0.28, LIGHT, 150)


def _gem(pen: Pen, x: float, y: float, rx: float, color: RGB, *, stretch: float = 1) -> None:
    ry = rx * stretch
    pen.fill(oval(x, y, rx, ry), color)
    pen.tint(oval(x + rx * 0.14, y + ry * 0.22, rx * 0.8, ry * 0.72), INK, 18)
    pen.tint(oval(x - rx * 0.32, y - ry * 0.36, rx * 0.3, ry * 0.26), LIGHT, 210)


def _spaced(line: Points, gap: float) -> list[tuple[float, float]]:
    """Points of the line about `gap` apart."""
    kept = [line[0]]
    for start, end in pairwise(line):
        for step in range(1, 9):
            x, y = start[0] + (end[0] - start[0]) * step / 8, start[1] + (end[1] - start[1]) * step / 8
            if ((x - kept[-1][0]) ** 2 + (y - kept[-1][1]) ** 2) ** 0.5 >= gap:
                kept.append((x, y))
    return kept
