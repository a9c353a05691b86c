"""Checks one sentence against the words quoted for it; knows nothing of where those came from.

Every check compares texts, deterministically. What they are for is shown by
the ways in which citations go wrong elsewhere: a negation that is lost, an
actor that is exchanged, a plan told as done, a figure or a name that no
article gives.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from datetime import date

from index.text.sentences import split_sentences
from index.types import Document
from rag.checks.actors import moved_actor
from rag.checks.aliases import given_by, name_runs
from rag.checks.attribution import lost_attribution, made_fact, made_past
from rag.checks.dates import When, dates
from rag.checks.names import ORDINARY_OPENERS, missing_names, names
from rag.checks.negations import hedged, negations
from rag.checks.numbers import measures, numbers
from rag.checks.roles import moved_object, swapped_roles
from rag.checks.shares import counted_otherwise
from rag.checks.support import Features, probability
from rag.words import FUNCTION_WORDS, content_stems, stem, words

__all__ = ["Verdict", "check_claim"]

_LEAST_COVERAGE = 0.5
"""Share of a claim's content words that its quotes must hold."""
_LEAST_NEW_COVERAGE = 0.75
"""The same for the words that the question did not bring: they are the answer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks said of one claim."""

    support: float
    """Probability that the quotes support the claim, 0 to 1, see `rag.checks.support`."""
    coverage: float
    """Share of the claim's content words that the quotes hold, 0 to 1."""
    new_coverage: float
    """The same share of the words that the question did not bring: of the answer proper."""
    problems: tuple[str, ...]
    """What failed, in words; empty when the claim may be shown."""
    found: tuple[str, ...]
    """What was checked and held, in words."""
    features: Features
    missing_names: tuple[str, ...] = ()
    """Folded names of the claim that no quote holds."""
    unattributed: str = ""
    """The word by which the quotes report what the claim states bare ("said"). Such a claim is
    borne out, but it should be shown in the words of the quotes."""

    @property
    def ok(self) -> bool:
        """Whether the claim may be shown."""
        return not self.problems

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the claim passed or failed: what failed first, then what held."""
        said = f"the quotes report it: {self.unattributed}"
        return (*self.problems, *([said] if self.unattributed else []), *self.found)


def check_claim(
    claim: str, quotes: str, question: str = "", article: Document | None = None
) -> Verdict:
    """Compare a claim with its quotes.

    A claim passes when every number, date, and proper name in it is in the
    quotes and bounded, measured, and counting alike ("over 400" is not "400"),
    no hedge ("may") or negation is lost or added, nothing planned, demanded, or
    alleged is told as a fact, who did it and whom it was done to are not
    exchanged, and its words are for the most part theirs.

    Args:
        claim: one sentence.
        quotes: the cited spans, joined by a space.
        question: the question; its words need less support than new ones.
        article: where the quotes are from. Its date says which day "on Friday"
            is; its text which full name or short form stands for what.
    """
    if _is_sentence_of(claim, quotes):
        features = Features(1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
        return Verdict(1.0, 1.0, 1.0, (), ("the words of the quotes",), features)
    problems = []
    published = article.published if article else None
    wrong_dates, resolved = _compare_dates(claim, quotes, published)
    if wrong_dates:
        problems.append("dates not in the quotes: " + ", ".join(wrong_dates))
    # A date that was resolved is checked; its words need not be in the quotes.
    rest = _without(claim, resolved)
    absent_names = _absent_names(rest, quotes, article)
    if absent_names:
        problems.append("names not in the quotes: " + ", ".join(absent_names))
    absent_numbers = numbers(rest) - numbers(quotes)
    if absent_numbers:
        listed = ", ".join(f"{number:f}" for number in sorted(absent_numbers))
        problems.append(f"numbers not in the quotes: {listed}")
    contradictions = _contradictions(rest, quotes)
    problems += contradictions
    alleged, said = lost_attribution(rest, quotes)
    if alleged:
        contradictions.append("alleged, not stated, in the quotes")
        problems.append(contradictions[-1])

    claim_stems, quote_stems = content_stems(rest), content_stems(quotes)
    # Numbers and names were checked in whatever form: "four hundred" is 400.
    opening = words(rest)[:1]
    checked = {stem(opening[0])} if opening and opening[0] in ORDINARY_OPENERS else set()
    if not absent_names:
        checked.update(stem(name.word) for name in names(rest))
    if not absent_numbers:
        checked.update(s for s, word in claim_stems.items() if numbers(word))
    unsupported = {
        s: word
        for s, word in claim_stems.items()
        if s not in checked and not _holds(s, quote_stems)
    }
    asked = content_stems(question)
    new = [s for s in claim_stems if s not in asked]
    coverage = 1 - len(unsupported) / len(claim_stems) if claim_stems else 1.0
    new_coverage = 1 - sum(s in unsupported for s in new) / len(new) if new else 1.0
    if coverage < _LEAST_COVERAGE or new_coverage < _LEAST_NEW_COVERAGE:
        problems.append("words not in the quotes: " + ", ".join(unsupported.values()))
    features = Features(
        coverage=coverage,
        unheld=math.log1p(len(unsupported)),
        pairs=_shared_pairs(rest, quotes),
        missing_names=math.log1p(len(absent_names)),
        missing_numbers=math.log1p(len(absent_numbers)),
        contradictions=float(bool(contradictions or wrong_dates)),
        unattributed=float(bool(said)),
    )
    found = [f"{len(claim_stems) - len(unsupported)} of {len(claim_stems)} words in the quotes"]
    if not absent_numbers and (held := sorted(numbers(rest))):
        found.append("numbers in the quotes: " + ", ".join(f"{number:f}" for number in held))
    if not absent_names and (held_names := dict.fromkeys(name.word for name in names(rest))):
        found.append("names in the quotes: " + ", ".join(held_names))
    found += [f"date by that of the article: {claim[when.start : when.end]}" for when in resolved]
    return Verdict(
        support=probability(features),
        coverage=coverage,
        new_coverage=new_coverage,
        problems=tuple(problems),
        found=tuple(found),
        features=features,
        missing_names=absent_names,
        unattributed=said,
    )


def _is_sentence_of(claim: str, quotes: str) -> bool:
    """Say whether a claim is the quotes, or a whole sentence of theirs, but for white space."""
    wanted = claim.split()
    if wanted == quotes.split():
        return True
    return any(quotes[s.start : s.end].split() == wanted for s in split_sentences(quotes))


def _contradictions(claim: str, quotes: str) -> list[str]:
    """Return what the claim says otherwise than the quotes, although its words are theirs."""
    problems = []
    if otherwise := _measured_otherwise(claim, quotes):
        problems.append("bounded or measured otherwise in the quotes: " + ", ".join(otherwise))
    if counted := counted_otherwise(claim, quotes):
        problems.append("counted otherwise in the quotes: " + ", ".join(counted))
    claim_stems, quote_stems = content_stems(claim), content_stems(quotes)
    if reversed_words := _reversed(claim, quotes, claim_stems, quote_stems):
        problems.append("negation differs: " + ", ".join(sorted(reversed_words)))
    uncertain = {s for s in hedged(claim) ^ hedged(quotes) if s in claim_stems and s in quote_stems}
    if uncertain:
        problems.append("hedged otherwise in the quotes: " + ", ".join(sorted(uncertain)))
    if facts := made_fact(claim, quotes):
        problems.append("no fact in the quotes: " + ", ".join(facts))
    if past := made_past(claim, quotes):
        problems.append("yet to come in the quotes: " + ", ".join(past))
    if moved := moved_actor(claim, quotes):
        problems.append(f"another actor in the quotes: {moved}")
    elif swapped := swapped_roles(claim, quotes):
        problems.append(f"the other way round in the quotes: {swapped}")
    elif other := moved_object(claim, quotes):
        problems.append(f"done to another in the quotes: {other}")
    return problems


def _compare_dates(
    claim: str, quotes: str, published: date | None
) -> tuple[list[str], tuple[When, ...]]:
    """Return the claim's dates that clash with those of the quotes, and those that are resolved.

    Only with the article's date is anything resolved; what is written out is
    compared as names and numbers are, but day, month, and year together.
    """
    wrong, resolved = [], []
    given = dates(quotes, published)
    for when in dates(claim, published):
        shown = claim[when.start : when.end]
        same = [other for other in given if other.within(when)]
        if same and (published is not None or any(not other.relative for other in same)):
            resolved.append(when)
        elif same or shown.casefold() in quotes.casefold():
            continue
        elif _unborne(when, given, published):
            wrong.append(shown)
    return wrong, tuple(resolved)


def _unborne(when: When, given: tuple[When, ...], published: date | None) -> bool:
    """Say whether a date that no quote has is one that the quotes would have to have."""
    if when.relative and published is not None and (when.week or when.month or when.year):
        return True
    if when.relative and when.month is None and when.weekday is None:
        return True  # "yesterday" and the like, which only their own words bear out
    others = [other for other in given if other.month is not None]
    return when.month is not None and bool(others) and all(map(when.clashes, others))


def _without(claim: str, resolved: tuple[When, ...]) -> str:
    for when in sorted(resolved, key=lambda when: -when.start):
        claim = claim[: when.start] + claim[when.end :]
    return " ".join(claim.split())


def _absent_names(claim: str, quotes: str, article: Document | None) -> tuple[str, ...]:
    """Return the names that neither the quotes hold nor the article gives to one that they hold."""
    absent = missing_names(claim, quotes)
    if not absent or article is None:
        return absent
    text = f"{article.title}\n{article.text}"
    quoted = frozenset(words(quotes))
    given = {word for run in name_runs(claim) for word in given_by(text, run, quoted)}
    return tuple(word for word in absent if word not in given)


def _shared_pairs(claim: str, quotes: str) -> float:
    """Return the share of the claim's neighbouring content words that are so in the quotes."""

    def pairs(text: str) -> set[tuple[str, str]]:
        stems = [stem(word) for word in words(text) if word not in FUNCTION_WORDS]
        return set(itertools.pairwise(stems))

    wanted = pairs(claim)
    return len(wanted & pairs(quotes)) / len(wanted) if wanted else 1.0


def _measured_otherwise(claim: str, quotes: str) -> list[str]:
    """Return the numbers that the quotes bound ("over 400") or measure ("30%") otherwise."""
    in_quotes = measures(quotes)
    return [
        f"{number:f}"
        for number, ways in measures(claim).items()
        if number in in_quotes and not ways <= in_quotes[number]
    ]


def _holds(wanted: str, stems: dict[str, str]) -> bool:
    """Say whether stems hold one, or one that continues it ("venezuela" in "venezuelan")."""
    if wanted in stems:
        return True
    return len(wanted) >= 5 and any(
        s.startswith(wanted) or (len(s) >= 5 and wanted.startswith(s)) for s in stems
    )


def _reversed(
    claim: str, quotes: str, claim_stems: dict[str, str], quote_stems: dict[str, str]
) -> set[str]:
    """Return the words that one text negates and the other affirms.

    A negation reaches over two words, of which only the first that both texts
    have must be negated in both: "did not sign the statement" and "did not
    formally sign".
    """
    claim_negations, quote_negations = negations(claim), negations(quotes)
    in_claim = {s for group in claim_negations for s in group}
    in_quotes = {s for group in quote_negations for s in group}
    found = set()
    for group in claim_negations:
        first = next((s for s in group if s in quote_stems), None)
        if first is None or first not in in_quotes:
            found.add(first or group[0])
    # A word that the quotes both negate and affirm may be used either way.
    counts = [stem(part) for word in words(quotes) for part in word.split("-")]
    for group in quote_negations:
        first = next((s for s in group if s in claim_stems), None)
        if first is not None and first not in in_claim and counts.count(first) == 1:
            found.add(first)
    return found
