"""What a follow-up may refer to: the previous question, its answer, and the articles cited.

Knows nothing of the follow-up itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.followup.mentions import TITLE, Kind, Mention, find_mentions, kind_of
from rag.types import Answer
from rag.words import FUNCTION_WORDS, content_stems

__all__ = ["AUXILIARY", "Context", "Thing", "lowered", "sentence"]

AUXILIARY = (
    "(?:did|do|does|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)"
)
_TEXT_SHOWN = 20_000
"""Characters of the cited articles that are read to learn what their names stand for."""
_LONGEST_CLAUSE = 30
"""Words of a claim that are taken over into a question."""
_DATELINE = re.compile(r"^[^\W\d_a-z][^a-z—–]{1,40}\s[—–-]\s+")
_DETERMINED = re.compile(r"\b(?:the|an?|this|that|these|those)\s+(\w)")
_PLAIN = re.compile(r"[a-zà-ÿ'’-]+")
_LONGEST_THING = 4
_LONGEST_SUBJECT = 8
"""Words."""
_WORD = re.compile(r"[\w'’-]+")
_DESCRIBES = re.compile(
    r"(?:\w+(?:est|ous|al|ive|ful|ary|ic|ish|ian)|new|old|first|second|third|last|next|big|great|"
    r"high|former|main|far|own|whole|free|joint|recent|worst|best)$"
)
_ORDINAL = frozenset("third fourth fifth last next other latter former one ones".split())


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a question is about: `question[start:end] == text`."""

    text: str
    start: int
    end: int
    kind: Kind | None = None
    """None for what has no name of its own: "the dam"."""

    @property
    def plural(self) -> bool:
        """Whether it looks like more than one; a name never does."""
        return self.kind is None and self.text.endswith("s") and not self.text.endswith("ss")


@dataclass(frozen=True, slots=True)
class Context:
    """The end of a conversation."""

    question: str
    """The previous question, as it was searched for."""
    claims: tuple[str, ...]
    """What was answered, without datelines."""
    texts: str
    """Question, claims, and cited articles: how they use names."""
    earlier: tuple[tuple[str, ...], ...] = ()
    """The claims of earlier answers, the latest first."""

    @classmethod
    def of(cls, history: Sequence[Answer]) -> Context:
        """Make it from a conversation, which must not be empty."""
        last = history[-1]
        question = last.searched or last.question
        claims = _claims(last)
        cited = {citation.document.id: citation.document for citation in last.citations}
        articles = "\n".join(f"{d.title}\n{d.text[:_TEXT_SHOWN]}" for d in cited.values())
        earlier = tuple(_claims(answer) for answer in reversed(history[:-1]))
        return cls(question, claims, "\n".join((question, *claims, articles)), earlier)

    def kind(self, name: str) -> Kind:
        """Return what a name stands for."""
        return kind_of(name, self.texts)

    def mentions(self, text: str) -> list[Mention]:
        """Return the names in a text."""
        return find_mentions(text, self.texts)

    def things(self) -> list[Thing]:
        """Return what the previous question is about, in order, but for people."""
        named = [
            Thing(self.question[m.outer_start : m.end], m.outer_start, m.end, kind)
            for m in self.mentions(self.question)
            if (kind := self.kind(m.name)) is not Kind.PERSON
        ]
        unnamed = self._unnamed()
        # "The US" is only a part of "the US government shutdown".
        apart = [n for n in named if not any(t.start <= n.start < t.end for t in unnamed)]
        return sorted([*apart, *unnamed], key=lambda thing: thing.start)

    def people(self) -> list[str]:
        """Return the people of the previous question, or else those of its answer.

        Whoever the answer gives the title that was asked for comes first.
        """
        found = self.mentions(self.question)
        of_question = [m.name for m in found if self.kind(m.name) is Kind.PERSON]
        if of_question:
            return of_question
        role = re.search(rf"\b{TITLE}", self.question, re.IGNORECASE)
        of_claims = sorted(
            (
                (
                    not (role and role.group().casefold() in claim[: m.start][-40:].casefold()),
                    m.name,
                )
                for claim in self.claims
                for m in self.mentions(claim)
                if self.kind(m.name) is Kind.PERSON
            ),
            key=lambda item: item[0],
        )
        # A name that no text explains is taken for a person's only where it has two words.
        unknown = [m.name for m in found if " " in m.name and self.kind(m.name) is Kind.UNKNOWN]
        return [name for _, name in of_claims] or unknown

    def claim(self) -> str | None:
        """Return the claim that answers the previous question best."""
        asked = content_stems(self.question).keys()
        shared = [len(asked & content_stems(claim).keys()) for claim in self.claims]
        return self.claims[shared.index(max(shared))] if shared else None

    def answering_name(self) -> str | None:
        """Return who or what a question such as "Which country severed relations?" asked for.

        That is what the claim has before the words of the question, "Paraguay" in "Paraguay
        severed relations"; or, where that is too much, the last name before them.
        """
        asked = re.match(r"(?:who|(?:which|what)\s+\w+)\s+(?!did\b)(.+)", self.question, re.I)
        best = self.claim()
        if asked is None or best is None:
            return None
        stems = content_stems(asked[1])
        said = next((m for m in _WORD.finditer(best) if _is_among(m.group(), stems)), None)
        if said is None:
            return None
        new = [m for m in self.mentions(best) if m.name not in self.question]
        before = [m for m in new if m.end <= said.start()]
        subject = best[: said.start()].partition(", ")[0].split()
        while subject and subject[-1].casefold() in FUNCTION_WORDS:
            subject.pop()
        told = " ".join(subject)
        if 0 < len(subject) <= _LONGEST_SUBJECT and any(m.name in told for m in before):
            return lowered(told, self.texts)
        return best[before[-1].outer_start : before[-1].end] if before else None

    def clause(self) -> str | None:
        """Return the claim that answers the previous question best, to go on after "that"."""
        best = self.claim()
        if best is None:
            return None
        words = re.sub(r"[.!?…\s]+([\"”’]?)$", r"\1", best).split()
        if len(words) > _LONGEST_CLAUSE:
            head = " ".join(words[:_LONGEST_CLAUSE])
            cut = max(head.rfind(", "), head.rfind("; "))
            words = (head[:cut] if cut > len(head) // 3 else head).split()
        return lowered(" ".join(words), self.texts).rstrip(",;")

    def _unnamed(self) -> list[Thing]:
        """Return "the dam" and "the US government shutdown", without what only follows them."""
        names = self.mentions(self.question)
        told = self.texts.casefold().replace(self.question.casefold(), "")
        found = []
        for match in _DETERMINED.finditer(self.question):
            start = match.start(1)
            name = next((m for m in names if m.start == start), None)
            run: list[str] = []
            tail = re.findall(r"[\w'’-]+|[^\w\s]", self.question[name.end if name else start :])
            for word in tail[:_LONGEST_THING]:
                if not _PLAIN.fullmatch(word) or word in FUNCTION_WORDS:
                    break
                run.append(word)
            following = tail[len(run) :]
            if re.search(r"\b(?:did|does|do)\s+$", self.question[: match.start()]) and (
                not following or following[0] in {*FUNCTION_WORDS, "?"}
            ):
                # "Where did the dam burst?": what comes last is what it did.
                run = run[: -1 if name or len(run) > 1 else None]
            if name:
                run = run if run and re.search(rf"\b{re.escape(' '.join(run))}\b", told) else []
            elif run:
                run = run[: _length(run, told)]
            text = " ".join((name.name, *run) if name else run)
            # The president is no "it".
            if run and run[0] not in _ORDINAL and not re.search(rf"\b{TITLE}", text, re.I):
                found.append(Thing(f"the {text}", match.start(), start + len(text)))
        return found


def _length(run: Sequence[str], told: str) -> int:
    """Return how many words of a run belong together: as many as the articles have in a row."""
    least = 2 if _DESCRIBES.match(run[0]) else 1
    for length in range(len(run), least, -1):
        if re.search(rf"\b{re.escape(' '.join(run[:length]))}\b", told):
            return length
    return least


def _is_among(word: str, stems: Collection[str]) -> bool:
    return any(part in stems for part in content_stems(word))


def lowered(text: str, texts: str = "") -> str:
    """Return a sentence so that it can go on after other words: a name keeps its capital."""
    first = text.split(" ", 1)[0].strip(",")
    named = any(mention.start == 0 for mention in find_mentions(text, texts))
    return text if named or first == "I" else text[:1].lower() + text[1:]


def sentence(text: str) -> str:
    """Return a question with its capital and its question mark."""
    text = " ".join(text.split()).rstrip(" ?.!,;")
    return f"{text[:1].upper()}{text[1:]}?"


def _claims(answer: Answer) -> tuple[str, ...]:
    return tuple(_DATELINE.sub("", claim.text) for claim in answer.claims)
