"""Clothes hang from the top of the field, seen from the front."""

from demo.palette import mix
from demo.paths import Points, flip, oval, path, whole
from demo.pen import INK, LIGHT, Look, Pen


def dress(pen: Pen, look: Look) -> None:
    hem = look.pick(mini=70, midi=86, maxi=96)
    width = look.pick(slim=63, aline=69, full=76)
    upper = _upper(pen, look)
    pen.cloth(
        whole(
            f"{upper} Q61 39 59 45 C63 54 {width - 2} 62 {width} {hem} "
            f"Q{width - 8} {hem + 2.5} 50 {hem + 2.5}"
        )
    )
    _shoulder_seams(pen, look)
    _skirt_folds(pen, width, 46, hem)
    if "wrap" in look:
        pen.line(path(f"M60 15 L43 45 Q42 66 38 {hem + 2}"), 0.5, alpha=90)
        pen.tint(path(f"M41 46 Q40 66 36 {hem + 2} L40 {hem + 2} Q43 66 43 46"), alpha=30)
    if "tiers" in look:
        for y in (58, 70, 82):
            pen.line(path(f"M28 {y} Q50 {y + 3} 72 {y}"), 0.5, alpha=75)
    if "buttons" in look:
        _buttons(pen, 26, hem)
    if "shirt" in look:
        _collar(pen)
    _waist(pen, belted="belt" in look or "wrap" in look)


def top(pen: Pen, look: Look) -> None:
    hem = look.pick(cropped=58, regular=68, tunic=75)
    upper = _upper(pen, look)
    width = look.pick(fitted=62, loose=68)
    pen.cloth(whole(f"{upper} Q{width - 1} 46 {width} {hem} Q60 {hem + 1.5} 50 {hem + 1.5}"))
    _shoulder_seams(pen, look)
    pen.lines(path(f"M{width - 3} 36 Q{width - 6} 50 {width - 5} {hem + 1}"), alpha=38)
    pen.line(path(f"M20 {hem - 1.5} Q50 {hem} 80 {hem - 1.5}"), alpha=55)
    if "shirt" in look:
        _collar(pen)
        _buttons(pen, 24, hem)
        pen.line(path("M56 33 L63 33 L63 41 L59.5 43 L56 41 L56 33"), alpha=60)
    elif "buttons" in look:
        _buttons(pen, 34 if "v" in look else 26, hem)
    if "bow" in look:
        _bow(pen)
    if "wrap" in look:
        pen.line(path(f"M60 15 L38 {hem - 6}"), 0.5, alpha=90)


def sweater(pen: Pen, look: Look) -> None:
    hem = look.pick(cropped=62, regular=72, long=84)
    neckline = look.pick(
        crew="M50 20 Q57 19.5 59.5 14", v="M50 37 Q57 26 59.5 14", roll="M50 18 Q57 17 59.5 14"
    )
    sleeve = path("M63 15 Q72 17 76 27 Q82 44 85 62 L76.5 64.5 Q72 48 67 36")
    if "vest" not in look:
        pen.cloth(sleeve, flip(sleeve))
    _neck_inside(pen, neckline)
    pen.cloth(whole(f"{neckline} L67 16.5 Q70 28 69 40 L68.5 {hem} L50 {hem}"))
    pen.lines(path("M67 17 Q69.5 27 68 38"), alpha=70)
    cuff = path("M84 57 L85 62 L76.5 64.5 L75 59.5")
    for ribbed in (cuff, flip(cuff), whole(f"M50 {hem - 5} L70 {hem - 5} L70 {hem} L50 {hem}")):
        pen.tint(ribbed, alpha=26)
    for x in range(31, 70, 2):
        pen.line(path(f"M{x} {hem - 5} L{x} {hem}"), alpha=40)
    if "roll" in look:
        pen.cloth(whole("M50 8.5 Q56 8.5 58 9.5 L59 18 Q55 20 50 20"))
        pen.tint(whole("M50 17 Q56 17 59 15.5 L59 18.5 Q55 20.5 50 20.5"), alpha=45)
        pen.tint(whole("M50 8.5 Q56 8.5 58 9.5 Q55 11.5 50 11.5"), alpha=60)
    else:
        for edge in _both(path(neckline)):
            pen.line(edge, 1.8, alpha=40)
    if "cardigan" in look:
        _buttons(pen, 41 if "v" in look else 24, hem)


def jacket(pen: Pen, look: Look) -> None:
    hem = look.pick(cropped=62, regular=70, long=90)
    sleeve = path("M62 14.1 Q72 16 75 26 Q80 44 82 63 L73.5 65 Q71 48 67 36")
    pen.cloth(sleeve, flip(sleeve))
    flare = look.pick(straight=68, flared=72)
    front = path(f"M59 13 L67 16 Q70 28 69 40 L{flare} {hem} L51 {hem + 0.5} L51 44 Q54 28 59 13")
    pen.cloth(front, flip(front))
    pen.lines(path("M67 17 Q69.5 27 68 37"), path(f"M51 44 L51 {hem}"), alpha=80)
    if "zip" in look or "quilted" in look:
        pen.cloth(whole(f"M50 12 L57.5 11 Q61 14 60 20 L52 44 L51 {hem} L50 {hem}"))
        pen.tint(whole("M50 12 L57.5 11 Q60 14 59.5 18 Q55 20.5 50 20.5"), alpha=40)
        pen.line(path(f"M50 12 L50 {hem}"), 0.8, mix(pen.color, LIGHT, 0.6), 230)
    else:
        pen.fill(whole("M50 14 L59 13 Q54 28 51 44 L50 44"), mix(pen.color, INK, 0.5))
        lapel = path("M59 12 Q62 20 64 24 L60.5 26.5 L62 30 L51.2 45 Q53 28 58 13")
        for side in (lapel, flip(lapel)):
            pen.tint(side, alpha=34)
            pen.line((*side, side[0]), 0.35, alpha=80)
        for y in (47, 55):
            pen.tint(oval(53.5, y, 0.9, 0.9), mix(pen.color, INK, 0.6), 255)
    pen.lines(path("M57 56 L66 54.5 L66.3 57 L57.3 58.5 L57 56"), path("M74 61 L81.5 59.5"), alpha=75)
    if "belt" in look:
        _waist(pen, belted=True)


def trousers(pen: Pen, look: Look) -> None:
    outer, inner = look.pick(tapered=(61, 53.5), straight=(66, 53), wide=(74, 53.5))
    hem = look.pick(ankle=86, full=92, shorts=52)
    if "shorts" in look:
        outer = 69
    pen.cloth(whole(f"M50 12 L61 12 Q65 24 65.5 36 L{outer} {hem} L{inner} {hem + 0.8} L50.4 42 L50 42"))
    pen.line(path("M38 16.5 Q50 17.5 62 16.5"), alpha=90)
    pen.line(path("M50 17 L50 42"), 0.4, alpha=80)
    pen.line(path("M50 30 Q53.5 29 53.5 17"), alpha=60)
    pen.lines(path("M57 17 Q59 23 64.5 25"), alpha=80)
    crease = (outer + inner) / 2
    pen.lines(path(f"M58 30 L{crease} {hem}"), alpha=45)
    fold = path(f"M51 44 L{inner} {hem + 1} L{inner + 2.5} {hem + 1}")
    pen.tint(fold, alpha=30)
    pen.tint(flip(fold), alpha=30)
    if "cuffs" in look:
        pen.line(path(f"M20 {hem - 3} L80 {hem - 3}"), 0.5, alpha=90)
    if "drawstring" in look:
        pen.line(path("M49 16 Q46 22 47 28"), 0.5, LIGHT, 220)
        pen.line(path("M51 16 Q54 21 52.5 27"), 0.5, LIGHT, 220)
    else:
        pen.tint(oval(50, 14.4, 0.9, 0.9), mix(pen.color, LIGHT, 0.5), 255)


def skirt(pen: Pen, look: Look) -> None:
    hem = look.pick(mini=56, midi=78, maxi=90)
    width = look.pick(pencil=63, aline=72, full=79)
    pen.cloth(whole(f"M50 17 L60 17 C64 30 {width - 2} 44 {width} {hem} Q62 {hem + 3} 50 {hem + 3}"))
    pen.line(path("M39 21 Q50 22 61 21"), alpha=90)
    if "pleats" in look:
        for part in (0.15, 0.32, 0.5, 0.68, 0.85):
            foot = 50 + (width - 50) * part
            fold = path(f"M{50 + 10 * part} 21.5 L{foot} {hem + 3} L{foot + 2.5} {hem + 3}")
            pen.tint(fold, alpha=42)
            pen.tint(flip(fold), alpha=42)
    else:
        _skirt_folds(pen, width, 22, hem)
    if "wrap" in look:
        pen.line(path(f"M57 21 Q46 50 40 {hem + 3}"), 0.5, alpha=95)
    if "slit" in look:
        pen.hole(path(f"M60 {hem - 18} L{width - 9} {hem + 4} L{width - 5} {hem + 4}"))
    if "tiers" in look:
        for y in (36, 52, 68):
            pen.line(path(f"M20 {y} Q50 {y + 3} 80 {y}"), 0.5, alpha=75)
    if "buttons" in look:
        _buttons(pen, 26, hem)


def _neckline(look: Look) -> str:
    if "shirt" in look:
        return "M50 20 Q57 19.5 60 14"
    return look.pick(round="M50 22 Q57.5 21.5 60 14", v="M50 32 Q57 24 60 14", square="M50 23 L58 23 L60 14")


def _neck_inside(pen: Pen, neckline: str) -> None:
    """The back of the garment, seen through its neck."""
    inside = path(neckline) + path("M60 14 Q57 16.5 50 16.5")
    pen.fill(inside + flip(inside)[::-1], mix(pen.color, INK, 0.35))


def _upper(pen: Pen, look: Look) -> str:
    """Sleeves or straps; the right edge of the body from the neck to under the arm."""
    if "strappy" in look:
        for strap in _both(path("M58 24 L57 13")):
            pen.strap(strap, 0.9)
        return "M50 27 Q54 27 58 23 Q62 25 63 31"
    _sleeves(pen, look)
    neckline = _neckline(look)
    _neck_inside(pen, neckline)
    return f"{neckline} L67 16.5 Q65 24 65 31"


def _sleeves(pen: Pen, look: Look) -> None:
    outlines = {
        "sleeveless": "M66 17 L66.1 17 L66 20",
        "short": "M66 16.2 Q72 18 77 31 L69.5 34.5 L65 29",
        "puff": "M65 16 Q77 13 79.5 25 Q80 31 76 34 L68.5 35.5 Q66 32 65 29",
        "long": "M66 16.2 Q72 18 74.5 30 Q77 45 78.5 61 L72.8 62 Q70 46 65 31",
        "balloon": "M66 16.2 Q73 18 78 36 Q83 52 78 59 L77 62 L73 62.5 L72 60 Q67 50 65 32",
    }
    sleeve = path(look.pick(**outlines))
    pen.cloth(sleeve, flip(sleeve))


def _shoulder_seams(pen: Pen, look: Look) -> None:
    if "strappy" not in look:
        pen.lines(path("M66.5 17 Q65 24 65 31"), alpha=75)


def _skirt_folds(pen: Pen, width: float, start: float, hem: float) -> None:
    for part in (0.25, 0.62):
        foot = 50 + (width - 50) * part
        fold = path(
            f"M{50 + 9 * part} {start} Q{foot - 2} {hem - 18} {foot} {hem + 3} L{foot + 3.5} {hem + 3}"
        )
        pen.tint(fold, alpha=28)
        pen.tint(flip(fold), alpha=28)


def _waist(pen: Pen, *, belted: bool) -> None:
    if not belted:
        pen.line(path("M38 46 Q50 47.5 62 46"), alpha=50)
        return
    pen.tint(path("M36 44.5 Q50 46 64 44.5 L64 48 Q50 49.5 36 48"), alpha=70)
    for tail in (
        path("M43 47 Q40 54 41 61 L44 60.5 Q43 54 45 48"),
        path("M44 47 Q46 53 49 58 L51 56 Q48 52 46.5 47"),
    ):
        pen.tint(tail, alpha=70)


def _buttons(pen: Pen, top_: float, bottom: float) -> None:
    pen.line(path(f"M50 {top_ - 2} L50 {bottom + 1}"), alpha=70)
    for y in range(round(top_), round(bottom) - 2, 6):
        pen.tint(oval(50.9, y, 0.75, 0.75), mix(pen.color, pen.seam, 0.3), 255)


def _collar(pen: Pen) -> None:
    for side in _both(path("M50 23 L58 12 Q61 12.5 62 15 L57 25.5 L50 21")):
        pen.cloth(side)
        pen.tint(side, LIGHT, 40)
        pen.line((*side, side[0]), 0.35, alpha=85)


def _bow(pen: Pen) -> None:
    for side in _both(path("M50 22 Q58 17 60 22 Q58 27 50 22 L56 36 L52 37")):
        pen.tint(side, alpha=60)


def _both(side: Points) -> tuple[Points, Points]:
    return side, flip(side)
