"""How an answer came about: what the query was understood as, and where its candidates came from."""

from dataclasses import dataclass, replace

import numpy as np

from indexes.candidates import positive, unscored
from indexes.curation import Curation
from indexes.ranking import Profile
from indexes.relaxing import find_in_order, find_relaxed
from indexes.search import Parts, Question, passing_slots, rule_of, with_words, wording_of
from indexes.synonyms import Synonyms
from indexes.wording import Wording
from models.search import CandidateCounts, Hit, QueryRule, Trial, UnderstoodWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    hits: tuple[Hit, ...]
    relaxed: tuple[str, ...]
    words: tuple[UnderstoodWord, ...]
    candidates: CandidateCounts
    rule: QueryRule | None


def on_trial(parts: Parts, profile: Profile, trial: Trial) -> tuple[Parts, Profile]:
    """The same products, with the settings that are tried."""
    if trial.synonyms is not None:
        parts = replace(parts, synonyms=Synonyms(trial.synonyms))
    if trial.rules is not None:
        parts = replace(parts, curation=Curation(trial.rules))
    return parts, replace(profile, weights=trial.weights) if trial.weights else profile


def explain(parts: Parts, profile: Profile, question: Question, *, relax: bool) -> Explained:
    hits, relaxed = (
        find_relaxed(parts, profile, question) if relax else (find_in_order(parts, profile, question), ())
    )
    wording = wording_of(parts, question.query)
    met = replace(question, filters=question.filters.without(relaxed))
    if "query" in relaxed:
        met = replace(met, query="", vector=None)
    return Explained(
        hits=hits,
        relaxed=relaxed,
        words=_understood(wording),
        candidates=_counted(parts, profile.floor, met),
        rule=rule_of(parts, question.query, wording),
    )


def _understood(wording: Wording) -> tuple[UnderstoodWord, ...]:
    """The first of the phrases that may stand for a word is the word itself."""
    return tuple(
        UnderstoodWord(typed=typed, word=word, instead=tuple(" ".join(other) for other in phrases[1:]))
        for typed, word, phrases in zip(wording.typed, wording.asked, wording.words, strict=True)
    )


def _counted(parts: Parts, floor: float, question: Question) -> CandidateCounts:
    passing = unscored(passing_slots(parts, question.filters))
    wording = wording_of(parts, question.query)
    if not wording.terms:
        return CandidateCounts(passing=len(passing), by_words=0, by_meaning=0, both=0)
    by_words = with_words(parts, passing, wording, question.query).keyword > 0
    by_meaning = np.zeros(len(passing), np.bool_)
    if question.vector is not None:
        by_meaning = positive(parts.vectors.cosines(question.vector, passing.slots)) >= floor
    return CandidateCounts(
        passing=len(passing),
        by_words=int(by_words.sum()),
        by_meaning=int(by_meaning.sum()),
        both=int((by_words & by_meaning).sum()),
    )
