"""What a customer wants to spend: "under $50", "zwischen 30 und 80 €", "60 max"."""

import re
from dataclasses import dataclass

from agent.claims import readings
from agent.language import Language
from agent.words import Phrase, Words
from models.money import MAX_MINOR, minor_digits

# "Around 100" is 80 to 120.
_AROUND = 0.2
# How many words before a bound may turn it round.
_REACH = 3
# "50 to 80" without a word around is a span of prices, "2 to 3" more likely of pieces. In whole units.
_LEAST_SPAN = 10
_AMOUNT = re.compile(r"(\d[\d.,']*)([^\W\d_]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """`marked`: it carries a currency, so it cannot be a size. `vague`: as in "60ish".

    `end`: the first token after it.
    """

    minor: int
    start: int
    end: int
    marked: bool
    vague: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    low: int | None = None
    high: int | None = None


def take_budget(words: Words, language: Language, currency: str) -> Budget | None:
    """The budget in minor units; the words that said it are taken."""
    reader = _Reader(words, language, currency)
    return reader.between() or reader.bounds()


def take_lone(
    words: Words, language: Language, currency: str, quiet: frozenset[int] = frozenset()
) -> Budget | None:
    """A number that is the whole message and no size: after "dress" and "blue" it is what one may cost.

    `quiet`: the places of words beside it that are no part of a wish, as in "sorry, I meant 80".
    """
    reader = _Reader(words, language, currency)
    start = next((at for at in range(len(words.tokens)) if at not in quiet), 0)
    amount = reader.amount(start)
    if amount is None or not set(range(amount.end, len(words.tokens))) <= quiet:
        return None
    words.take(amount.start, amount.end - amount.start)
    return Budget(high=amount.minor)


class _Reader:
    def __init__(self, words: Words, language: Language, currency: str) -> None:
        self._words = words
        self._budget = language.budget
        self._units = {token for phrase in language.budget["currency"] for token in phrase}
        self._sizes = language.signs["size_word"]
        self._negation = language.claims["negation"]
        self._scale = 10 ** minor_digits(currency)

    def between(self) -> Budget | None:
        for start in range(len(self._words.tokens)):
            first = self.amount(start)
            joint = self._phrase_at(self._budget["range"], first.end) if first else None
            second = self.amount(first.end + len(joint)) if first and joint else None
            if first is None or second is None:
                continue
            opening = self._phrase_before(self._budget["between"], first.start)
            span = (
                joint in self._budget["span"] and min(first.minor, second.minor) >= _LEAST_SPAN * self._scale
            )
            if opening or first.marked or second.marked or span:
                self._take(first.start - len(opening or ()), second.end)
                low, high = sorted((first.minor, second.minor))
                return Budget(low=low, high=high)
        return None

    def bounds(self) -> Budget | None:
        low = high = None
        start = 0
        while start < len(self._words.tokens):
            amount = self.amount(start)
            found = self._bound(amount) if amount else None
            start = amount.end if amount else start + 1
            if found:
                low, high = found.low or low, found.high or high
        if low is not None and high is not None and low > high:
            low, high = high, low
        return Budget(low=low, high=high) if low is not None or high is not None else None

    def _bound(self, amount: Amount) -> Budget | None:
        if amount.vague:
            self._take(amount.start, amount.end)
            return self._of_kind("around", amount.minor)
        for kind, places in (("max", "max_after"), ("min", "min_after"), ("around", "around_after")):
            before = self._phrase_before(self._budget[kind], amount.start)
            after = self._phrase_at(self._budget[places], amount.end)
            if before or after:
                start = amount.start - len(before or ())
                self._take(start, amount.end + len(after or ()))
                return self._of_kind("max" if kind == "min" and self._negated(start) else kind, amount.minor)
        if amount.marked:
            self._take(amount.start, amount.end)
            return Budget(high=amount.minor)
        return None

    def _negated(self, start: int) -> bool:
        """As in "I can't spend more than 120"."""
        words = self._words.tokens[max(0, start - _REACH) : start]
        return any((word,) in self._negation for word in words)

    def _of_kind(self, kind: str, minor: int) -> Budget:
        if kind == "around" and self._words.has(self._budget["ceiling"]):
            kind = "max"
        if kind == "around":
            return Budget(low=round(minor * (1 - _AROUND)), high=round(minor * (1 + _AROUND)))
        return Budget(high=minor) if kind == "max" else Budget(low=minor)

    def amount(self, start: int) -> Amount | None:
        """An amount that starts at this token, with the currency before or after it."""
        tokens, free = self._words.tokens, self._words.free
        at = start + 1 if start < len(tokens) and tokens[start] in self._units else start
        if at >= len(tokens) or not free[at]:
            return None
        match = _AMOUNT.fullmatch(tokens[at])
        if match is None or (match[2] and match[2] not in self._units and not self._is_ish(match[2])):
            return None
        unit_after = at + 1 < len(tokens) and tokens[at + 1] in self._units
        minor = round(max(readings(match[1].rstrip(".,'")), default=0) * self._scale)
        if not 0 < minor <= MAX_MINOR:
            return None
        marked = match[2] in self._units or at > start or unit_after
        if not marked and self._phrase_before(self._sizes, start):
            return None
        vague = bool(match[2]) and self._is_ish(match[2])
        return Amount(minor=minor, start=start, end=at + 1 + unit_after, marked=marked, vague=vague)

    def _is_ish(self, ending: str) -> bool:
        return (ending,) in self._budget["around_after"]

    def _phrase_before(self, phrases: tuple[Phrase, ...], end: int) -> Phrase | None:
        return next((one for one in phrases if end >= len(one) and self._words.at(one, end - len(one))), None)

    def _phrase_at(self, phrases: tuple[Phrase, ...], start: int) -> Phrase | None:
        return next((one for one in phrases if self._words.at(one, start)), None)

    def _take(self, start: int, end: int) -> None:
        self._words.take(start, end - start)
