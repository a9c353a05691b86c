"""Says whether what the language model wrote may stand for the quotes that it was written from.

Each sentence must pass the checks of claims and be as sure as its quotes; what they tell as
somebody's words must stay told as his; and the reader, asked the same question over what was
written, must find what it found in the quotes. Knows nothing of models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.text.sentences import split_sentences
from rag.answer.antecedents import open_pronouns
from rag.answer.check import Verdict, check_claim
from rag.english.hedges import hedges
from rag.english.names import missing_names
from rag.english.numbers import amounts
from rag.english.vocabulary import FUNCTION_WORDS, content_stems, words
from rag.reader import NOTHING, Passage, Reader
from rag.types import Answer, Citation, Claim, Question

__all__ = ["RejectedError", "accepted_claims", "claims_written_from"]

_MOST_SENTENCES = 3
_LEAST_COVERAGE = 0.75
"""Share of a sentence's content words that its quotes must hold; the others are the question's."""
_LEAST_SCORE = 0.0
"""What the reader must give what was written; a bare name is far below it."""
_LEAST_SCORE_BEFORE = -2.0
"""What the reader must give the quotes alone; where it finds the answer only with what stands
around them, the model cannot."""
_SAID, _SURELY_SAID = 5.0, 10.0
"""Sum of the reader's scores for who said this, and who said that it is so, from which a quote is
taken to tell somebody's words, and from which the reader is trusted to know whose."""
_SAME_WORDS = 0.5
"""Share of the words found in what was written that must be those found in the quotes, where
more than a span is asked for."""


_IN_ORDER = 0.85
"""Share of a sentence's words that must stand in the order of the quotes and the question: "Turkey
attacked the group" says another thing than "the group attacked Turkey"."""
_BEFORE = 3
"""Sentences before a quote that may be quoted too, for a name that a sentence has from them."""


class RejectedError(Exception):
    """Why what was written may not stand, and what to tell a model that writes it anew."""

    def __init__(self, reason: str, hint: str = "") -> None:
        """Keep both.

        Args:
            reason: in a few words.
            hint: a sentence to the model; empty where nothing can be done about it.
        """
        super().__init__(reason)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class _Found:
    """The words that the reader takes for the answer."""

    text: str
    score: float


def claims_written_from(answer: Answer, question: Question) -> tuple[Claim, ...]:
    """Return the claims that are put into words: the first, or all where several are asked for.

    The second answer to a question for a fact says something else, and stays as it is.
    """
    return answer.claims if question.several else answer.claims[:1]


def accepted_claims(
    written: str, answer: Answer, question: Question, reader: Reader
) -> tuple[Claim, ...]:
    """Return the claims of an answer in the words that were written.

    Args:
        written: by a model, from `claims_written_from`.
        answer: in the words of its quotes.
        question: what it answers.
        reader: what found it.

    Raises:
        RejectedError: they may not stand.
        ModelError: the reader failed.
    """
    told_from = claims_written_from(answer, question)
    quoted = " ".join(claim.text for claim in told_from)
    title = told_from[0].citations[-1].document.title
    before = _found(question.asked, quoted, title, reader)
    if before.score < _LEAST_SCORE_BEFORE:
        raise RejectedError(f"the reader finds no answer in the quotes alone ({before.score:.1f})")
    # The model writes "U. S.", and begins with a verdict of its own.
    written = re.sub(r"\b([A-Z]\.) (?=[A-Z]\.)", r"\1", " ".join(written.split()))
    written = re.sub(r"^(?:Yes|No), (.)", lambda match: match[1].upper(), written)
    sentences = [written[span.start : span.end] for span in split_sentences(written)]
    whole = written.endswith((".", ".”", '."')) and all(map(content_stems, sentences))
    if not whole or not 0 < len(sentences) <= _MOST_SENTENCES:
        raise RejectedError("it is not one to three whole sentences", "Write a full sentence.")
    claims = [_claim(sentence, told_from, question, reader) for sentence in sentences]
    marked = next((claim.answer.quote for claim in told_from if claim.answer), "")
    found = _found(question.asked, " ".join(claim.told for claim in claims), title, reader)
    _check_same(found, before, marked, quoted, question)
    for sentence in sentences:
        order = _in_order(sentence, quoted, question.text)
        if order < _IN_ORDER:
            raise RejectedError(f"its words stand in another order ({order:.2f})")
    claims = [_marked(claim, (marked, found.text)) for claim in claims]
    return _renumbered([*claims, *answer.claims[len(told_from) :]])


def _claim(sentence: str, told_from: Sequence[Claim], question: Question, reader: Reader) -> Claim:
    """Return the claim that a sentence is, with the quotes that support it."""
    cited = tuple(dict.fromkeys(c for claim in told_from for c in claim.citations))
    for chosen in (*(claim.citations for claim in told_from), cited):
        quotes, verdict = _compared(sentence, chosen, question)
        if _is_covered(verdict):
            break
    told_in = quotes
    if verdict.missing_names and (named := _named_before(cited, verdict.missing_names)):
        chosen = (named, *cited)
        quotes, verdict = _compared(sentence, chosen, question)
    _check_sentence(sentence, quotes, verdict)
    said = "" if verdict.verbatim else _attribution(sentence, told_in, reader)
    return Claim(
        sentence,
        chosen,
        verdict.support,
        verbatim=verdict.verbatim and len(chosen) == 1,
        attribution=said,
        reasons=verdict.reasons,
    )


def _compared(sentence: str, cited: Sequence[Citation], question: Question) -> tuple[str, Verdict]:
    quotes = " ".join(" ".join(citation.quote.split()) for citation in cited)
    days = {citation.document.published for citation in cited}
    published = days.pop() if len(days) == 1 else None
    return quotes, check_claim(sentence, quotes, question.text, published)


def _named_before(cited: Sequence[Citation], names: Sequence[str]) -> Citation | None:
    """Return the last sentence before quotes that has all of some names: "he" is of them."""
    document, end = cited[0].document, cited[0].start
    before = [span for span in split_sentences(document.text) if span.end <= end][-_BEFORE:]
    for span in reversed(before):
        if not missing_names(" ".join(map(str.title, names)), document.text[span.start : span.end]):
            number = max(citation.number for citation in cited) + 1
            return Citation(number, document, span.start, span.end)
    return None


def _check_sentence(sentence: str, quotes: str, verdict: Verdict) -> None:
    """Raise where a sentence says more than its quotes, or says it more surely."""
    if not _is_covered(verdict):
        reason = "; ".join(verdict.problems) or "it has words that are not in the quotes"
        raise RejectedError(reason, "Use only the words of the notes.")
    told = hedges(sentence)
    if lost := [f'"{word}"' for form, word in hedges(quotes).items() if form not in told]:
        raise RejectedError(f"it leaves out {', '.join(lost)}", f"Use {' and '.join(lost)}.")
    bounds = {(amount.value, amount.bound) for amount in amounts(quotes)}
    if any((amount.value, amount.bound) not in bounds for amount in amounts(sentence)):
        raise RejectedError("an amount is bound otherwise", "Use only the words of the notes.")


def _is_covered(verdict: Verdict) -> bool:
    return verdict.ok and verdict.coverage >= _LEAST_COVERAGE and verdict.new_coverage == 1


def _in_order(sentence: str, quotes: str, question: str) -> float:
    """Return the share of a sentence's words that stand in the order of its sources, 0 to 1.

    A sentence that answers begins as the question does and ends as the quotes do, or the reverse.
    """
    told, given, asked = (list(content_stems(text)) for text in (sentence, quotes, question))
    told = [word for word in told if word in given or word in asked]
    longest = max(_common(told, asked + given), _common(told, given + asked))
    return longest / len(told) if told else 0.0


def _common(one: Sequence[str], two: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(two) + 1)
    for word in one:
        before = 0
        for place, other in enumerate(two, start=1):
            before, row[place] = (
                row[place],
                (before + 1 if word == other else max(row[place], row[place - 1])),
            )
    return row[-1]


def _attribution(sentence: str, quotes: str, reader: Reader) -> str:
    """Return who is to be named before a sentence that the quotes tell as somebody's words.

    Empty where they do not, or where it names him itself.
    """
    this = _found("Who said this?", quotes, "", reader)
    that = _found(f"Who said that {sentence.rstrip('.')}?", quotes, "", reader)
    if this.score + that.score < _SAID:
        return ""
    speaker = content_stems(this.text).keys() | content_stems(that.text).keys()
    kept = _found("Who said this?", sentence, "", reader)
    if kept.score > _LEAST_SCORE and speaker & content_stems(kept.text).keys():
        return ""
    same = _bare(this.text) in _bare(that.text) or _bare(that.text) in _bare(this.text)
    sure = this.score + that.score >= _SURELY_SAID and same
    if not sure or open_pronouns(this.text):
        raise RejectedError(f"it leaves out who said so, perhaps {this.text}")
    return f"{this.text[:1].upper()}{this.text[1:]} said"


def _check_same(
    found: _Found, before: _Found, marked: str, quoted: str, question: Question
) -> None:
    """Raise where the reader finds another answer in what was written than in the quotes."""
    if found.score < min(_LEAST_SCORE, before.score):
        raise RejectedError(
            f"the reader finds no answer in it ({found.score:.1f})", "Write a full sentence."
        )
    same = any(_overlap(found.text, other, quoted) for other in (before.text, marked))
    if not same and question.several:
        stems = content_stems(found.text).keys()
        shared = stems & (content_stems(before.text).keys() | content_stems(marked).keys())
        same = len(shared) >= _SAME_WORDS * len(stems) > 0
    if not same:
        raise RejectedError(
            f"the reader finds {found.text!r} in it, not {before.text!r}", f'Use "{marked}".'
        )


def _overlap(found: str, other: str, quoted: str) -> bool:
    """Say whether the words of one answer stand in a row in the quotes and share some of another's.

    "A crocodile" and "the jaws of a crocodile" are one answer, "A, B, and C" and "A and B" are not.
    """
    one, two = _bare(found), _bare(other)
    within = f" {one} " in f" {_bare(quoted)} "
    return within and bool(one) and not set(one.split()).isdisjoint(two.split())


def _bare(text: str) -> str:
    """Return the folded words of a text, without those of no meaning at its edges."""
    found = words(text)
    while found and found[0] in FUNCTION_WORDS:
        found.pop(0)
    while found and found[-1] in FUNCTION_WORDS:
        found.pop()
    return " ".join(found)


def _found(asked: str, text: str, title: str, reader: Reader) -> _Found:
    (reading,) = reader.read(asked, [Passage(text, title)])
    if not reading.spans:
        return _Found("", NOTHING)
    best = reading.spans[0]
    return _Found(text[best.start : best.end], best.score)


def _marked(claim: Claim, answers: Sequence[str]) -> Claim:
    """Return a claim with the words that answer marked, where its last quote has them too."""
    last = claim.citations[-1]
    for words_found in answers:
        folded = re.escape(" ".join(words_found.split()))
        held = re.search(folded.replace(r"\ ", r"\s+"), last.quote) if folded else None
        at = re.search(rf"(?<!\w){folded}(?!\w)", claim.text)
        if held and at:
            start = last.start + held.start()
            answer = replace(last, start=start, end=last.start + held.end())
            return replace(claim, answer=answer, answer_at=at.start())
    return claim


def _renumbered(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return claims whose citations are counted from 1, now that some quotes may have gone."""
    numbers: dict[int, int] = {}
    for claim in claims:
        for citation in claim.citations:
            numbers.setdefault(citation.number, len(numbers) + 1)

    def anew(citation: Citation) -> Citation:
        return replace(citation, number=numbers[citation.number])

    return tuple(
        replace(
            claim,
            citations=tuple(map(anew, claim.citations)),
            answer=anew(claim.answer) if claim.answer else None,
        )
        for claim in claims
    )
