"""Which column of somebody's table is which field of ours: as a person says, or guessed.

A table of ours needs none of this. A guess goes by the columns' names, in the languages shops are run in,
then by what their values look like.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from models.errors import Invalid
from sources.options import KINDS, kind_of, plain_word, values_look_like
from sources.tables import Column

DETAIL = "detail"  # kept in the product's metadata under its own name
IGNORED = "ignore"

FIELDS = (
    "product_id", "name", "price", "compare_at_price", "sku", "stock", "color", "size", "material",
    "description", "short_description", "category", "tags", "brand", "main_image", "images", "product_url",
    "variant_name", "variant_id", "variant_images", "currency", "is_active", "available", "oversell",
    "is_featured", "shopify_product_id", "metadata",
)  # fmt: skip
REQUIRED = ("name", "price")

# The first name that fits wins, so the surer words come first. Without case, accents and signs.
_NAMES: Mapping[str, str] = {
    "product_id": """
        product id|productid|parent id|parent sku|parent|item group id|handle|url handle|produkt id|produktid
        |hauptartikel|vaterartikel|id produit|identifiant produit|id producto|id prodotto|id do produto
        |id produktu|product number|style number|model number|modellnummer|group id|id
    """,
    "name": """
        name|product name|title|product title|item name|produktname|bezeichnung|artikelbezeichnung|artikelname
        |titel|produkt|nom|nom du produit|titre|designation|libelle|nombre|nombre del producto|titulo|producto
        |nome|nome prodotto|nome do produto|prodotto|titolo|produto|naam|productnaam|nazwa|nazwa produktu
        |benamning|produktnamn|navn|varenavn|nimi|nazev|nev|megnevezes|denumire|urun adi|название|наименование
        |товар|назва|商品名|产品名称|商品名称|상품명|ürün adı|product|item|article|artikel
    """,
    "compare_at_price": """
        compare at price|compare at|variant compare at price|regular price|rrp|msrp|list price|old price
        |original price|was price|uvp|alter preis|streichpreis|listenpreis|prix barre|ancien prix
        |prix conseille|precio anterior|precio original|prezzo originale|prezzo di listino|preco original
        |adviesprijs|cena katalogowa|old_price
    """,
    "price": """
        sale price|price|variant price|unit price|retail price|selling price|amount|preis|verkaufspreis
        |vk preis|vk|bruttopreis|preis brutto|einzelpreis|prix|prix ttc|prix de vente|tarif|precio|pvp
        |precio de venta|prezzo|prezzo di vendita|preco|preco de venda|prijs|verkoopprijs|cena|cena brutto
        |pris|hinta|ar|pret|fiyat|цена|ціна|τιμη|価格|价格|售价|가격|cost
    """,
    "sku": """
        sku|variant sku|article number|item number|item no|part number|artikelnummer|artikelnr|artikel nr
        |art nr|artnr|bestellnummer|reference|ref|code article|referencia|codigo|codigo de producto|codice
        |codice articolo|referencia do produto|artikelcode|kod|kod produktu|indeks|artikkelnummer|varenummer
        |tuotenumero|cikkszam|cod produs|stok kodu|артикул|код товара|品番|货号|code|mpn|model
    """,
    "stock": """
        stock|quantity|qty|inventory|inventory quantity|variant inventory qty|stock quantity|on hand|bestand
        |lagerbestand|menge|anzahl|lager|quantite|en stock|existencias|cantidad|inventario|giacenza|quantita
        |disponibilita|estoque|quantidade|voorraad|aantal|stan magazynowy|ilosc|lagersaldo|antal|varasto
        |keszlet|stoc|stok|остаток|количество|кількість|在庫|库存|재고
    """,
    "short_description": """
        short description|summary|excerpt|subtitle|teaser|kurzbeschreibung|kurztext|description courte|resume
        |descripcion corta|descrizione breve|descricao curta|korte beschrijving|krotki opis|краткое описание
    """,
    "description": """
        description|product description|long description|body|body html|details|beschreibung
        |produktbeschreibung|langtext|artikelbeschreibung|descriptif|descripcion|descrizione|descricao
        |omschrijving|beschrijving|opis|opis produktu|beskrivning|beskrivelse|kuvaus|popis|leiras|descriere
        |aciklama|описание|опис|περιγραφη|説明|描述|설명
    """,
    "category": """
        category|categories|product category|product type|type|google product category|department|kategorie
        |kategorien|warengruppe|produktgruppe|rubrik|categorie|categories du produit|rayon|categoria
        |categorias|kategoria|kategori|kategoria produktu|tipo|soort|kategoriat|категория|категорія
        |カテゴリ|类别|分类|카테고리|collection
    """,
    "tags": """
        tags|tag|keywords|labels|schlagworte|stichworte|schlagworter|mots cles|etiquettes|etiquetas
        |palabras clave|parole chiave|etichette|palavras chave|trefwoorden|tagi|slowa kluczowe|метки|теги
    """,
    "brand": """
        brand|vendor|manufacturer|make|marke|hersteller|marque|fabricant|fournisseur|marca|fabricante
        |produttore|marchio|merk|fabrikant|leverancier|marka|producent|varumarke|merke|maerke|merkki|znacka
        |бренд|производитель|марка|виробник|ブランド|品牌|브랜드
    """,
    "main_image": """
        main image|image link|featured image|cover image|hauptbild|image principale|imagen principal
        |immagine principale|imagem principal|hoofdafbeelding|zdjecie glowne
    """,
    "images": """
        images|image|image src|image url|image urls|product image url|pictures|picture|photo|photos
        |additional image link|bild|bilder|bild url|produktbild|foto|fotos|imagen|imagenes|immagine|immagini
        |imagem|imagens|afbeelding|afbeeldingen|zdjecie|zdjecia|photo url|картинка|изображение|фото|画像|图片
        |이미지
    """,
    "variant_images": "variant image|variant images|variant image url|variantenbild",
    "product_url": """
        product url|url|link|product link|permalink|web address|webadresse|produkt url|produktlink|lien
        |enlace|collegamento|pagina|adres url|ссылка
    """,
    "variant_name": """
        variant|variant name|variant title|option|variante|variantenname|nom de la variante
        |nombre de la variante|nome variante|variant naam|wariant
    """,
    "variant_id": "variant id|variantid|varianten id",
    "currency": "currency|currency code|wahrung|devise|moneda|divisa|valuta|moeda|waluta|para birimi|валюта",
    "is_active": """
        is active|active|published|visible|enabled|status|published on online store|aktiv|veroffentlicht
        |sichtbar|actif|publie|activo|publicado|attivo|pubblicato|ativo|actief|aktywny|активен
    """,
    "available": """
        available|availability|in stock|verfugbar|lieferbar|auf lager|disponible|disponibile|disponivel
        |beschikbaar|dostepny|dostepnosc|наличие|в наличии
    """,
    "oversell": "oversell|continue selling when out of stock|backorder|backorders|variant inventory policy",
    "is_featured": "is featured|featured|highlight|empfohlen|hervorgehoben|destacado|in evidenza",
    "shopify_product_id": "shopify product id|shopify id",
}  # fmt: skip
_PRICE = re.compile(r"\D{0,4}\s?\d{1,3}([.,' ]?\d{3})*[.,]\d{2}\s?\D{0,4}")
_PICTURE = re.compile(r"\.(jpe?g|png|webp|gif|avif)$", re.IGNORECASE)


class ColumnMapping(BaseModel):
    """`fields`: the file's own title -> one of FIELDS, DETAIL or IGNORED; a title left out is a DETAIL.

    `key`: the title whose cells say which rows are one product. `decimal`: what stands before the cents.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: dict[str, str] = Field(max_length=1000)
    key: str
    decimal: Literal[".", ","] = "."

    def checked(self, titles: Sequence[str]) -> None:
        """Invalid, in words for whoever maps, unless a table with these titles can be read by it."""
        taken: dict[str, str] = {}
        for title in titles:
            field = self.fields.get(title, DETAIL)
            if field in (DETAIL, IGNORED):
                continue
            if field not in FIELDS:
                raise Invalid(f"{field[:40]!r} is no field of ours", field="mapping")
            if field in taken:
                raise Invalid(f"both {taken[field]!r} and {title!r} are its {field}", field="mapping")
            taken[field] = title
        for field in REQUIRED:
            if field not in taken:
                raise Invalid(f"no column is the {field}", field="mapping")
        if self.key not in titles:
            raise Invalid(f"{self.key[:80]!r} is no column of the file", field="key")


def is_ours(columns: Sequence[Column]) -> bool:
    """A table in our own words: one we gave out, or one made by the documentation."""
    return {"product_id", *REQUIRED} <= {column.title.lower() for column in columns}


def guess_mapping(columns: Sequence[Column], known: Mapping[str, str] | None = None) -> ColumnMapping:
    """`known`: what a person said of titles in earlier files."""
    fields: dict[str, str] = {}
    for column in columns:
        said = (known or {}).get(column.title)
        if said and (said in (DETAIL, IGNORED) or said not in fields.values()):
            fields[column.title] = said
    _by_name(columns, fields)
    _by_values(columns, fields)
    if {"row", "field", "detail"} <= {column.title for column in columns}:  # a list of bad rows, mended
        fields |= dict.fromkeys(("row", "field", "detail"), IGNORED)
    # A column that is always empty says nothing.
    ordered = {c.title: fields.get(c.title, DETAIL if c.samples else IGNORED) for c in columns}
    return ColumnMapping(fields=ordered, key=_key(columns, fields), decimal=_decimal(columns, fields))


def _by_name(columns: Sequence[Column], fields: dict[str, str]) -> None:
    titles = {_words(column.title): column.title for column in reversed(columns)}
    for field in FIELDS:
        for name in _SYNONYMS.get(field, ()):
            title = titles.get(name)
            if title is not None and title not in fields and field not in fields.values():
                fields[title] = field
    for column in columns:
        kind = kind_of(column.title)
        if kind and column.title not in fields and kind not in fields.values():
            fields[column.title] = kind


def _by_values(columns: Sequence[Column], fields: dict[str, str]) -> None:
    looks: list[tuple[str, Callable[[str], bool]]] = [
        ("price", lambda value: bool(_PRICE.fullmatch(value))),
        ("images", lambda value: _is_url(value) and bool(_PICTURE.search(urlsplit(value).path))),
        ("product_url", _is_url),
    ]
    for field, fits in looks:
        for column in _free(columns, fields):
            if field not in fields.values() and all(map(fits, column.samples)):
                fields[column.title] = field
    for kind in KINDS:
        for column in _free(columns, fields):
            if kind not in fields.values() and values_look_like(column.samples, kind):
                fields[column.title] = kind


def _free(columns: Sequence[Column], fields: Mapping[str, str]) -> list[Column]:
    return [column for column in columns if column.title not in fields and column.samples]


def _key(columns: Sequence[Column], fields: Mapping[str, str]) -> str:
    titles = {field: title for title, field in fields.items()}
    for field in ("product_id", "sku", "name"):
        if field in titles:
            return titles[field]
    return columns[0].title if columns else ""


def _decimal(columns: Sequence[Column], fields: Mapping[str, str]) -> Literal[".", ","]:
    """By the last sign of the prices: 1.299,00 and 19,9 have a comma, 1,299 has none that says so."""
    prices = [c for c in columns if fields.get(c.title) in ("price", "compare_at_price")]
    marks = [
        found[1]
        for column in prices
        for sample in column.samples
        if (found := re.search(r"([.,])\d{1,2}\D*$", sample))
    ]
    return "," if marks.count(",") > marks.count(".") else "."


def _is_url(value: str) -> bool:
    return value.startswith(("https://", "http://")) and " " not in value


def _words(title: str) -> str:
    return " ".join(re.split(r"[\W_]+", plain_word(title))).strip()


_SYNONYMS = {
    field: (_words(field), *(_words(name) for name in names.split("|"))) for field, names in _NAMES.items()
}
