"""What a shop calls colour, size and material, in the languages shops are run in.

An option of another name ("Pack of") stays in the variant's name, where search and customers still find it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = {
    "color": """
        color colors colour colours colorway shade farbe farben couleur couleurs coloris teinte colore colori
        cor cores colores kleur kleuren färg farve farge väri kolor barva boja culoare szín renk цвет колір
        χρώμα צבע لون اللون रंग màu warna สี 颜色 顏色 色 カラー 색상 컬러
    """,
    "size": """
        size sizes größe größen groesse taille tailles pointure taglia taglie misura talla tallas tamaño
        tamanho maat maten storlek størrelse koko rozmiar velikost veľkosť veličina mărime méret beden ölçü
        размер розмір μέγεθος מידה مقاس المقاس आकार साइज ukuran ขนาด 尺寸 尺码 尺碼 サイズ 사이즈 크기
    """,
    "material": """
        material materials fabric fabrics stoff stoffe matière matières matériau matériaux tissu materiale
        materiali tessuto tejido tela tecido materiaal stof materiał tkanina materiál anyag malzeme kumaş
        материал матеріал ткань υλικό חומר مادة الخامة सामग्री कपड़ा bahan วัสดุ 材质 材質 材料 面料
        素材 소재 재질
    """,
}
_DEFAULT = "default title"  # what Shopify calls the variant of a product without options


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`name` joins all values, the known ones too, as shops show them: "Blue / M"."""

    name: str | None
    color: str | None
    size: str | None
    material: str | None


def read_options(names: Sequence[str | None], values: Sequence[str | None]) -> Options:
    """`names` of a product, `values` of one of its variants, in the same order."""
    chosen = [
        (_plain(name or ""), value.strip())
        for name, value in zip(names, values, strict=False)
        if value and value.strip() and value.strip().lower() != _DEFAULT
    ]
    known = {kind: chosen[index][1] for kind, index in _kinds([name for name, _ in chosen]).items()}
    return Options(
        name=" / ".join(value for _, value in chosen) or None,
        color=known.get("color"),
        size=known.get("size"),
        material=known.get("material"),
    )


def _kinds(names: Sequence[str]) -> dict[str, int]:
    """Which of the names is the colour, which the size. A whole name goes before a part: "frame color"."""
    kinds: dict[str, int] = {}
    for index, name in enumerate(names):
        if kind := _KINDS.get(name):
            kinds.setdefault(kind, index)
    for index, name in enumerate(names):
        parts = {kind for word in re.split(r"[\W_]+", name) if (kind := _KINDS.get(word))}
        if index not in kinds.values() and len(parts) == 1:
            kinds.setdefault(parts.pop(), index)
    return kinds


def _plain(word: str) -> str:
    """Without case and accents: Größe, GRÖSSE and grosse are one word."""
    decomposed = unicodedata.normalize("NFKD", word.strip().casefold())
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")


_KINDS = {_plain(word): kind for kind, words in _WORDS.items() for word in words.split()}
