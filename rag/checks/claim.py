"""Checks one sentence against the words quoted for it; knows nothing of where those came from.

Every check compares texts, deterministically. What they are for is shown by
the ways in which citations go wrong elsewhere: a negation that is lost, an
actor that is exchanged, a figure or a name that no article gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.checks.actors import moved_actor
from rag.checks.names import ORDINARY_OPENERS, missing_names, names
from rag.checks.negations import hedged, negations
from rag.checks.numbers import measures, numbers
from rag.words import content_stems, stem, words

__all__ = ["Verdict", "check_claim"]

_LEAST_SUPPORT = 0.5
"""Share of a claim's content words that its quotes must hold."""
_LEAST_NEW_SUPPORT = 0.75
"""The same for the words that the question did not bring: they are the answer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks said of one claim."""

    support: float
    """Share of the claim's content words that the quotes hold, 0 to 1."""
    new_support: float
    """The same share of the words that the question did not bring: of the answer proper."""
    problems: tuple[str, ...]
    """What failed, in words for a log; empty when the claim may be shown."""
    missing_names: tuple[str, ...] = ()
    """Folded names of the claim that no quote holds."""

    @property
    def ok(self) -> bool:
        """Whether the claim may be shown."""
        return not self.problems


def check_claim(claim: str, quotes: str, question: str = "") -> Verdict:
    """Compare a claim with its quotes.

    A claim passes when every number, date, and proper name in it is in the
    quotes and bounded and measured alike ("over 400" is not "400"), no hedge
    ("may") or negation is lost or added, the actor it names comes before the
    deed in the quotes too, and its words are for the most part theirs.

    Args:
        claim: one sentence.
        quotes: the cited spans, joined by a space.
        question: the question; its words need less support than new ones.
    """
    problems = []
    absent_names = missing_names(claim, quotes)
    if absent_names:
        problems.append("names not in the quotes: " + ", ".join(absent_names))
    absent_numbers = numbers(claim) - numbers(quotes)
    if absent_numbers:
        listed = ", ".join(f"{number:f}" for number in sorted(absent_numbers))
        problems.append(f"numbers not in the quotes: {listed}")
    otherwise = _measured_otherwise(claim, quotes)
    if otherwise:
        problems.append("bounded or measured otherwise in the quotes: " + ", ".join(otherwise))

    claim_stems = content_stems(claim)
    quote_stems = content_stems(quotes)
    reversed_words = _reversed(claim, quotes, claim_stems, quote_stems)
    if reversed_words:
        problems.append("negation differs: " + ", ".join(sorted(reversed_words)))
    uncertain = {s for s in hedged(claim) ^ hedged(quotes) if s in claim_stems and s in quote_stems}
    if uncertain:
        problems.append("hedged otherwise in the quotes: " + ", ".join(sorted(uncertain)))
    moved = moved_actor(claim, quotes)
    if moved:
        problems.append(f"another actor in the quotes: {moved}")

    # Numbers and names were checked in whatever form: "four hundred" is 400.
    opening = words(claim)[:1]
    checked = {stem(opening[0])} if opening and opening[0] in ORDINARY_OPENERS else set()
    if not absent_names:
        checked.update(stem(name.word) for name in names(claim))
    if not absent_numbers:
        checked.update(s for s, word in claim_stems.items() if numbers(word))
    unsupported = {
        s: word
        for s, word in claim_stems.items()
        if s not in checked and not _holds(s, quote_stems)
    }
    asked = content_stems(question)
    new = [s for s in claim_stems if s not in asked]
    support = 1 - len(unsupported) / len(claim_stems) if claim_stems else 1.0
    new_support = 1 - sum(s in unsupported for s in new) / len(new) if new else 1.0
    if support < _LEAST_SUPPORT or new_support < _LEAST_NEW_SUPPORT:
        problems.append("words not in the quotes: " + ", ".join(unsupported.values()))
    return Verdict(support, new_support, tuple(problems), absent_names)


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
