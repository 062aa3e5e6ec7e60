"""Bottles, jars, tubes and bars stand on the table at y = 80."""

from demo.palette import RGB, mix
from demo.paths import box, oval, path, whole
from demo.pen import INK, LIGHT, Look, Pen

PAPER: RGB = (252, 249, 242)


def beauty(pen: Pen, look: Look) -> None:
    look.pick(pump=_pump, dropper=_dropper, jar=_jar, tube=_tube, soap=_soap, stick=_stick)(pen)


def _pump(pen: Pen) -> None:
    pen.fill(path("M47 22 L53 22 L53 34 L47 34"), INK)
    pen.fill(path("M36 18 Q37 15 41 15 L55 15 L55 22 L40 22 L36 25"), INK)
    pen.fill(path("M43 32 L57 32 L57 39 L43 39"), INK)
    pen.cloth(whole("M50 38 L58 38 Q66 39 66 47 L66 76 Q66 80 62 80 L50 80"))
    _shine(pen, 38, 46, 76)
    _label(pen, 52, 70, 11)


def _dropper(pen: Pen) -> None:
    pen.fill(path("M47 16 Q50 12 53 16 L53.5 27 L46.5 27"), (70, 62, 64))
    pen.fill(path("M44.5 26 L55.5 26 L55.5 36 L44.5 36"), INK)
    pen.cloth(whole("M50 36 L55 36 Q62 38 64 45 L64 76 Q64 80 60 80 L50 80"))
    _shine(pen, 39.5, 46, 76)
    _label(pen, 52, 70, 10)


def _jar(pen: Pen) -> None:
    pen.fill(whole("M50 42 L71 42 Q73 42 73 44 L73 54 L50 54"), mix(pen.color, INK, 0.55))
    pen.cloth(whole("M50 54 L75 54 Q76 54 76 57 L75 76 Q75 80 70 80 L50 80"))
    _shine(pen, 29, 57, 77)
    _label(pen, 59, 74, 16)


def _tube(pen: Pen) -> None:
    pen.cloth(path("M36 16 L64 16 L61 68 L39 68"))
    pen.tint(path("M36 16 L64 16 L63.8 20 L36.2 20"), alpha=40)
    pen.fill(path("M40 68 L60 68 L60 80 L40 80"), mix(pen.color, INK, 0.5))
    _shine(pen, 40, 24, 66)
    _label(pen, 34, 54, 9)


def _soap(pen: Pen) -> None:
    pen.cloth(path("M22 56 Q22 51 27 50 L70 48 Q80 48 80 54 L80 72 Q80 79 74 79 L28 80 Q22 80 22 74"))
    pen.tint(path("M22 56 Q22 51 27 50 L70 48 Q80 48 80 54 Q60 60 22 60"), LIGHT, 60)
    pen.fill(path("M38 48.5 L62 47.5 L63 80 L39 80.5"), PAPER)
    pen.line(path("M43 62 L58 61.5"), 0.9, alpha=150)
    pen.line(path("M45 67 L56 66.6"), 0.4, alpha=110)


def _stick(pen: Pen) -> None:
    pen.fill(path("M44 36 L44 24 Q50 16 56 20 L56 36"), pen.color)
    pen.tint(path("M44 24 Q50 16 56 20 Q50 22 44 27"), LIGHT, 90)
    pen.fill(path("M42.5 36 L57.5 36 L57.5 50 L42.5 50"), (216, 178, 96))
    pen.fill(path("M40 50 L60 50 L60 80 L40 80"), mix(pen.color, INK, 0.7))
    _shine(pen, 42, 52, 78)


def _shine(pen: Pen, x: float, top: float, bottom: float) -> None:
    pen.tint(box(x, top, x + 2.6, bottom), LIGHT, 80)


def _label(pen: Pen, top: float, bottom: float, width: float) -> None:
    pen.tint(box(50 - width, top, 50 + width, bottom), PAPER, 240)
    middle = (top + bottom) / 2
    pen.line(path(f"M{50 - width * 0.6} {middle - 3} L{50 + width * 0.6} {middle - 3}"), 0.9, alpha=150)
    pen.line(path(f"M{50 - width * 0.4} {middle + 1} L{50 + width * 0.4} {middle + 1}"), 0.4, alpha=110)
    pen.tint(oval(50, middle + 4.6, 0.9, 0.9), INK, 120)
