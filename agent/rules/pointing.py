"""Which of the products shown before a message points to: "the second one", "it", "the linen dress"."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.language import Language
from agent.rules.shelf import Shelf
from agent.words import Words, tokens_of
from models.product import Product

# Two of the three words of "Blue Summer Dress" name it; "dress" alone does not.
_ENOUGH = 0.6
_LAST = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointing:
    """`exact`: by number or name. Otherwise by a pronoun, which may mean any of the ids."""

    ids: tuple[str, ...] = ()
    exact: bool = False


NOTHING = Pointing()


def take_pointing(
    words: Words, focus: Sequence[Product], shelf: Shelf, language: Language, *, shown: Sequence[str]
) -> Pointing:
    """`shown` are the ids in the order the customer saw them: one that is gone since keeps its number."""
    exact = (
        _named(words, focus, shelf) or _priced(words, focus, language) or _numbered(words, shown, language)
    )
    if exact:
        return Pointing(ids=tuple(dict.fromkeys(exact)), exact=True)
    if focus and words.has(language.signs["pointer"]):
        return Pointing(ids=tuple(_of_kind(words, focus, shelf)))
    return Pointing()


def _priced(words: Words, focus: Sequence[Product], language: Language) -> list[str]:
    """Of those shown the cheaper or the dearer one, by their lowest prices."""
    if len(focus) > 1:
        for sign, choose in (("cheaper_one", min), ("dearer_one", max)):
            if words.take_all(language.signs[sign]):
                return [choose(focus, key=lambda one: one.price_range.min_minor).id]
    return []


def take_names(words: Words, focus: Sequence[Product]) -> None:
    """Whole names: the "Black Beanbag" is not asked for in black, and "Open Cuff" not for opening hours."""
    for name in sorted((tokens_of(one.name) for one in focus), key=len, reverse=True):
        # A name of one word may be the word for its kind.
        if len(name) > 1:
            words.take_all([name])


def _numbered(words: Words, shown: Sequence[str], language: Language) -> list[str]:
    if shown and words.take_all(language.signs["both"]):
        return list(shown[:2])
    found = []
    for number, phrases in language.numbers.items():
        place = len(shown) if number == _LAST else number
        if 1 <= place <= len(shown):
            found += [(start, shown[place - 1]) for start, _ in words.take_all(phrases)]
    return [product_id for _, product_id in sorted(found)]


def _named(words: Words, focus: Sequence[Product], shelf: Shelf) -> list[str]:
    """By most words of the name; where one name fits better than all others, only that one."""
    said = set(shelf.stems(words.tokens))
    scores = {one.id: _share(said, one, shelf) for one in focus}
    whole = [product_id for product_id, share in scores.items() if share == 1]
    if whole:
        return sorted(whole, key=lambda one: _position(words, one, focus))
    best = max(scores.values(), default=0)
    near = [product_id for product_id, share in scores.items() if share == best >= _ENOUGH]
    return near if len(near) == 1 else []


def _share(said: set[str], product: Product, shelf: Shelf) -> float:
    own = set(shelf.stems(tokens_of(product.name)))
    both = own & said
    # A name of one common word ("Dress") is named by it; of several, the kind of product alone is not enough.
    return len(both) / len(own) if own and (len(both) > 1 or len(own) == 1) else 0.0


def _position(words: Words, product_id: str, focus: Sequence[Product]) -> int:
    name = next(tokens_of(one.name) for one in focus if one.id == product_id)
    return words.tokens.index(name[0]) if name and name[0] in words.tokens else len(words.tokens)


def _of_kind(words: Words, focus: Sequence[Product], shelf: Shelf) -> list[str]:
    """Among dresses and shoes "that dress" is a dress, and "that" may be any."""
    said = set(shelf.stems(words.tokens))
    fitting = [
        one.id
        for one in focus
        if said & {shelf.stem(token) for level in (*one.category, one.name) for token in tokens_of(level)}
    ]
    return fitting or [one.id for one in focus]
