"""The facts a reply may state: what this turn's tools returned and what the shop says of itself."""

import re
from collections.abc import Iterator
from itertools import combinations
from urllib.parse import urlsplit

from agent.claims import links, readings
from agent.opening import opens_next
from agent.seen import Seen
from agent.words import tokens_of
from models.money import minor_digits
from models.product import Product
from models.search import Filters
from models.turn import Turn

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


class Facts:
    def __init__(self, turn: Turn, seen: Seen) -> None:
        self.products = tuple(seen.products.values())
        self.shop_text = _shop_text(turn)
        self._turn = turn
        self._limits = seen.limits
        self._sections = tuple(seen.sections)
        self._units = 10 ** minor_digits(turn.merchant.currency)

    def prices(self, products: tuple[Product, ...]) -> set[float]:
        """Of now and before."""
        variants = [variant for one in products for variant in one.variants]
        minors = {one.price_minor for one in variants}
        minors |= {one.compare_at_price_minor for one in variants if one.compare_at_price_minor}
        return {minor / self._units for minor in minors}

    def differences(self, products: tuple[Product, ...]) -> set[float]:
        """How much less one product costs than another."""
        lowest = [one.price_range.min_minor for one in products]
        return {abs(first - second) / self._units for first, second in combinations(lowest, 2)}

    def lowest(self, products: tuple[Product, ...]) -> list[float]:
        return [one.price_range.min_minor / self._units for one in products]

    def bounds(self, filters: Filters, *, said: bool = False) -> set[float]:
        """What the search was limited to: "up to $80"; with `said` also every number the customer wrote."""
        wish = self._turn.memory.wish.filters
        bounds = (filters.price_min, filters.price_max, wish.price_min, wish.price_max, *self._limits)
        own = {bound / self._units for bound in bounds if bound is not None}
        return own | (numbers_in(self._turn.text) if said else set())

    def materials(self, products: tuple[Product, ...]) -> set[str]:
        variants = (variant for one in products for variant in one.variants)
        return {token for one in variants for token in tokens_of(one.material or "")}

    def prices_of_kinds(self, clause: str) -> set[float]:
        """The lowest and the highest of the categories the clause names; where it names none, of all."""
        said = set(tokens_of(clause))
        named = [one for one in self._sections if one.path and said.issuperset(tokens_of(one.path[-1]))]
        ranges = [one.prices for one in named or self._sections if one.prices]
        return {minor / self._units for one in ranges for minor in (one.min_minor, one.max_minor)}

    def counts(self) -> set[float]:
        """How many products there are of something, and how many categories."""
        counts = {len(self._sections) - 1}
        for one in self._sections:
            counts |= {one.products, one.in_stock}
            counts |= {each.count for each in (*one.colors, *one.sizes, *one.brands)}
        return set(map(float, counts))

    def discounts(self, products: tuple[Product, ...]) -> set[float]:
        """In percent, rounded down or to the nearest, as shops write them."""
        found = set()
        for variant in (variant for one in products for variant in one.variants if variant.on_sale):
            percent = 100 * (
                1 - variant.price_minor / (variant.compare_at_price_minor or variant.price_minor)
            )
            found |= {float(int(percent)), float(round(percent)), round(percent, 1)}
        return found

    def stocks(self, products: tuple[Product, ...]) -> set[float]:
        return {float(v.stock) for one in products for v in one.variants if v.stock is not None}

    def written(self, products: tuple[Product, ...]) -> set[float]:
        """Numbers in the products' own texts and the shop's."""
        return numbers_in(" ".join((self.shop_text, *self._kinds(), *map(words_of, products))))

    def hours(self) -> set[float]:
        """Opening hours, on a clock of 24 hours and of 12, and the days on which the shop is closed."""
        hours, opens = self._turn.merchant.hours, opens_next(self._turn.merchant, self._turn.now)
        clocks = [clock for one in hours.week for clock in (one.opens, one.closes)]
        afternoon = {float(clock[:2]) - 12 for clock in clocks}
        return numbers_in(" ".join((*clocks, *hours.closed, f"{opens or ''}"))) | afternoon

    def words(self) -> set[str]:
        texts = (self.shop_text, *self._kinds(), *map(words_of, self.products))
        # One by one: each is met again in the next turn that has it, and has been read by then.
        return {token for each in texts for token in tokens_of(each)}

    def _kinds(self) -> Iterator[str]:
        """What categories are called, and what there is in them."""
        for one in self._sections:
            yield from one.path
            yield from (each.value for each in (*one.colors, *one.sizes, *one.brands))

    def without_contact(self, text: str) -> str:
        """A phone number is no price."""
        phone = self._turn.merchant.contact.phone
        return text.replace(phone, " ") if phone else text

    def knows_link(self, link: str) -> bool:
        contact = self._turn.merchant.contact
        known = {one for one in (contact.url, contact.email) if one} | set(links(self.shop_text))
        known |= {one.product_url for one in self.products if one.product_url}
        return link in known or _page(link) in {_page(one) for one in known}


def numbers_in(text: str) -> set[float]:
    return {value for digits in _DIGITS.findall(text) for value in readings(digits)}


def words_of(product: Product) -> str:
    variants = (f"{v.name} {v.color or ''} {v.size or ''} {v.material or ''}" for v in product.variants)
    own = (product.name, product.description, product.short_description, product.brand or "")
    return " ".join((*own, *product.category, *product.tags, *variants))


def _shop_text(turn: Turn) -> str:
    shop = turn.merchant
    contact = (shop.contact.email, shop.contact.phone, shop.contact.url)
    faq = (f"{entry.question}\n{entry.answer}" for entry in shop.faq)
    told = (*contact, shop.handover.text)
    return "\n".join((shop.name, *shop.policies.values(), *faq, *(one for one in told if one)))


def _page(link: str) -> tuple[str, str, str]:
    """Without its scheme or with a slash more it is the same page; with another path it is not."""
    parts = urlsplit(link if "://" in link else f"https://{link}")
    return parts.netloc.lower(), parts.path.rstrip("/"), parts.query
