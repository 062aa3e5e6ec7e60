"""What the colour names of the demo shop look like."""

RGB = tuple[int, int, int]

_HEX = {
    "black": "2b2a2d",
    "charcoal": "4a4b50",
    "grey": "9a9b9e",
    "light grey": "c9c9c8",
    "white": "fbfaf7",
    "off-white": "f5f0e6",
    "ivory": "f3ead7",
    "cream": "f1e5c9",
    "ecru": "e6d9c0",
    "oat": "dccbb0",
    "sand": "d6bf9c",
    "beige": "d3bda0",
    "camel": "bf9063",
    "tan": "b98352",
    "cognac": "9c5a2e",
    "caramel": "b5713a",
    "brown": "6f4a35",
    "chocolate": "51362b",
    "taupe": "9c8b7d",
    "blue": "3f74b8",
    "light blue": "a3c4e2",
    "sky blue": "8cbce6",
    "powder blue": "b7cfe3",
    "cobalt": "2450b3",
    "navy": "27365c",
    "midnight blue": "1f2847",
    "denim blue": "53749c",
    "indigo": "3b3f78",
    "teal": "2a7379",
    "turquoise": "4bb6b7",
    "green": "4b8b5b",
    "sage": "a3b295",
    "olive": "75754a",
    "forest green": "2f5541",
    "emerald": "1f7a5c",
    "mint": "b5dcc8",
    "moss": "6a7346",
    "red": "c2333a",
    "burgundy": "6f2236",
    "cherry": "a51f36",
    "rust": "ad5130",
    "terracotta": "c26f4f",
    "coral": "ec7f6b",
    "orange": "e4873d",
    "peach": "f3b898",
    "mustard": "d1a038",
    "yellow": "f0cf5b",
    "butter": "f5e2a0",
    "pink": "eb9fb5",
    "blush": "ecc9c3",
    "dusty pink": "cf9a9b",
    "hot pink": "dc4585",
    "rose": "c9707f",
    "lilac": "c3b2dc",
    "lavender": "b1a4d6",
    "purple": "7a559c",
    "plum": "5c3050",
    "gold": "d8ab57",
    "silver": "c3c7cb",
    "rose gold": "dba08b",
    "pearl": "efe8df",
    "tortoise": "7c4d2b",
    "amber": "c98030",
    "clear": "dbe6e6",
}

COLORS: dict[str, RGB] = {name: (int(h[:2], 16), int(h[2:4], 16), int(h[4:], 16)) for name, h in _HEX.items()}


def mix(one: RGB, other: RGB, part: float) -> RGB:
    """`part` 0 is all of the first, 1 all of the other."""
    r, g, b = (round(a + (z - a) * part) for a, z in zip(one, other, strict=True))
    return r, g, b


def brightness(color: RGB) -> float:
    """0 to 1, weighted as the eye does (Rec. 601)."""
    r, g, b = color
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255
