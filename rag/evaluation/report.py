"""What was measured: one result a question, and the figures over all of them.

Knows nothing of how an answer was made, and of no layout.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from rag.evaluation.questions import Example
from rag.types import Answer

__all__ = ["FAULTS", "Fault", "Figure", "Report", "Result"]

Fault = Literal["unsupported", "invented", "refused", "lacking", "elsewhere", "beside"]
FAULTS: dict[Fault, str] = {
    "unsupported": "a claim that its quotes do not support",
    "invented": "answered, though the articles do not say",
    "refused": "refused, though the articles say it",
    "lacking": "the expected answer is not in it",
    "elsewhere": "does not cite the article that holds the answer",
    "beside": "no quote of it holds the expected answer",
}
"""What can be wrong with an answer, the worst first."""


@dataclass(frozen=True, slots=True)
class Result:
    """One question, its answer, and the scores; None where no gold says what is right."""

    example: Example
    answer: Answer
    seconds: float
    contains: bool | None
    """Whether the answer holds a gold answer; a refusal does not."""
    token_f1: float | None
    """Shared words of the answer and the gold answer, 0 to 1; 0 for a refusal."""
    cites_document: bool | None
    """Whether a citation is of a gold article; None for a refusal too."""
    cites_gold: bool | None
    """Whether a quote overlaps the gold span or holds the gold answer; None for a refusal too."""
    supported: tuple[bool, ...]
    """For each claim, whether its quotes support it."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the answer, the worst first."""
        found: dict[Fault, bool] = {
            "unsupported": not all(self.supported),
            "invented": self.example.answerable is False and not self.answer.refused,
            "refused": self.example.answerable is True and self.answer.refused,
            "lacking": self.contains is False and not self.answer.refused,
            "elsewhere": self.cites_document is False,
            "beside": self.cites_gold is False and self.cites_document is not False,
        }
        return tuple(fault for fault in FAULTS if found[fault])

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON types; the format is described in docs/json.md."""
        return {
            "line": self.example.line,
            "question": self.example.question,
            "answers": list(self.example.answers),
            "documents": list(self.example.documents),
            "answerable": self.example.answerable,
            "faults": list(self.faults),
            "contains": self.contains,
            "token_f1": None if self.token_f1 is None else round(self.token_f1, 3),
            "cites_document": self.cites_document,
            "cites_gold": self.cites_gold,
            "supported": list(self.supported),
            "seconds": round(self.seconds, 3),
            "answer": self.answer.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """One number over all results."""

    name: str
    label: str
    value: float | None
    """None where it cannot be told for want of gold or of answers."""
    of: int
    """How many questions (claims, for `citation_precision`) it is taken over."""
    unit: Literal["share", "words", "s"] = "share"

    def __str__(self) -> str:
        """Return the value as it is printed: `.71`, `24`, `2.6 s`, or a dash."""
        if self.value is None:
            return "–"
        if self.unit == "share":
            return f"{self.value:.2f}".removeprefix("0")
        return f"{self.value:.0f}" if self.unit == "words" else f"{self.value:.1f} s"


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one run."""

    results: tuple[Result, ...]
    planned: int
    """How many questions there were to ask; more than there are results if it was stopped."""
    unknown: tuple[tuple[int, str], ...] = ()
    """Line and name of each article that is not in the library; its citations are not scored."""

    def __getitem__(self, name: str) -> Figure:
        """Return a figure by its name."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)

    @property
    def worst_first(self) -> tuple[Result, ...]:
        """The results, those with the worst faults first; otherwise as they were asked."""
        order = list(FAULTS)

        def rank(result: Result) -> tuple[int, int]:
            faults = result.faults
            return (order.index(faults[0]), -len(faults)) if faults else (len(order), 0)

        return tuple(sorted(self.results, key=rank))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure, also those that cannot be told."""
        results = self.results
        shown = [result for result in results if not result.answer.refused]
        judged = [result for result in results if result.example.answerable is not None]
        refused = [result.answer.refused for result in judged]
        unanswerable = [not result.example.answerable for result in judged]
        claims = [ok for result in shown for ok in result.supported]
        recall = _pick(refused, unanswerable)
        precision = _pick(unanswerable, refused)
        false = _pick(refused, [not each for each in unanswerable])
        seconds = [result.seconds for result in results]
        return (
            _mean("contains", "contains the answer", (r.contains for r in results)),
            _mean("token_f1", "token F1", (r.token_f1 for r in results)),
            _mean("document_hits", "cites the article", (r.cites_document for r in shown)),
            _mean("gold_hits", "cites the answer in it", (r.cites_gold for r in shown)),
            _mean("citation_precision", "claims their quotes support", claims),
            _mean("refusal_recall", "refused of the unanswerable", recall),
            _mean("refusal_precision", "unanswerable of the refused", precision),
            Figure("refusal_f1", "refusal F1", _f1(precision, recall), len(judged)),
            _mean("false_refusals", "refused of the answerable", false),
            _mean("refused", "refused of all", (r.answer.refused for r in results)),
            Figure(
                "words",
                "words an answer (median)",
                statistics.median(len(r.answer.text.split()) for r in shown) if shown else None,
                len(shown),
                "words",
            ),
            Figure(
                "seconds_median",
                "time an answer (median)",
                statistics.median(seconds) if seconds else None,
                len(seconds),
                "s",
            ),
            Figure(
                "seconds_p90",
                "time an answer (90th percentile)",
                float(np.quantile(seconds, 0.9, method="inverted_cdf")) if seconds else None,
                len(seconds),
                "s",
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON types; the format is described in docs/json.md."""
        return {
            "planned": self.planned,
            "asked": len(self.results),
            "figures": {
                figure.name: {
                    "value": None if figure.value is None else round(figure.value, 4),
                    "of": figure.of,
                }
                for figure in self.figures
            },
            "unknown_documents": [{"line": line, "name": name} for line, name in self.unknown],
            "results": [result.to_json() for result in self.worst_first],
        }


def _mean(name: str, label: str, values: Iterable[float | None]) -> Figure:
    known = [value for value in values if value is not None]
    return Figure(name, label, sum(known) / len(known) if known else None, len(known))


def _pick(values: Sequence[bool], where: Sequence[bool]) -> list[bool]:
    return [value for value, wanted in zip(values, where) if wanted]


def _f1(precision: Sequence[bool], recall: Sequence[bool]) -> float | None:
    """Return F1 of the class of unanswerable questions; None where there is none to find."""
    if not recall:
        return None
    # True positives are the same in both.
    return 2 * sum(recall) / (len(precision) + len(recall))
