"""Things for the home stand on the table at y = 80."""

from zlib import crc32

from demo.palette import RGB, mix
from demo.paths import box, oval, path, whole
from demo.pen import INK, LIGHT, Look, Pen

WAX: RGB = (248, 241, 226)


def candle(pen: Pen, look: Look) -> None:
    if "tapers" in look:
        for x, top in ((40, 22), (60, 30)):
            pen.fill(path(f"M{x - 2.6} {top} L{x + 2.6} {top} L{x + 3.6} 74 L{x - 3.6} 74"), pen.color)
            pen.tint(path(f"M{x + 0.8} {top} L{x + 2.6} {top} L{x + 3.6} 74 L{x + 1.4} 74"), alpha=36)
            pen.fill(path(f"M{x - 9} 80 L{x - 4.6} 72 L{x + 4.6} 72 L{x + 9} 80"), (190, 152, 92))
            _flame(pen, x, top)
        return
    if "pillar" in look:
        pen.cloth(whole("M50 32 L66 32 L66 80 L50 80"))
        pen.fill(oval(50, 32, 16, 3.4), mix(pen.color, LIGHT, 0.35))
        pen.tint(path("M58 34 L66 32 L66 80 L58 80"), alpha=30)
        _flame(pen, 50, 32)
        return
    pen.cloth(whole("M50 40 L70 40 L70 76 Q70 80 66 80 L50 80"))
    pen.fill(oval(50, 40, 20, 4.6), mix(pen.color, INK, 0.2))
    pen.fill(oval(50, 41, 17.6, 3.6), WAX)
    pen.tint(path("M62 42 L70 40 L70 80 L61 80"), alpha=32)
    pen.tint(path("M33 44 L36.5 45 L36.5 78 L33 76"), LIGHT, 70)
    _label(pen, 50, 62, 11, 8)
    _flame(pen, 50, 41)


def mug(pen: Pen, look: Look) -> None:
    pen.strap(path("M62 46 Q84 42 84 56 Q84 70 61 68"), 4.2)
    rim, foot = look.pick(straight=(20, 19), tapered=(22, 15), tulip=(18, 14))
    pen.cloth(
        path(
            f"M{47 - rim} 38 L{47 + rim} 38 Q{47 + rim} 66 {47 + foot} 78 Q{46 + foot} 80 {43 + foot} 80 "
            f"L{51 - foot} 80 Q{48 - foot} 80 {47 - foot} 78 Q{47 - rim} 66 {47 - rim} 38"
        )
    )
    pen.fill(oval(47, 38, rim, 4.6), mix(pen.color, LIGHT, 0.3))
    pen.fill(oval(47, 39, rim - 2.4, 3.2), (92, 62, 44) if "coffee" in look else mix(pen.color, INK, 0.35))
    pen.tint(
        path(
            f"M{47 + rim - 9} 42 L{47 + rim} 40 Q{47 + rim} 66 {47 + foot} 79 "
            f"L{40 + foot} 80 Q{40 + rim} 60 {38 + rim} 42"
        ),
        alpha=26,
    )
    if "dipped" in look:
        pen.tint(path("M20 62 Q34 66 47 62 Q58 59 64 61 L64 82 L20 82"), mix(pen.color, LIGHT, 0.75), 240)
    if "speckled" in look:
        for step in range(60):
            scatter = crc32(bytes([step]))
            pen.tint(
                oval(25 + scatter % 440 / 10, 44 + scatter // 440 % 350 / 10, 0.35, 0.35),
                mix(pen.color, INK, 0.7),
                190,
            )
    if "handprint" in look:
        pen.line(path("M38 56 Q47 48 50 58 Q54 66 58 56"), 1, mix(pen.color, LIGHT, 0.7), 230)


def cushion(pen: Pen, look: Look) -> None:
    if "round" in look:
        pen.cloth(oval(50, 52, 31, 29))
        for step in range(12):
            x, y = oval(50, 52, 31, 29)[step * 5]
            pen.line(path(f"M50 52 L{x} {y}"), 0.5, alpha=55)
        pen.tint(oval(50, 52, 2.6, 2.6), mix(pen.color, INK, 0.35), 255)
    elif "lumbar" in look:
        pen.cloth(whole("M50 38 Q72 37 88 34 Q85 54 88 76 Q72 73 50 73"))
        pen.tint(whole("M50 66 Q72 67 87 70 L88 76 Q72 73 50 73"), alpha=26)
    else:
        pen.cloth(whole("M50 24 Q68 24 81 20 Q77 50 82 80 Q66 78.5 50 79"))
        pen.tint(whole("M50 71 Q66 71 80.8 70 L82 80 Q66 78.5 50 79"), alpha=26)
    if "tassels" in look:
        for x, y in ((19, 20), (81, 20), (17.5, 74), (82.5, 74)):
            pen.fill(
                path(f"M{x - 1} {y} L{x + 1} {y} L{x + 2.2} {y + 7} L{x - 2.2} {y + 7}"),
                mix(pen.color, INK, 0.2),
            )
    if "piping" in look:
        pen.line(
            whole("M50 25 Q68 25 80 21 Q76 50 81 79 Q66 77.5 50 78"), 0.9, mix(pen.color, LIGHT, 0.6), 210
        )


def throw(pen: Pen, look: Look) -> None:
    for layer, y in enumerate((66, 54, 42)):
        pen.cloth(
            path(
                f"M18 {y} Q14 {y} 14 {y + 6} Q14 {y + 13} 19 {y + 13} "
                f"L80 {y + 13} Q84 {y + 12} 84 {y + 7} Q84 {y} 80 {y}"
            )
        )
        pen.tint(path(f"M16 {y + 9} L84 {y + 9} L82 {y + 13} L18 {y + 13}"), alpha=40)
        pen.line(path(f"M14 {y + 13} L84 {y + 13}"), 0.4, alpha=80)
        pen.tint(path(f"M16 {y + 1} L82 {y + 1} L82 {y + 3} L16 {y + 3}"), LIGHT, 30 + 6 * layer)
    pen.cloth(path("M52 42 L76 42 L78 72 L54 72"))
    pen.tint(path("M52 42 L55 42 L57 72 L54 72"), alpha=40)
    pen.tint(path("M55 42 L76 42 L78 72 L57 72"), LIGHT, 24)
    if "fringe" in look:
        for step in range(12):
            pen.strap(path(f"M{55 + step * 2} 72 L{55.4 + step * 2} 79"), 0.9)
    if "bands" in look:
        for y in (62, 66):
            pen.tint(
                path(f"M53.6 {y} L77.6 {y} L77.8 {y + 2} L53.8 {y + 2}"), mix(pen.color, LIGHT, 0.7), 230
            )


def _flame(pen: Pen, x: float, y: float) -> None:
    pen.strap(path(f"M{x} {y} L{x} {y - 4}"), 0.6, INK)
    pen.fill(
        path(f"M{x} {y - 14} Q{x + 4.4} {y - 6} {x} {y - 3} Q{x - 4.4} {y - 6} {x} {y - 14}"), (247, 184, 72)
    )
    pen.tint(
        path(f"M{x} {y - 9} Q{x + 2} {y - 5} {x} {y - 3.4} Q{x - 2} {y - 5} {x} {y - 9}"),
        (255, 243, 200),
        255,
    )


def _label(pen: Pen, x: float, y: float, width: float, height: float) -> None:
    pen.tint(
        box(x - width, y - height, x + width, y + height),
        (252, 249, 242),
        235,
    )
    pen.line(path(f"M{x - width * 0.6} {y - 2.4} L{x + width * 0.6} {y - 2.4}"), 0.8, alpha=150)
    pen.line(path(f"M{x - width * 0.4} {y + 1} L{x + width * 0.4} {y + 1}"), 0.4, alpha=110)
    pen.line(path(f"M{x - width * 0.3} {y + 3.4} L{x + width * 0.3} {y + 3.4}"), 0.4, alpha=110)
