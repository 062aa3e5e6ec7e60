"""Sets a drawn product before a soft backdrop, gives it light and shadow, and takes the picture."""

from functools import cache, lru_cache
from io import BytesIO
from zlib import Z_RLE

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from demo.palette import RGB, brightness, mix
from demo.pen import INK, LIGHT, Look, Pen

SIDE = 640
HORIZON = 0.7
TONES: tuple[RGB, ...] = ((238, 229, 218), (241, 226, 220), (225, 231, 221), (222, 229, 234), (233, 228, 236))
# A pale product would vanish before a pale wall.
DEEP_TONES: tuple[RGB, ...] = (
    (205, 184, 164),
    (198, 174, 166),
    (172, 186, 170),
    (168, 183, 194),
    (186, 177, 196),
)
_PALE = 0.78


def shoot(pen: Pen, look: Look, *, standing: bool) -> bytes:
    """PNG, 640 by 640. The same drawing gives the same bytes."""
    tones = DEEP_TONES if brightness(pen.color) > _PALE else TONES
    tone = tones[look.seed % len(tones)]
    left, top, right, bottom = (edge // 2 for edge in pen.mask.getbbox() or (0, 0, 2 * SIDE, 2 * SIDE))
    # Only where something is drawn; the rest is backdrop.
    box = (2 * left, 2 * top, 2 * right, 2 * bottom)
    mask = pen.mask.reduce(2, box)
    # What stands keeps its floor, what hangs is centred.
    at = (left, top if standing else (SIDE - mask.height) // 2)
    picture = _backdrop(tone, standing=standing).copy()
    picture.paste(mix(tone, INK, 0.62), (0, 0), _shadow(mask, at, standing=standing))
    light = _light().crop((*at, at[0] + mask.width, at[1] + mask.height))
    picture.paste(ImageChops.multiply(pen.art.reduce(2, box), light), at, mask)
    file = BytesIO()
    # Runs are all a flat drawing has to compress: half the time of the default, and little larger.
    picture.save(file, "PNG", compress_level=1, compress_type=Z_RLE)
    return file.getvalue()


def _shadow(mask: Image.Image, at: tuple[int, int], *, standing: bool) -> Image.Image:
    """The product's own outline, drawn at a quarter, blurred; flat on the floor or thrown on the wall."""
    outline = mask.reduce(4)
    x, y = at[0] // 4, at[1] // 4
    small = Image.new("L", (SIDE // 4, SIDE // 4))
    if standing:
        small.paste(outline.resize((outline.width, 8)), (x + 3, y + outline.height - 6))
    else:
        small.paste(outline, (x + 2, y + 4))
    soft = small.filter(ImageFilter.GaussianBlur(2.2)).point(lambda value: value * 0.5)
    return soft.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


# 1.2 MB each; ten are those of all but the palest products.
@lru_cache(10)
def _backdrop(tone: RGB, *, standing: bool) -> Image.Image:
    picture = Image.new("RGB", (SIDE, SIDE), tone)
    if standing:
        floor = (0, round(SIDE * HORIZON), SIDE, SIDE)
        ImageDraw.Draw(picture).rectangle(floor, fill=mix(tone, INK, 0.09))
    picture.paste(mix(tone, LIGHT, 0.55), (0, 0), _glow())
    return picture


@cache
def _glow() -> Image.Image:
    """Brightest a little right of the middle, fading to nothing."""
    fade = Image.radial_gradient("L").resize((2 * SIDE, 2 * SIDE))
    left, top = SIDE // 3, SIDE // 2
    return ImageChops.invert(fade.crop((left, top, left + SIDE, top + SIDE))).point(lambda value: value * 0.8)


@cache
def _light() -> Image.Image:
    """From the upper left: full there, a little dimmer towards the lower right."""
    fall = Image.linear_gradient("L").resize((2 * SIDE, 2 * SIDE)).rotate(35)
    middle = fall.crop((SIDE // 2, SIDE // 2, SIDE // 2 + SIDE, SIDE // 2 + SIDE))
    return Image.merge("RGB", [middle.point(lambda value: 280 - value * 0.3)] * 3)
