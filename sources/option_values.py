"""What colours, sizes and materials look like, for options whose name says nothing: "Style", "Variant"."""

import re

# Without accents and case, as options.py compares them.
_COLORS = """
    black white grey gray silver gold blue navy green olive khaki mint sage red burgundy bordeaux pink rose
    purple violet lilac lavender orange yellow mustard brown tan camel beige sand cream ivory nude turquoise
    teal coral charcoal multicolor multicolour
    schwarz weiss grau silber blau dunkelblau hellblau marine grun dunkelgrun hellgrun rot weinrot rosa lila
    gelb braun creme turkis anthrazit bunt
    noir blanc gris argent or bleu marine vert rouge rose violet jaune marron ecru
    negro blanco gris plata dorado azul verde rojo rosa morado naranja amarillo marron crudo
    nero bianco grigio argento oro blu azzurro verde rosso viola arancione giallo marrone panna
    preto branco cinza prata dourado azul verde vermelho roxo laranja amarelo castanho
    zwart wit grijs zilver goud blauw groen rood roze paars oranje geel bruin
"""
_MATERIALS = """
    cotton linen wool silk leather suede denim polyester nylon viscose cashmere merino velvet satin jersey
    canvas rubber wood oak walnut bamboo steel brass copper glass ceramic porcelain plastic paper cork
    marble stone concrete titanium platinum
    baumwolle leinen wolle seide leder wildleder samt holz eiche nussbaum stahl messing kupfer keramik
    porzellan kunststoff papier kork marmor beton
    coton lin laine soie cuir velours bois chene acier laiton cuivre verre ceramique porcelaine liege marbre
    algodon lino lana seda cuero terciopelo madera roble acero laton cobre vidrio ceramica
    cotone seta pelle velluto legno rovere acciaio ottone rame vetro sughero
    algodao linho couro veludo madeira carvalho aco latao vidro
    katoen linnen wol zijde leer hout eiken staal
"""
_SHADES = frozenset(
    (
        "light",
        "dark",
        "pale",
        "deep",
        "hell",
        "dunkel",
        "clair",
        "fonce",
        "claro",
        "oscuro",
        "chiaro",
        "scuro",
    )
)
_SIZE = re.compile(
    r"(?:\d{0,2}x{1,4}|\d?x)?[-\s]?[sl]|m|\d?xx?s"
    r"|(?:eu|us|uk|fr|it|de)\s?\d{1,2}(?:[.,]5|\s?1/2|½)?|[1-6]\d(?:[.,]5|\s?1/2|½)?"
    r"|\d{1,4}(?:[.,]\d)?\s?(?:cm|mm|m|in|inch|\"|ml|cl|l|g|kg|oz|y|t)"
    r"|\d{1,3}\s?[x×]\s?\d{1,3}(?:\s?cm)?"
    r"|x{0,3}\s?(?:small|large)|medium|klein|mittel|gross|petit|moyen|grand|pequeno|mediano|grande|piccolo|medio"
    r"|one[\s-]?size|os|einheitsgrosse|taille unique|talla unica|taglia unica|tamanho unico"
)
_WORDS = {"color": frozenset(_COLORS.split()), "material": frozenset(_MATERIALS.split())}


def looks_like(value: str, kind: str) -> bool:
    """`value` without case and accents: "navy", "light grey", "38", "s/m". "marble" is no colour."""
    if kind == "size":
        return all(_SIZE.fullmatch(part.strip()) for part in re.split(r"(?<!1)/(?!2)|\s-\s", value))
    words = [word for word in re.split(r"[\W_]+", value) if word and word not in _SHADES]
    return bool(words) and not _WORDS[kind].isdisjoint((words[0], words[-1]))
