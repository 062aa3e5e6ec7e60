"""Whether what an answer says of the catalogue is so: read from the sent text and cards alone.

Every price, percentage, number, size, colour, address and product name must be the catalogue's, the shop's
own words, or a limit the customer named. Nothing of the agent is used: what checks is not what is checked.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product as pairs

from models.money import minor_digits
from models.product import Product, Variant, searchable_text
from models.turn import Card, Reply
from scripts.evaluation.chat import text_of
from scripts.evaluation.facts import words_of
from scripts.evaluation.shops import Shop

_SIGN = r"(?:US\$|R\$|[$€£¥₹]|\b(?:USD|EUR|GBP|JPY|INR|CHF|Rs\.?))"
# 1,299.00, 1.299,00 and 1 299,00
_NUMBER = r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?|\d[\d.,]*\d|\d"
_MONEY = re.compile(
    rf"{_SIGN}\s?(?P<after>{_NUMBER})|(?P<before>{_NUMBER})\s?"
    rf"(?:{_SIGN}|dollars?\b|euros?\b|bucks\b|dólares\b|dollari\b)"
)
_PERCENT = re.compile(
    r"(\d+)\s?(?:%|percent|prozent|por ciento|per cento|por cento|pour cent)", re.IGNORECASE
)
_LINK = re.compile(r"https?://[^\s)>\"]+|\b[\w-]+\.(?:com|net|org|example|shop|io)\b\S*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w|(?<!\w)@\w[\w.]+")
_PHONE = re.compile(r"\+?\d[\d ()-]{7,}\d")
_NAME = re.compile(r"(?<=[\w,(] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+")
_DENIED = re.compile(
    r"\b(?:no|not|without|exact|\w+n['’]t|nothing|kein\w*|nicht\w*|leider|pas|aucun\w*|sin|nada|non|nessun\w*|não|"
    r"nenhum\w*|sem)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?:under|below|up to|above|from|around|between|unter|bis|ab|über|moins|hasta|menos|sotto|fino|até)\b",
    re.IGNORECASE,
)
_SOLD_OUT = re.compile(
    r"sold out|out of stock|ausverkauft|épuisé|rupture|agotad|esaurit|esgotad", re.IGNORECASE
)


class Truth:
    def __init__(self, shop: Shop) -> None:
        merchant = shop.merchant
        self._products = {one.id: one for one in shop.products}
        # The longest first: "Gown" is not to be found in "Lighthouse Gown".
        self._by_name = sorted(shop.products, key=lambda one: -len(one.name))
        own = [
            *merchant.policies.values(),
            *(entry.answer for entry in merchant.faq),
            *(entry.question for entry in merchant.faq),
            merchant.contact.email,
            merchant.contact.phone,
            merchant.contact.url,
            merchant.name,
            *(one.brand for one in shop.products),
            *(level for one in shop.products for level in one.category),
        ]
        self._own = sorted({" ".join(one.split()) for one in own if one}, key=lambda one: -len(one))
        self._colors = {v.color.casefold() for one in shop.products for v in one.variants if v.color}
        # How many there are of all, and in each category.
        levels = [level for one in shop.products if one.sellable for level in ("", *set(one.category))]
        self._counts = set(map(str, Counter(levels).values()))
        self._digits = minor_digits(merchant.currency)

    def wrong(self, reply: Reply, heard: Sequence[str]) -> Iterator[str]:
        """What is not so, a line each. `heard`: all the customer wrote up to here."""
        carded = [one for card in reply.cards if (one := self._products.get(card.product_id))]
        for card in reply.cards:
            yield from self._wrong_card(card)
        said = set(words_of(" ".join(heard)))
        spoken = " ".join(heard)
        for line in text_of(reply).splitlines():
            rest, named = self._without_names(" ".join(line.split()))
            known = [*named, *carded]
            yield from _wrong_addresses(rest, known)
            rest = _LINK.sub(" ", rest)
            limits = self._limits(reply)
            if not named and (_BOUND.search(rest) or _DENIED.search(rest)):
                # "Nothing under $20": the customer's own limit, given up and so no filter any more.
                limits |= {*self._amounts(spoken), *self._bare(spoken)}
            yield from self._wrong_prices(rest, named or carded, known, limits)
            yield from _wrong_percentages(rest, known)
            right = {str(one) for one in range(len(reply.cards) + 1)} | (set() if named else self._counts)
            yield from self._wrong_numbers(rest, known, said, right)
            texts = [searchable_text(one) + one.short_description for one in known]
            yield from _wrong_names(rest, said, {word for text in texts for word in words_of(text)})
            if len(named) == 1:
                yield from self._wrong_options(rest, named[0], said)

    def _wrong_card(self, card: Card) -> Iterator[str]:
        product = self._products.get(card.product_id)
        variant = product.variant(card.variant_id) if product else None
        if product is None or variant is None:
            yield f"card {card.product_id} {card.variant_id} is not in the catalogue"
            return
        images = {*product.images, product.main_image, *(i for v in product.variants for i in v.images), None}
        so = {
            "name": card.name == product.name,
            "price": card.price_minor == variant.price_minor,
            "price before": card.compare_at_price_minor == variant.compare_at_price_minor,
            "currency": card.currency == product.currency,
            "link": card.url == product.product_url,
            "image": card.image in images,
            "line": self._is_line(card.text, variant),
        }
        yield from (f"card of {product.name}: {name} is wrong" for name, right in so.items() if not right)

    def _is_line(self, text: str, variant: Variant) -> bool:
        """The line under a card's name: prices, colour, size, stock, nothing else with a number."""
        amounts = self._amounts(text)
        if not amounts or not set(amounts) <= {variant.price_minor, variant.compare_at_price_minor}:
            return False
        parts = [part for part in text.split(" · ")[1:] if part not in {variant.color, variant.size}]
        stocks = [int(number) for part in parts for number in re.findall(r"\d+", part)]
        return all(one == variant.stock for one in stocks) and variant.sellable != bool(
            _SOLD_OUT.search(text)
        )

    def _without_names(self, line: str) -> tuple[str, list[Product]]:
        """The line without the shop's own words and without products' names; the products it names."""
        named = []
        for product in self._by_name:
            # Spaces are one each in the line.
            name = re.escape(" ".join(product.name.split()))
            if re.search(rf"(?<!\w){name}(?!\w)", line, re.IGNORECASE):
                named.append(product)
                line = re.sub(rf"(?<!\w){name}(?!\w)", "…", line, flags=re.IGNORECASE)
        for own in self._own:
            line = re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", "…", line)
        return line, named

    def _limits(self, reply: Reply) -> set[int]:
        filters = (reply.filters, reply.memory.wish.filters)
        return {one for f in filters for one in (f.price_min, f.price_max) if one is not None}

    def _amounts(self, text: str) -> list[int]:
        """Minor units of what is written as money."""
        return [self._minor(match["after"] or match["before"]) for match in _MONEY.finditer(text)]

    def _bare(self, text: str) -> set[int]:
        return {int(one) * 10**self._digits for one in re.findall(r"(?<![\d.,])\d{1,7}(?![\d.,]\d)", text)}

    def _minor(self, written: str) -> int:
        """1,299.00 and 1.299,00 alike: what stands two digits from the end is the fraction."""
        fraction = re.search(rf"[.,](\d{{{self._digits}}})$", written) if self._digits else None
        whole = re.sub(r"\D", "", written[: fraction.start()] if fraction else written)
        return int(Decimal(f"{whole}.{fraction[1] if fraction else 0}").scaleb(self._digits))

    def _wrong_prices(
        self, line: str, of: Sequence[Product], known: Sequence[Product], limits: set[int]
    ) -> Iterator[str]:
        right = {price for one in of for price in _prices(one)} | limits
        every = [price for one in known for price in _prices(one)]
        right |= {abs(one - other) for one, other in pairs(every, every)} - {0}
        yield from (f"the price {one} is nobody's" for one in self._amounts(line) if one not in right)

    def _wrong_numbers(
        self, line: str, known: Sequence[Product], said: set[str], counts: set[str]
    ) -> Iterator[str]:
        """Of products' texts and options, stock, the count of what is shown, or said by the customer."""
        for pattern in (_MONEY, _PERCENT, _PHONE):
            line = pattern.sub(" ", line)
        variants = [variant for one in known for variant in one.variants]
        texts = [f"{one.name} {one.description} {one.short_description}" for one in known]
        texts += [f"{variant.name} {variant.size} {variant.material}" for variant in variants]
        right = {number for text in texts for number in re.findall(r"\d+", text)}
        right |= {str(variant.stock) for variant in variants} | counts
        right |= {number for one in said for number in re.findall(r"\d+", one)}
        yield from (f"the number {one} is nobody's" for one in re.findall(r"\d+", line) if one not in right)

    def _wrong_options(self, line: str, product: Product, said: set[str]) -> Iterator[str]:
        """Colours and sizes said of one product are its own; with a price beside them, of one variant."""
        own = {(variant.color or "").casefold() for variant in product.variants}
        own |= set(words_of(searchable_text(product)))
        colors = {
            one for one in self._colors if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", line.casefold())
        }
        colors = {one for one in colors if not any(one != other and one in other for other in colors)}
        foreign = {one for one in colors - own if not set(words_of(one)) <= said}
        if foreign and not _DENIED.search(line):
            yield f"{product.name} does not come in {sorted(foreign)}"
        sizes = {
            v.size
            for v in product.variants
            if v.size and re.search(rf"(?<!\w){re.escape(v.size)}(?!\w)", line)
        }
        amounts = set(self._amounts(line))
        if len(colors) == len(sizes) == len(amounts) == 1 and not foreign and not _DENIED.search(line):
            fits = any(
                (v.color or "").casefold() in colors and v.size in sizes and amounts & set(_of_variant(v))
                for v in product.variants
            )
            if not fits:
                yield f"no variant of {product.name} is {sorted(colors | sizes)} for {sorted(amounts)}"


def _of_variant(variant: Variant) -> list[int]:
    return [one for one in (variant.price_minor, variant.compare_at_price_minor) if one is not None]


def _prices(product: Product) -> list[int]:
    return [price for variant in product.variants for price in _of_variant(variant)]


def _wrong_addresses(line: str, known: Sequence[Product]) -> Iterator[str]:
    """The shop's own are no longer in the line."""
    links = {one.product_url for one in known}
    mails = _MAIL.findall(line)
    yield from (f"the address {one} is nobody's" for one in mails)
    for one in _LINK.findall(_MAIL.sub(" ", line)):
        if one.rstrip(".,!") not in links:
            yield f"the link {one} is nobody's"
    yield from (f"the phone number {one} is nobody's" for one in _PHONE.findall(_MONEY.sub(" ", line)))


def _wrong_percentages(line: str, known: Sequence[Product]) -> Iterator[str]:
    right = {
        round(100 * (1 - variant.price_minor / variant.compare_at_price_minor))
        for one in known
        for variant in one.variants
        if variant.on_sale and variant.compare_at_price_minor
    }
    right |= {int(share) for one in known for share in _PERCENT.findall(searchable_text(one))}
    yield from (f"{one} % is nobody's discount" for one in _PERCENT.findall(line) if int(one) not in right)


def _wrong_names(line: str, said: set[str], known: set[str]) -> Iterator[str]:
    """Words in capitals inside a sentence are names: of what is shown, or denied of what was asked."""
    for match in _NAME.finditer(line):
        words = set(words_of(match[0]))
        if not words <= known and not (words <= said | known and _DENIED.search(line)):
            yield f"nothing here is called {match[0]!r}"
