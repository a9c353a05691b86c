"""Checks one sentence against the words quoted for it; knows nothing of where those came from.

Compares texts, deterministically: the numbers, dates, names, and words of the sentence must be in
the quotes, and its negations must be theirs. Who did it to whom, and how surely, is for
`rag.answer.accepting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from index.text.sentences import split_sentences
from rag.english.dates import When, dates
from rag.english.names import missing_names, names
from rag.english.numbers import numbers
from rag.english.sentences import negations
from rag.english.vocabulary import content_stems, fold, stem, words

__all__ = ["Verdict", "check_claim"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks said of one claim."""

    problems: tuple[str, ...]
    """What failed, in words; empty when the claim may be shown."""
    found: tuple[str, ...]
    """What was checked and held, in words."""
    missing_names: tuple[str, ...] = ()
    """Folded names of the claim that no quote holds."""
    verbatim: bool = False
    """Whether the claim is a sentence of the quotes."""

    @property
    def ok(self) -> bool:
        """Whether the claim may be shown."""
        return not self.problems

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the claim passed or failed: what failed first, then what held."""
        return (*self.problems, *self.found)


def check_claim(claim: str, quotes: str, published: date | None = None) -> Verdict:
    """Compare a claim with its quotes.

    Args:
        claim: one sentence.
        quotes: the cited spans, joined by a space.
        published: the day of the article that the quotes are from, which says
            which day "on Friday" is.
    """
    if _is_sentence_of(claim, quotes):
        return Verdict((), ("the words of the quotes",), verbatim=True)
    wrong_dates, resolved = _compare_dates(claim, quotes, published)
    # A date that was resolved is checked; its words need not be in the quotes.
    rest = _without(claim, resolved)
    absent_names = missing_names(rest, quotes)
    absent_numbers = sorted(numbers(rest) - numbers(quotes))
    claim_stems, quote_stems = content_stems(rest), content_stems(quotes)
    reversed_words = _reversed(rest, quotes, claim_stems, quote_stems)

    # Numbers and names were checked in whatever form: "four hundred" is 400.
    checked: set[str] = set()
    if not absent_names:
        checked.update(map(stem, names(rest)))
    if not absent_numbers:
        checked.update(s for s, word in claim_stems.items() if numbers(word))
    absent_words = [
        word for s, word in claim_stems.items() if s not in checked and not _holds(s, quote_stems)
    ]

    problems = {
        "dates not in the quotes": wrong_dates,
        "names not in the quotes": absent_names,
        "numbers not in the quotes": [f"{number:f}" for number in absent_numbers],
        "negation differs": sorted(reversed_words),
        "words not in the quotes": absent_words,
    }
    held = {
        "numbers in the quotes": [f"{n:f}" for n in sorted(numbers(rest)) if not absent_numbers],
        "names in the quotes": dict.fromkeys(() if absent_names else names(rest)),
        "date by that of the article": [claim[when.start : when.end] for when in resolved],
    }
    covered = f"{len(claim_stems) - len(absent_words)} of {len(claim_stems)} words in the quotes"
    return Verdict(
        tuple(f"{what}: {', '.join(listed)}" for what, listed in problems.items() if listed),
        (covered, *(f"{what}: {', '.join(listed)}" for what, listed in held.items() if listed)),
        absent_names,
    )


def _is_sentence_of(claim: str, quotes: str) -> bool:
    """Say whether a claim is the quotes, or a whole sentence of theirs, but for white space."""
    wanted = claim.split()
    if wanted == quotes.split():
        return True
    return any(quotes[s.start : s.end].split() == wanted for s in split_sentences(quotes))


def _compare_dates(
    claim: str, quotes: str, published: date | None
) -> tuple[list[str], tuple[When, ...]]:
    """Return the claim's dates that clash with those of the quotes, and those that are borne out.

    Numbers and names are compared one by one; day, month, and year must belong
    together. Only with the article's date is a relative one borne out.
    """
    wrong, resolved = [], []
    given = dates(quotes, published)
    for when in dates(claim, published):
        shown = claim[when.start : when.end]
        same = [other for other in given if other.within(when)]
        if same and (published is not None or any(not other.relative for other in same)):
            resolved.append(when)
        elif same or fold(shown) in fold(quotes):
            continue
        elif when.month is None and when.relative and when.weekday is None:
            wrong.append(shown)  # "yesterday" and the like, which only their own words bear out
        elif when.month is not None or (when.relative and when.year is not None):
            others = [other for other in given if (other.month if when.month else other.year)]
            if others and not any(when.agrees(other) for other in others):
                wrong.append(shown)
    return wrong, tuple(resolved)


def _without(claim: str, resolved: tuple[When, ...]) -> str:
    for when in sorted(resolved, key=lambda when: -when.start):
        claim = claim[: when.start] + claim[when.end :]
    return " ".join(claim.split())


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
