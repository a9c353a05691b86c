"""Measures answers against questions whose answers are known: read, ask, score, report.

>>> from rag import Assistant  # doctest: +SKIP
>>> from rag.evaluation import evaluate, read_examples
>>> with Assistant.open() as assistant:
...     report = evaluate(assistant, read_examples("questions.csv").examples)
>>> report["contains"].value
0.71
"""

from rag.evaluation.questions import Example, ReadExamples, read_examples, sample
from rag.evaluation.report import FAULTS, Figure, Report, Result
from rag.evaluation.runner import Answerer, Evaluation, evaluate, score

__all__ = [
    "FAULTS",
    "Answerer",
    "Evaluation",
    "Example",
    "Figure",
    "ReadExamples",
    "Report",
    "Result",
    "evaluate",
    "read_examples",
    "sample",
    "score",
]
