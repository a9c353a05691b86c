"""Says whether what the language model wrote may stand for the quotes that it was written from.

Each sentence must pass the checks of claims, in the words of its quotes and as sure as they are;
what they tell as somebody's words must stay told as his; and the reader, asked the same question
over what was written, must find what it found in the quotes. Knows nothing of models.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.text.sentences import split_sentences
from rag.answer.check import Verdict, check_claim
from rag.answer.references import open_pronouns
from rag.answer.wording import (
    RejectedError,
    bare,
    check_embedded,
    check_order,
    check_shortened,
    check_sureness,
    overlap,
    plain,
)
from rag.english.names import missing_names
from rag.english.vocabulary import content_stems
from rag.reader import NOTHING, Passage, Reader
from rag.types import Answer, Citation, Claim, Question

__all__ = ["Acceptance", "RejectedError"]

_MOST_SENTENCES = 3
_LEAST_SCORE = 0.0
"""What the reader must give what was written, unless it gives the quotes less."""
_LEAST_SCORE_BEFORE, _LEAST_TO_SHORTEN = -2.0, 3.0
"""What the reader must give the quotes alone: where it finds the answer only with what stands
around them, the model cannot; and to shorten them, it must be clear what matters."""
_SAID, _SURELY_SAID = 0.0, 10.0
"""Sum of the reader's scores for who said this, and who said that it is so, from which a quote is
taken to tell somebody's words, and from which the reader is trusted to know whose."""
_SAME_WORDS = 0.5
"""Share of the words found in what was written that must be those found in the quotes, where
more than a span is asked for."""
_SAID_BY = "said|says|told|tells|according to|stated|added|claimed|reported"
_SAYS = re.compile(rf"\b(?:{_SAID_BY}|saying)\b")
_WHOLE = "Write a full sentence."
_BEFORE = 3
"""Sentences before a quote that may be quoted too, for a name that a sentence has from them."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The words that the reader takes for the answer."""

    text: str
    score: float


class Acceptance:
    """What is needed to judge any writing of one answer."""

    def __init__(self, answer: Answer, question: Question, reader: Reader) -> None:
        """Read the quotes alone.

        Args:
            answer: in the words of its quotes.
            question: what it answers.
            reader: what found it.

        Raises:
            ModelError: the reader failed.
        """
        self._question, self._reader = question, reader
        count = len(answer.claims) if question.several else 1
        self.told_from, self._rest = answer.claims[:count], answer.claims[count:]
        """What is put into words; a second answer to a question for a fact stays as it is."""
        self.quoted = " ".join(claim.text for claim in self.told_from)
        self.marked = next((claim.answer.quote for claim in self.told_from if claim.answer), "")
        """The words that answer."""
        self._title = self.told_from[0].citations[-1].document.title
        self._before = self._found(question.asked, self.quoted, self._title)

    @property
    def kept(self) -> tuple[str, ...]:
        """What any writing should keep: words of the question in the quotes, and the answer."""
        asked = content_stems(self._question.text).keys()
        start = self.quoted.find(" ".join(self.marked.split()))
        end = start + len(self.marked) if start >= 0 else start
        phrases: list[list[str]] = [[]]
        between: list[str] = []  # Words without meaning join what stands around them.
        for token in re.finditer(r"\S+", self.quoted):
            stems = content_stems(token.group()).keys()
            if stems & asked or (token.start() < end and start < token.end()):
                phrases[-1] += [*between, token.group()] if phrases[-1] else [token.group()]
                between = []
            elif stems:
                phrases.append([])
                between = []
            else:
                between.append(token.group())
        told = (" ".join(phrase).strip(',.;:()"“”') for phrase in phrases if phrase)
        return tuple(dict.fromkeys(told))

    @property
    def possible(self) -> bool:
        """Whether the quotes alone give the answer, so that something written from them can."""
        same = not self.marked or overlap(self._before.text, self.marked, self.quoted)
        # Where a quotation only begins or ends, somebody speaks who may not be named.
        whole = self.quoted.count('"') % 2 == 0 and self.quoted.count("“") == self.quoted.count("”")
        return self._before.score >= _LEAST_SCORE_BEFORE and same and whole

    @property
    def shortenable(self) -> bool:
        """Whether it is clear enough what a shortened text must keep."""
        return self._before.score >= _LEAST_TO_SHORTEN

    def claims(self, written: str, *, shortened: bool = False) -> tuple[Claim, ...]:
        """Return the claims of the answer in the words that were written.

        Args:
            written: as the model wrote it.
            shortened: whether the model was asked to shorten the quotes.

        Raises:
            RejectedError: they may not stand.
            ModelError: the reader failed.
        """
        # The model writes "U. S.", and begins with a verdict of its own.
        written = re.sub(r"\b([A-Z]\.) (?=[A-Z]\.)", r"\1", " ".join(written.split()))
        written = re.sub(r"^(?:Yes|No), (.)", lambda match: match[1].upper(), written)
        sentences = [written[span.start : span.end] for span in split_sentences(written)]
        whole = written.endswith((".", ".”", '."')) and all(map(content_stems, sentences))
        if not whole or not 0 < len(sentences) <= _MOST_SENTENCES:
            raise RejectedError("it is not one to three whole sentences", _WHOLE)
        for one, other in itertools.pairwise(self.kept):
            # Side by side, two things may seem to belong together that do not.
            told, seam = bare(f"{one} {other}"), plain(f"{one.split()[-1]} {other.split()[0]}")
            sources = (self.quoted, self._question.text)
            if told in bare(written) and not any(seam in plain(source) for source in sources):
                raise RejectedError(f"it joins {one!r} and {other!r}")
        if shortened:
            check_shortened(written, self.quoted)
        claims = [self._claim(sentence) for sentence in sentences]
        found = self._found(
            self._question.asked, " ".join(claim.told for claim in claims), self._title
        )
        self._check_same(found)
        for claim in claims:
            quotes = " ".join(citation.quote for citation in claim.citations)
            check_order(claim.text, quotes, self._question.text)
        claims = [_marked(claim, (self.marked, found.text)) for claim in claims]
        return _renumbered([*claims, *self._rest])

    def _claim(self, sentence: str) -> Claim:
        """Return the claim that a sentence is, with the quotes that support it."""
        asked = self._question.text
        cited = tuple(dict.fromkeys(c for claim in self.told_from for c in claim.citations))
        for chosen in (*(claim.citations for claim in self.told_from), cited):
            quotes, verdict = _compared(sentence, chosen)
            if verdict.ok:
                break
        told_in = quotes
        if verdict.missing_names and (named := _named_before(cited, verdict.missing_names)):
            chosen = (named, *cited)
            quotes, verdict = _compared(sentence, chosen)
        check_sureness(sentence, quotes, asked)
        if not verdict.ok:
            raise RejectedError("; ".join(verdict.problems))
        said = "" if verdict.verbatim else self._attribution(sentence, told_in)
        if not said:
            check_embedded(sentence, quotes)
        return Claim(
            sentence,
            chosen,
            verbatim=verdict.verbatim and len(chosen) == 1,
            attribution=said,
            reasons=verdict.reasons,
        )

    def _attribution(self, sentence: str, quotes: str) -> str:
        """Return who is to be named before a sentence that the quotes tell as somebody's words.

        Empty where they do not, or where it names him itself.
        """
        this = self._found("Who said this?", quotes)
        that = self._found(f"Who said that {sentence.rstrip('.')}?", quotes)
        score = this.score + that.score
        same = plain(this.text) in plain(that.text) or plain(that.text) in plain(this.text)
        surely = score >= _SURELY_SAID and same
        if not _SAYS.search(quotes):
            if surely:
                raise RejectedError(f"it leaves out whose it is, perhaps {this.text}'s")
            return ""
        if score < _SAID:
            return ""
        if _SAYS.search(sentence):
            kept = self._found("Who said this?", sentence)
            if not plain(kept.text) or plain(kept.text) not in plain(f"{this.text} {that.text}"):
                raise RejectedError(f"it says that {kept.text} said so, not {this.text}")
            return ""
        speaker = re.escape(this.text)
        beside = rf"{speaker},? (?:{_SAID_BY})|(?:{_SAID_BY})(?: \w+){{0,3}} {speaker}"
        if open_pronouns(this.text) or not (surely or re.search(beside, quotes)):
            raise RejectedError(f"it leaves out who said so, perhaps {this.text}")
        return f"{this.text[:1].upper()}{this.text[1:]} said"

    def _check_same(self, found: _Found) -> None:
        """Raise where the reader finds another answer in what was written than in the quotes."""
        if found.score < min(_LEAST_SCORE, self._before.score):
            raise RejectedError(f"the reader finds no answer in it ({found.score:.1f})", _WHOLE)
        before = (self._before.text, self.marked)
        same = any(overlap(found.text, other, self.quoted) for other in before)
        if not same and self._question.several:
            stems = content_stems(found.text).keys()
            shared = stems & content_stems(" ".join(before)).keys()
            same = len(shared) >= _SAME_WORDS * len(stems) > 0
        if not same:
            reason = f"the reader finds {found.text!r} in it, not {before[0]!r}"
            raise RejectedError(reason, f'Use "{self.marked}".' if self.marked else "")

    def _found(self, asked: str, text: str, title: str = "") -> _Found:
        (reading,) = self._reader.read(asked, [Passage(text, title)])
        if not reading.spans:
            return _Found("", NOTHING)
        best = reading.spans[0]
        return _Found(text[best.start : best.end], best.score)


def _compared(sentence: str, cited: Sequence[Citation]) -> tuple[str, Verdict]:
    """Return the quotes as one text, and what the checks of claims say of a sentence beside it."""
    quotes = " ".join(" ".join(citation.quote.split()) for citation in cited)
    days = {citation.document.published for citation in cited}
    published = days.pop() if len(days) == 1 else None
    return quotes, check_claim(sentence, quotes, published)


def _named_before(cited: Sequence[Citation], names: Sequence[str]) -> Citation | None:
    """Return the last sentence before quotes that has all of some names: "he" is of them."""
    document, end = cited[0].document, cited[0].start
    before = [span for span in split_sentences(document.text) if span.end <= end][-_BEFORE:]
    for span in reversed(before):
        if not missing_names(" ".join(map(str.title, names)), document.text[span.start : span.end]):
            number = max(citation.number for citation in cited) + 1
            return Citation(number, document, span.start, span.end)
    return None


def _marked(claim: Claim, answers: Sequence[str]) -> Claim:
    """Return a claim with the words that answer marked, where its last quote has them too."""
    last = claim.citations[-1]
    for answer in answers:
        folded = re.escape(" ".join(answer.split()))
        held = re.search(folded.replace(r"\ ", r"\s+"), last.quote) if folded else None
        at = re.search(rf"(?<!\w){folded}(?!\w)", claim.text)
        if held and at:
            start, end = last.start + held.start(), last.start + held.end()
            return replace(claim, answer=replace(last, start=start, end=end), answer_at=at.start())
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
