"""Hats, scarves, belts and sunglasses."""

from demo.palette import RGB, mix
from demo.paths import box, flip, oval, path, whole
from demo.pen import INK, LIGHT, Look, Pen

BRASS: RGB = (216, 178, 96)


def hat(pen: Pen, look: Look) -> None:
    look.pick(brim=_brim, bucket=_bucket, beanie=_beanie, cap=_cap, beret=_beret)(pen, look)


def _brim(pen: Pen, look: Look) -> None:
    pen.cloth(oval(50, 64, 41, 9.5))
    pen.tint(oval(50, 66.5, 41, 8), alpha=22)
    pen.cloth(whole("M50 34 Q56 30 63 33 Q70 37 72 62 Q62 67 50 67"))
    pen.tint(path("M63 33 Q70 37 72 62 Q68 65 64 66 Q65 46 60 34"), alpha=30)
    pen.tint(path("M40 35 Q50 44 60 35 Q50 39 40 35"), alpha=60)
    band = mix(pen.color, INK, 0.6) if "ribbon" not in look else (44, 42, 48)
    pen.tint(path("M28.5 57 Q50 63 71.5 57 L72 63 Q50 69 28 63"), band, 235)


def _bucket(pen: Pen, look: Look) -> None:
    del look
    pen.cloth(whole("M50 32 Q64 32 67 38 L71 56 L84 70 Q68 77 50 77"))
    pen.tint(path("M29 56 Q50 61 71 56 L84 70 Q68 77 50 77 Q32 77 16 70"), alpha=24)
    pen.line(path("M29 56 Q50 61 71 56"), 0.5, alpha=100)
    for y in (64, 68, 72):
        pen.line(path(f"M18 {y} Q50 {y + 6} 82 {y}"), 0.3, alpha=50)


def _beanie(pen: Pen, look: Look) -> None:
    if "pompom" in look:
        pen.fill(oval(50, 25, 8.5, 8), mix(pen.color, LIGHT, 0.35))
    pen.cloth(whole("M50 28 Q76 28 77 60 L50 60"))
    pen.cloth(whole("M50 57 L78 57 Q80 57 80 60 L80 73 Q80 76 77 76 L50 76"))
    pen.tint(whole("M50 57 L78 57 Q80 57 80 60 L80 73 Q80 76 77 76 L50 76"), LIGHT, 26)
    pen.line(path("M20 57 L80 57"), 0.5, alpha=90)
    for x in range(-28, 29, 4):
        pen.line(path(f"M{50 + x} 58 L{50 + x} 76"), 0.5, alpha=48)
        pen.line(path(f"M{50 + x * 0.95} 57 Q{50 + x * 0.8} 36 {50 + x * 0.2} 29"), 0.4, alpha=36)


def _cap(pen: Pen, look: Look) -> None:
    del look
    pen.cloth(path("M22 62 Q20 34 46 33 Q70 34 72 60 Q50 55 22 62"))
    pen.tint(path("M22 62 Q20 34 40 33.5 Q28 44 29 60"), alpha=26)
    pen.line(path("M46 33 Q54 44 54 57"), 0.4, alpha=80)
    pen.line(path("M46 33 Q33 44 33 59"), 0.4, alpha=80)
    pen.fill(path("M48 57.5 Q62 54 72 60 Q86 62 91 69 Q92 72 86 71 Q66 63 46 66"), mix(pen.color, INK, 0.16))
    pen.fill(oval(46, 32.8, 2, 1.3), pen.color)


def _beret(pen: Pen, look: Look) -> None:
    del look
    pen.strap(path("M52 36 L54 30"), 1.4)
    pen.cloth(path("M20 56 Q20 36 52 35 Q82 36 84 52 Q84 60 68 63 L34 68 Q22 66 20 56"))
    pen.tint(path("M20 56 Q22 66 34 68 L68 63 Q84 60 84 52 Q74 60 54 60 Q32 62 20 56"), alpha=34)
    pen.line(path("M34 66 Q50 66 68 61.5"), 0.8, alpha=70)


def scarf(pen: Pen, look: Look) -> None:
    if "square" in look:
        pen.cloth(path("M50 12 L88 50 L50 88 L12 50"))
        pen.line(path("M50 17 L83 50 L50 83 L17 50 L50 17 L56 23"), 1.6, mix(pen.color, LIGHT, 0.55), 220)
        pen.tint(path("M50 12 L88 50 L50 50"), LIGHT, 22)
        pen.tint(path("M12 50 L50 50 L50 88"), alpha=26)
        return
    pen.cloth(
        path("M38 40 Q36 60 35 84 L49 84 Q50 60 52 44"), path("M50 42 Q56 58 60 78 L72 74 Q66 54 60 38")
    )
    pen.tint(path("M38 40 Q36 60 35 84 L39 84 Q40 60 43 42"), alpha=28)
    pen.cloth(path("M28 32 Q30 16 50 15 Q70 16 72 32 Q68 46 50 47 Q32 46 28 32"))
    pen.tint(path("M34 30 Q38 22 50 22 Q62 22 66 30 Q60 26 50 26 Q40 26 34 30"), INK, 110)
    pen.tint(path("M28 32 Q40 44 62 43 Q52 47 46 47 Q32 44 28 32"), alpha=34)
    pen.line(path("M31 38 Q46 30 71 34"), 0.5, alpha=60)
    for step in range(7):
        pen.strap(path(f"M{36 + step * 2} 84 L{35.6 + step * 2} 89"), 0.7)
        pen.strap(
            path(f"M{61 + step * 1.7} {77.6 - step * 0.55} L{62.4 + step * 1.7} {82.6 - step * 0.55}"), 0.7
        )


def belt(pen: Pen, look: Look) -> None:
    width = look.pick(slim=4.5, wide=9)
    pen.strap(path("M16 48 C16 28 84 28 84 48"), width, mix(pen.color, INK, 0.4))
    front = path("M16 46 C18 73 82 73 84 46")
    pen.strap(front, width)
    pen.line(tuple((x, y - width * 0.36) for x, y in front), 0.3, LIGHT, 110)
    pen.line(tuple((x, y + width * 0.36) for x, y in front), 0.3, alpha=90)
    if "woven" in look:
        for x in range(20, 82, 3):
            pen.line(path(f"M{x} 40 L{x + 6} 76"), 0.4, alpha=70)
    half = width * 0.5 + 2.2
    square = box(44 - half / 3, 67 - half, 56 + half / 3, 67 + half)
    buckle = oval(50, 67, half + 1, half) if "round" in look else (*square, square[0])
    pen.strap(buckle, 1.6, BRASS)
    pen.strap(path("M45 67 L58 67"), 1.1, BRASS)
    for x in (64, 69, 74):
        pen.tint(oval(x, 67 - (x - 50) ** 2 * 0.012, 0.7, 0.7), INK, 170)


def sunglasses(pen: Pen, look: Look) -> None:
    lens = path(
        look.pick(
            round="M70 38 C82 38 84 46 84 50 C84 60 78 64 70 64 C62 64 56 60 56 50 C56 44 60 38 70 38",
            cateye="M58 42 Q72 38 88 35 Q88 52 80 59 Q70 64 60 58 Q55 50 58 42",
            square="M57 40 L84 39 Q86 39 86 42 L84 58 Q83 62 79 62 L62 62 Q58 62 57 58 Q55 46 57 40",
            aviator="M56 42 Q70 38 84 41 Q88 52 80 61 Q72 68 63 61 Q56 54 56 42",
        )
    )
    glass = mix((66, 58, 62), pen.color, 0.25) if "clear" not in look else (150, 170, 176)
    pen.strap(path("M44 46 Q50 40 56 46"), 2)
    for arm in (path("M84 43 Q91 42 92 48 L90 60"), flip(path("M84 43 Q91 42 92 48 L90 60"))):
        pen.strap(arm, 1.8, mix(pen.color, INK, 0.25))
    for side in (lens, flip(lens)):
        pen.fill(side, glass)
        pen.strap((*side, side[0], side[1]), 1.4 if "aviator" in look else 3)
    for x in (62, 22):
        pen.tint(path(f"M{x} 55 L{x + 9} 44 L{x + 12} 44 L{x + 3} 57"), LIGHT, 70)
