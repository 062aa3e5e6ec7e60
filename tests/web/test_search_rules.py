"""One word list or rule changed at a time."""

import pytest

from models.errors import Invalid
from models.search import QueryRule, SearchSettings, Weights
from web.search_rules import Move, moved, rule_for, with_rule, with_synonyms, with_weights, without_synonyms

RULE = QueryRule(query="red hat", pinned=("a", "b", "c"), buried=("d",))
SETTINGS = SearchSettings(rules=(QueryRule(query="sofa", pinned=("s",)), RULE))


def after(product_id: str, to: Move) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rule = rule_for(moved(SETTINGS, "Hats, red", product_id, to), "red hat")
    assert rule
    return rule.pinned, rule.buried


@pytest.mark.parametrize(
    ("product_id", "to", "pinned", "buried"),
    [
        ("e", "pin", "abce", "d"),
        ("d", "pin", "abcd", ""),
        ("a", "pin", "bca", "d"),
        ("a", "bury", "bc", "da"),
        ("e", "bury", "abc", "de"),
        ("b", "release", "ac", "d"),
        ("d", "release", "abc", ""),
        ("c", "up", "acb", "d"),
        ("a", "up", "abc", "d"),
        ("a", "down", "bac", "d"),
        ("c", "down", "abc", "d"),
        ("z", "up", "abc", "d"),
    ],
)
def test_a_product_goes_where_it_is_put(product_id: str, to: Move, pinned: str, buried: str) -> None:
    assert after(product_id, to) == (tuple(pinned), tuple(buried))


def test_a_rule_keeps_its_place_and_its_words_and_goes_when_it_says_nothing() -> None:
    changed = moved(SETTINGS, "sofas", "t", "pin")
    assert [rule.query for rule in changed.rules] == ["sofa", "red hat"]
    assert moved(SETTINGS, "sofa", "s", "release").rules == (RULE,)


def test_a_rule_needs_a_word() -> None:
    with pytest.raises(Invalid):
        with_rule(SETTINGS, QueryRule(query="do you have", pinned=("a",)))


def test_groups_of_synonyms_are_there_once() -> None:
    once = with_synonyms(SETTINGS, ["a", "b"])
    assert with_synonyms(once, ("a", "b")) == once
    assert without_synonyms(once, ["a", "b"]) == SETTINGS


def test_weights_are_those_of_an_embedder() -> None:
    both = with_weights(with_weights(SETTINGS, "one", Weights()), "two", Weights(keyword=1))
    assert set(with_weights(both, "one", None).weights) == {"two"}
