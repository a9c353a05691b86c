"""Checks one sentence against the words quoted for it; knows nothing of where those came from.

Every check compares texts, deterministically. What they are for is shown by
the ways in which citations go wrong elsewhere: a negation that is lost, an
actor that is exchanged, a figure or a name that no article gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.facts import missing_names, names, negated_stems, numbers
from rag.words import FUNCTION_WORDS, content_stems, stem, words

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
    quotes, no negation is lost or added, the actor it names comes before the
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

    claim_stems = content_stems(claim)
    quote_stems = content_stems(quotes)
    reversed_words = _reversed(claim, quotes, claim_stems, quote_stems)
    if reversed_words:
        problems.append("negation differs: " + ", ".join(sorted(reversed_words)))
    moved = _moved_actor(claim, quotes)
    if moved:
        problems.append(f"another actor in the quotes: {moved}")

    supported = [s for s in claim_stems if _holds(s, quote_stems)]
    support = len(supported) / len(claim_stems) if claim_stems else 1.0
    asked = content_stems(question)
    new = [s for s in claim_stems if s not in asked]
    new_support = sum(_holds(s, quote_stems) for s in new) / len(new) if new else 1.0
    if support < _LEAST_SUPPORT or new_support < _LEAST_NEW_SUPPORT:
        unsupported = [word for s, word in claim_stems.items() if not _holds(s, quote_stems)]
        problems.append("words not in the quotes: " + ", ".join(unsupported))
    return Verdict(support, tuple(problems), absent_names)


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
    """Return the words that one text negates and the other affirms."""
    in_claim, in_quotes = negated_stems(claim), negated_stems(quotes)
    added = {s for s in in_claim - in_quotes if s in quote_stems}
    if in_claim and not in_quotes:
        added |= in_claim
    # A word that the quotes both negate and affirm may be used either way.
    counts = [stem(word) for word in words(quotes)]
    lost = {s for s in in_quotes - in_claim if s in claim_stems and counts.count(s) == 1}
    return added | lost


def _moved_actor(claim: str, quotes: str) -> str:
    """Return the name that does the deed in the claim and only follows it in the quotes.

    The deed is the first content word after the claim's first name that the
    quotes share. Passive sentences ("… by …") are let through.
    """
    listed = {name.word for name in names(claim)}
    claim_words = words(claim)
    quote_words = words(quotes)
    if "by" in claim_words or "by" in quote_words:
        return ""
    actor = next((word for word in claim_words if word in listed), None)
    if actor is None or stem(actor) not in {stem(word) for word in quote_words}:
        return ""
    shared = {stem(word) for word in quote_words if word not in FUNCTION_WORDS}
    after = claim_words[claim_words.index(actor) + 1 :]
    deed = next(
        (
            stem(word)
            for word in after
            if word not in FUNCTION_WORDS and word not in listed and stem(word) in shared
        ),
        None,
    )
    if deed is None:
        return ""
    stems = [stem(word) for word in quote_words]
    first_actor, last_deed = stems.index(stem(actor)), len(stems) - 1 - stems[::-1].index(deed)
    return "" if first_actor < last_deed else actor
