"""Bags stand on the floor at y = 80, seen from the front."""

from itertools import pairwise

from demo.palette import RGB, mix
from demo.paths import flip, oval, path, whole
from demo.pen import INK, LIGHT, Look, Pen

BRASS: RGB = (216, 178, 96)


def tote(pen: Pen, look: Look) -> None:
    drop = look.pick(long=12, short=24)
    back = mix(pen.color, INK, 0.25)
    pen.strap(path(f"M37 42 Q36 {drop} 50 {drop} Q64 {drop} 63 42"), 2, back)
    width = look.pick(tapered=24, boxy=29)
    pen.cloth(
        whole(f"M50 38 L{50 + width + 3} 38 L{50 + width} 79 Q{49 + width} 80.5 {47 + width} 80.5 L50 80.5")
    )
    pen.tint(path(f"M{50 + width - 6} 38 L{53 + width} 38 L{50 + width} 81 L{50 + width - 7} 81"), alpha=30)
    pen.line(whole(f"M50 41 L{53 + width} 41"), alpha=80)
    pen.line(whole(f"M50 73 L{50 + width} 73"), alpha=45)
    front = mix(pen.color, LIGHT, 0.08) if "canvas" not in look else (163, 105, 62)
    pen.strap(
        path(f"M35.5 56 L36.5 42 Q36 {drop + 4} 50 {drop + 4} Q64 {drop + 4} 63.5 42 L64.5 56"), 2.2, front
    )
    for x in (35.7, 64.3):
        pen.tint(oval(x, 55, 0.6, 0.6), BRASS, 255)
    if "canvas" in look:
        pen.tint(path("M20 74 L80 74 L80 81 L20 81"), (163, 105, 62), 255)
    if "pocket" in look:
        pen.line(path("M40 48 L60 48 L60 66 L40 66 L40 48"), 0.45, alpha=80)


def crossbody(pen: Pen, look: Look) -> None:
    strap = path("M24 50 Q22 8 50 8 Q78 8 76 50")
    if "chain" in look:
        for point, after in pairwise(strap):
            pen.strap((point, after), 1.1, BRASS)
        pen.line(strap, 0.4, LIGHT, 120)
    else:
        pen.strap(strap, 1.7)
    if "round" in look:
        pen.cloth(oval(50, 56, 26, 24.5))
        pen.line(oval(50, 56, 22.5, 21), 0.4, alpha=80)
        pen.strap(path("M28 44 Q50 34 72 44"), 0.9, BRASS)
        return
    if "halfmoon" in look:
        pen.cloth(path("M22 44 Q36 50 50 50 Q64 50 78 44 Q84 60 70 72 Q50 84 30 72 Q16 60 22 44"))
        pen.line(path("M23 48 Q36 53.5 50 53.5 Q64 53.5 77 48"), 0.8, BRASS, 230)
        pen.line(path("M25 64 Q50 88 75 64"), alpha=70)
        return
    if "bucket" in look:
        pen.cloth(whole("M50 38 L70 38 L73 76 Q73 80 69 80 L50 80"))
        pen.tint(whole("M50 36 Q66 36 70 39 Q66 42 50 42"), mix(pen.color, INK, 0.5), 230)
        pen.strap(path("M31 46 Q50 50 69 46"), 0.9, mix(pen.color, INK, 0.4))
        pen.strap(path("M50 48 L47 60"), 0.9, mix(pen.color, INK, 0.4))
        return
    pen.cloth(whole("M50 40 L75 40 Q79 40 79 45 L79 74 Q79 79 74 79 L50 79"))
    flap = whole("M50 40 L75 40 Q79 40 79 45 L79 56 Q74 65 62 65.5 L50 65.5")
    pen.tint(flap, LIGHT, 22)
    pen.tint(whole("M50 66 L62 66 Q74 65.5 79 57 L79 60 Q74 68.5 62 68.5 L50 68.5"), alpha=46)
    pen.line(whole("M50 65.5 L62 65.5 Q74 65 79 56"), 0.4, alpha=90)
    pen.fill(path("M46 62.5 L54 62.5 L54 68.5 L46 68.5"), BRASS)
    pen.line(path("M48 65.5 L52 65.5"), 0.6, alpha=120)


def backpack(pen: Pen, look: Look) -> None:
    pen.strap(path("M43 22 Q43 11 50 11 Q57 11 57 22"), 2)
    for strap in (path("M30 40 Q22 56 27 74"), path("M70 40 Q78 56 73 74")):
        pen.strap(strap, 3.4, mix(pen.color, INK, 0.3))
    pen.cloth(whole("M50 18 Q67 17 71 28 Q74 50 73 72 Q73 80 66 80 L50 80"))
    pen.tint(path("M66 20 Q71 24 71.5 30 Q74 50 73 72 Q73 80 66 80 Q68 50 66 20"), alpha=30)
    if "rolltop" in look:
        pen.tint(whole("M50 18 Q67 17 71 28 L71 36 L50 36"), LIGHT, 26)
        pen.line(path("M28 36 L72 36"), 0.5, alpha=100)
        pen.strap(path("M50 22 L50 58"), 1.8, (163, 105, 62))
    else:
        pen.line(path("M30 52 Q28 24 50 23 Q72 24 70 52"), 0.6, mix(pen.color, LIGHT, 0.5), 190)
    pen.tint(whole("M50 53 L64 53 Q67 53 67 56 L67 72 Q67 75 64 75 L50 75"), LIGHT, 20)
    pen.line(whole("M50 53 L64 53 Q67 53 67 56 L67 72 Q67 75 64 75 L50 75"), 0.4, alpha=90)
    pen.line(path("M34 58 L66 58"), 0.6, BRASS, 220)
    if "leather" in look:
        for x in (38, 58):
            pen.fill(path(f"M{x} 50 L{x + 4} 50 L{x + 4} 62 L{x + 2} 64 L{x} 62"), (163, 105, 62))


def clutch(pen: Pen, look: Look) -> None:
    if "chain" in look:
        pen.strap(path("M20 46 Q30 10 50 10 Q70 10 80 46"), 0.8, BRASS)
    pen.cloth(whole("M50 44 L79 44 Q82 44 82 47 L80 76 Q80 79 77 79 L50 79"))
    flap = path("M18 44 L82 44 L50 66") if "envelope" in look else whole("M50 44 L82 44 L81 58 Q66 61 50 61")
    pen.tint(flap, LIGHT, 26)
    pen.line((*flap, flap[0]), 0.4, alpha=90)
    pen.tint(oval(50, 63 if "envelope" in look else 60, 1.9, 1.9), BRASS, 255)
    pen.tint(flip(path("M18 70 L20 79 L60 79 Q36 78 18 70")), alpha=26)
