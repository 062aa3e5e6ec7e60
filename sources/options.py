"""What a shop calls colour, size and material, in the languages shops are run in.

An option of another name ("Pack of") stays in the variant's name, where search and customers still find it.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sources.option_values import looks_like

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


KINDS = ("color", "size", "material")
_MOST = 0.8  # of an option's values have to look like one kind


def read_options(
    names: Sequence[str | None], values: Sequence[str | None], kinds: Mapping[str, str] | None = None
) -> Options:
    """`names` of a product, `values` of one of its variants, in the same order.

    `kinds`: what each name is, as `guess_kinds` says; None: what the names alone say.
    """
    chosen = [
        (name or "", value.strip())
        for name, value in zip(names, values, strict=False)
        if value and value.strip() and value.strip().lower() != _DEFAULT
    ]
    if kinds is None:
        kinds = _kinds([name for name, _ in chosen])
    known: dict[str, str] = {}
    for name, value in chosen:
        if kind := kinds.get(name):
            known.setdefault(kind, value)
    return Options(
        name=" / ".join(value for _, value in chosen) or None,
        color=known.get("color"),
        size=known.get("size"),
        material=known.get("material"),
    )


def kind_of(name: str) -> str | None:
    """What a column or an option of this name is: color, size, material, or none of them."""
    return _kinds([name]).get(name)


def guess_kinds(values: Mapping[str, Collection[str]], given: Mapping[str, str]) -> dict[str, str]:
    """By option name: color, size or material; a name that is none of them is left out.

    `values` of each option of one product; `given` is what a person said of some names, in any spelling:
    one of the three, or "none". Else the name decides, else what the values look like.
    """
    said = {plain_word(name): kind for name, kind in given.items()}
    kinds = {name: said[plain_word(name)] for name in values if plain_word(name) in said}
    free = [name for name in values if name not in kinds]
    for name, kind in _kinds(free).items():
        if kind not in kinds.values():
            kinds[name] = kind
    for name in free:
        for kind in KINDS:
            if name not in kinds and kind not in kinds.values() and values_look_like(values[name], kind):
                kinds[name] = kind
    return {name: kind for name, kind in kinds.items() if kind in KINDS}


def values_look_like(values: Collection[str], kind: str) -> bool:
    """Most of an option's or a column's."""
    distinct = {plain_word(value) for value in values} - {_DEFAULT}
    alike = sum(looks_like(value, kind) for value in distinct)
    return bool(distinct) and alike >= _MOST * len(distinct)


def _kinds(names: Sequence[str]) -> dict[str, str]:
    """Which of the names is the colour, which the size. A whole name goes before a part: "frame color"."""
    kinds: dict[str, str] = {}
    for name in names:
        if (kind := _NAMES.get(plain_word(name))) and kind not in kinds.values():
            kinds[name] = kind
    for name in names:
        parts = {kind for word in re.split(r"[\W_]+", plain_word(name)) if (kind := _NAMES.get(word))}
        if name not in kinds and len(parts) == 1 and not parts & set(kinds.values()):
            kinds[name] = parts.pop()
    return kinds


def plain_word(word: str) -> str:
    """Without case and accents: Größe, GRÖSSE and grosse are one word."""
    decomposed = unicodedata.normalize("NFKD", word.strip().casefold())
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")


_NAMES = {plain_word(word): kind for kind, words in _WORDS.items() for word in words.split()}
