"""What a product is found by, split into words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes.words import stems, words
from models.product import Product

Count = NDArray[np.int64]


def texts(product: Product) -> tuple[str, str]:
    """What is searched by words: the title, and everything else a customer might name."""
    rest = [
        product.description,
        product.short_description,
        *product.category,
        *product.tags,
        product.brand or "",
    ]
    for variant in product.variants:
        rest += [variant.color or "", variant.size or "", variant.material or "", variant.sku or ""]
    return product.name, " ".join(dict.fromkeys(part for part in rest if part))


def split(product: Product) -> tuple[list[str], list[str]]:
    """Stems of the title, and of the rest."""
    title, rest = texts(product)
    return stems(title), stems(rest)


def title_words(product: Product) -> list[str]:
    """Words as written that a customer may mistype."""
    return words(" ".join([product.name, *product.category, *product.tags, product.brand or ""]))


@dataclass(frozen=True, slots=True)
class SplitProducts:
    """Stems of many products, one after another, as codes into `terms`: of each the title's, then the rest.

    `lengths` and `title_lengths` have a number for each product.
    """

    terms: Sequence[str]
    codes: Count
    lengths: Count
    title_lengths: Count

    @classmethod
    def of(cls, splits: Iterable[tuple[list[str], list[str]]]) -> "SplitProducts":
        terms: dict[str, int] = {}
        codes, lengths, title_lengths = [], [], []
        for title, rest in splits:
            codes += [terms.setdefault(term, len(terms)) for term in (*title, *rest)]
            lengths.append(len(title) + len(rest))
            title_lengths.append(len(title))
        return cls(list(terms), *(np.array(column, np.int64) for column in (codes, lengths, title_lengths)))

    def __len__(self) -> int:
        return len(self.lengths)

    def product(self, place: int) -> tuple[list[str], list[str]]:
        """As `split` gave it."""
        end = int(self.lengths[: place + 1].sum())
        start = end - int(self.lengths[place])
        own = [self.terms[code] for code in self.codes[start:end].tolist()]
        title = int(self.title_lengths[place])
        return own[:title], own[title:]
