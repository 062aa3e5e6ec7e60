"""Shoes stand on the floor at y = 78, seen from the side, the toe to the right."""

from demo.palette import RGB, mix
from demo.paths import box, oval, path
from demo.pen import INK, LIGHT, Look, Pen

GUM: RGB = (196, 148, 98)
CORK: RGB = (205, 172, 130)
RUBBER: RGB = (247, 244, 238)
BRASS: RGB = (222, 184, 104)
# From the toe up; a low shoe ends after five.
_LACES = ((58, 53), (53.7, 50.4), (49.4, 47.8), (45.1, 45.2), (40.8, 41), (36.5, 36.8), (32.2, 32.6))

_TOE_STRAP = "M61 {u} Q62 {c} 67 {b} Q73 {b} 77 {c} Q80 {t} 80 {u}"
_SLIDE = ("M44 {u} Q46 {b} 55 {a} Q60 {a} 65 {b} Q80 {c} 85 {t} L84 {u}",)
_DOUBLE = ("M37 {u} Q38 {c} 43 {a} Q48 {o} 53 {a} Q57 {c} 57 {u}", _TOE_STRAP)
_ANKLE = ("M14 {t} L15 {h} Q18 {g} 21 {h} L21 {u} L14 {u}", _TOE_STRAP)


def sneaker(pen: Pen, look: Look) -> None:
    collar = look.pick(low=44, high=26)
    upper = path(
        f"M14 69 Q13 56 15 {collar + 2} Q16 {collar - 3} 20 {collar - 1} Q27 {collar + 6} 35 {collar + 3} "
        f"Q38 {collar} 40 {collar - 5} Q43 {collar - 8} 46 {collar - 4} "
        f"Q52 50 62 54.5 Q70 58 79 58.5 Q89 60.5 88.5 69"
    )
    pen.cloth(upper)
    pen.tint(path("M14 69 L14 63 Q40 66 89 64 L89 69"), alpha=30)
    pen.tint(path("M70 56 Q80 57 84 59 Q90 62 88 69 L72 69 Q67 62 70 56"), LIGHT, 46)
    pen.line(path("M70 56.5 Q66 62 72 69"), 0.4, alpha=90)
    accent = look.pick(stripe=mix(pen.color, LIGHT, 0.75), heel=mix(pen.color, INK, 0.4), plain=pen.color)
    pen.tint(path("M14 69 Q13 58 15 50 L22 51 Q20 60 23 69"), accent, 235)
    if "stripe" in look:
        for at in (36, 43):
            pen.tint(
                path(f"M{at} 68 Q{at + 2} 60 {at + 8} 54 L{at + 11} 55 Q{at + 6} 62 {at + 4} 68"), accent, 240
            )
    pen.line(path(f"M36 {collar + 3} Q42 56 55 62 L62 55"), 0.4, alpha=90)
    for x, y in _LACES if "high" in look else _LACES[:5]:
        pen.strap(path(f"M{x - 5} {y + 5.5} Q{x - 2} {y} {x + 1.5} {y - 0.4}"), 1.3, RUBBER)
    bottom, rubber = look.pick(flat=(75.5, RUBBER), chunky=(79, RUBBER), gum=(76, GUM))
    _sole(pen, 67.5, bottom, rubber)


def boot(pen: Pen, look: Look) -> None:
    top = look.pick(ankle=32, midcalf=24, knee=13)
    shaft = path(
        f"M29 {top} Q42 {top - 2} 55 {top} Q55 42 56 51 Q62 57 74 59.5 "
        f"Q87 62 88 71 L88 74 L27 74 Q27 60 30 50 Q30 38 29 {top}"
    )
    pen.cloth(shaft)
    pen.tint(
        path(f"M29 {top} L35 {top} Q36 40 36 52 Q33 62 33 74 L27 74 Q27 60 30 50 Q30 38 29 {top}"), alpha=32
    )
    pen.tint(path("M74 60 Q84 62 87 68 L80 68 Q76 64 70 61"), LIGHT, 60)
    pen.line(path("M56 51 Q50 58 40 60 Q34 62 32 74"), 0.4, alpha=85)
    if "chelsea" in look:
        panel = path(f"M38 {top} L50 {top} Q48 46 44 55 Q40 46 38 {top}")
        pen.tint(panel, mix(pen.color, INK, 0.6), 190)
        pen.strap(path(f"M31 {top} Q29.5 {top - 6} 33 {top - 5}"), 1.4)
    if "laces" in look:
        for y in range(top + 5, 52, 5):
            pen.strap(path(f"M47 {y + 2} Q52 {y + 1} 56.5 {y - 1}"), 1.2, mix(pen.color, LIGHT, 0.6))
    if "zip" in look:
        pen.line(path(f"M42 {top + 2} Q42 50 43 70"), 0.7, (214, 190, 130), 230)
    if "rain" in look:
        pen.tint(path(f"M47 {top + 4} Q50 40 50 50 L47 50 Q46 40 47 {top + 4}"), LIGHT, 110)
        pen.line(path(f"M28 {top + 3} L56 {top + 3}"), 0.7, alpha=80)
    heel, tread = look.pick(flat=(4, 77), block=(9, 76), lug=(6, 78.5))
    pen.fill(path(f"M27 73 L47 73 L45.5 {74 + heel} L28 {74 + heel}"), mix(pen.color, INK, 0.65))
    pen.fill(
        path(f"M27 73 L89 73 Q90 {tread} 84 {tread} L56 {tread} Q50 75.5 46 75.5 L27 75.5"),
        mix(pen.color, INK, 0.65),
    )
    if "lug" in look:
        for x in range(56, 86, 6):
            pen.fill(path(f"M{x} 77 L{x + 3.6} 77 L{x + 3.2} 80 L{x + 0.4} 80"), mix(pen.color, INK, 0.65))


def sandal(pen: Pen, look: Look) -> None:
    sole, height = look.pick(cork=(CORK, 9), flat=(mix(GUM, INK, 0.15), 4), espadrille=(CORK, 15))
    top = 76 - height
    _footbed(pen, top, sole)
    if "espadrille" in look:
        for y in range(top + 4, 77, 3):
            pen.line(path(f"M12 {y} Q50 {y + 2} 90 {y}"), 0.4, (120, 86, 50), 110)
    # Heights over the footbed, from on it to the top of an ankle strap.
    heights = {
        "u": top + 3,
        "t": top,
        "c": top - 9,
        "b": top - 13,
        "a": top - 16,
        "o": top - 18,
        "h": top - 24,
        "g": top - 28,
    }
    for strap in look.pick(slide=_SLIDE, double=_DOUBLE, ankle=_ANKLE):
        pen.fill(path(strap.format(**heights)), pen.color)
        pen.tint(path(strap.format(**heights)), LIGHT, 18)
    if "ankle" in look:
        pen.strap(path(f"M17 {top - 22} Q34 {top - 30} 44 {top - 20} Q34 {top - 14} 18 {top - 18}"), 2.2)
        pen.tint(oval(41, top - 22.5, 1.7, 1.7), BRASS, 255)
    if "double" in look:
        for x, y in ((45, top - 10), (69, top - 7)):
            buckle = box(x, y, x + 4, y + 4)
            pen.strap((*buckle, buckle[0]), 0.8, BRASS)


def _footbed(pen: Pen, top: int, sole: RGB) -> None:
    pen.fill(
        path(
            f"M13 {top} Q30 {top - 3} 50 {top} Q70 {top + 3} 88 {top - 0.5} "
            f"Q91 76 84 76.5 L17 76.5 Q11 76 13 {top}"
        ),
        sole,
    )
    edge = path(
        f"M12 {top} Q30 {top - 3} 50 {top} Q70 {top + 3} 89 {top - 0.5} "
        f"L89 {top + 1.5} Q70 {top + 5} 50 {top + 2} Q30 {top - 1} 12 {top + 2}"
    )
    pen.tint(edge, LIGHT, 70)


def heel(pen: Pen, look: Look) -> None:
    rise = look.pick(kitten=12, mid=20, stiletto=30)
    top = 72 - rise - 16
    pen.cloth(
        path(
            f"M17 {top + 2} Q21 {top - 3} 25 {top + 2} Q33 {top + 17} 50 63 "
            f"Q57 66 63 62 Q72 64 82 70 Q88 73 86 76 "
            f"Q82 77.5 66 77 Q54 75 44 {top + rise * 0.7 + 13} "
            f"Q36 {top + 20} 27 {top + 19} L19 {top + 17} Q15 {top + 9} 17 {top + 2}"
        )
    )
    shadow = path(f"M25 {top + 2} Q33 {top + 17} 50 63 Q57 66 63 62 Q56 69 49 66 Q32 {top + 22} 25 {top + 2}")
    pen.tint(shadow, mix(pen.color, INK, 0.5), 200)
    pen.tint(path("M66 66 Q78 67 84 73 Q76 71 66 66"), LIGHT, 85)
    base = look.pick(block=13, slender=4)
    spike = path(
        f"M18 {top + 15} L31 {top + 18} Q26 {top + 24} {19 + base} 78 L19 78 Q20 {top + 26} 18 {top + 15}"
    )
    pen.fill(spike, mix(pen.color, INK, 0.18))
    if "slingback" in look:
        pen.hole(path(f"M14 {top - 6} L28 {top + 7} L33 {top + 15} L30 {top + 17} L14 {top + 12}"))
        pen.strap(path(f"M33 {top + 15} Q22 {top - 2} 16 {top + 3} Q15 {top + 8} 20 {top + 15}"), 1.5)
        pen.strap(path(f"M18 {top + 15.5} L31 {top + 17.5}"), 2)
    if "strap" in look:
        pen.strap(path(f"M22 {top + 3} Q40 {top - 6} 47 {top + 6}"), 1.8)
        pen.strap(path(f"M47 {top + 6} Q50 50 53 63"), 1.8)
        pen.tint(oval(46, top + 4, 1.5, 1.5), BRASS, 255)


def flat(pen: Pen, look: Look) -> None:
    if "loafer" in look:
        _loafer(pen)
    else:
        pen.cloth(
            path(
                "M14 60 Q17 55 22 58 Q32 69 54 66 Q64 60 72 63 Q86 66 88 74 Q88 76 84 76 L17 76 Q13 72 14 60"
            )
        )
        pen.tint(
            path("M22 58 Q32 69 54 66 Q64 60 66 61 Q56 70 46 70 Q28 69 22 58"), mix(pen.color, INK, 0.5), 210
        )
        pen.tint(path("M70 65 Q82 67 86 72 Q78 69 70 65"), LIGHT, 80)
    if "strap" in look:
        pen.strap(path("M26 62 Q38 52 50 67"), 1.8)
        pen.tint(oval(45, 59.5, 1.3, 1.3), BRASS, 255)
    if "bow" in look:
        dark = mix(pen.color, INK, 0.25)
        pen.fill(path("M65 63 Q58 57 58 61 Q58 65 65 63 Q71 58 72 62 Q72 66 65 63"), dark)
        pen.fill(path("M65 63 L61 68 L63 68.5 L65 64 L68 68.5 L70 68"), dark)
    pen.fill(path("M14 75 L88 75 Q88 77.5 84 77.5 L34 77.5 L34 78.5 L15 78.5"), mix(pen.color, INK, 0.6))


def _loafer(pen: Pen) -> None:
    pen.cloth(
        path(
            "M14 62 Q14 55 19 54 Q26 58 34 59 Q42 58 47 53 Q50 51 54 53 "
            "Q66 59 78 62 Q89 65 89 75 L17 76 Q13 70 14 62"
        )
    )
    pen.tint(
        path("M19 54 Q26 58 34 59 Q42 58 47 53 Q44 63 34 63 Q24 62 19 54"), mix(pen.color, INK, 0.5), 220
    )
    pen.tint(path("M54 54 Q64 60 76 63 Q80 66 70 67 Q58 66 52 61"), LIGHT, 22)
    pen.line(path("M51 62 Q58 68 70 68.5 Q82 68 80 64.5"), 0.5, alpha=120)
    pen.tint(path("M49 56 L56 55 Q58 64 53 76 L45 76 Q50 66 49 56"), alpha=100)
    pen.tint(path("M51.5 59 L57 58.5 L57 61 L51.5 61.8"), BRASS, 255)


def _sole(pen: Pen, top: float, bottom: float, color: RGB) -> None:
    pen.fill(
        path(
            f"M12.5 {top} Q40 {top + 2.5} 89.5 {top - 1} "
            f"Q92 {bottom} 85 {bottom} L19 {bottom} Q11 {bottom} 12.5 {top}"
        ),
        color,
    )
    pen.line(path(f"M13 {top + 3.5} Q40 {top + 6} 90 {top + 3}"), 0.35, alpha=60)
    pen.tint(path(f"M12 {bottom - 2} L91 {bottom - 2} L91 {bottom} L12 {bottom}"), alpha=24)
