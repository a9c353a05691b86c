"""The value in a sentence that a question asks for, so that two sentences can be compared.

A sentence often holds several figures, dates, and names: only the one that
belongs to what is asked about is its value. Where that is not plain there is
none, so that nothing is ever set against a figure that measures another thing.
"""

from __future__ import annotations

from rag.answer_kind import AnswerKind
from rag.values.amounts import Amount, read_amount, read_duration
from rag.values.days import Day, read_day
from rag.values.doers import Doer, asks_whom_to_blame, read_blamed, read_doer

__all__ = ["Amount", "Day", "Doer", "Value", "read_value"]

Value = Amount | Day | Doer


def read_value(question: str, kind: AnswerKind, sentence: str) -> Value | None:
    """Return the value in a sentence that a question asks for; None where it is not plain."""
    if asks_whom_to_blame(question):
        return read_blamed(sentence)
    if kind is AnswerKind.NUMBER:
        return read_amount(question, sentence)
    if kind is AnswerKind.DURATION:
        return read_duration(question, sentence)
    if kind is AnswerKind.DATE:
        return read_day(question, sentence)
    if kind is AnswerKind.NAME:
        return read_doer(question, sentence)
    return None
