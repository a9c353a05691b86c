"""Finds the sentence that says why, after the one that says what happened.

Asked why somebody did not sign, the sentence that says that they did not sign holds every
word of the question and answers nothing; the one after it often does. English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.types import Evidence

__all__ = ["reason_after"]

_WHY = re.compile(r"\bwhy\b|\bhow come\b|\bfor (?:what|which) reasons?\b", re.IGNORECASE)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|on account of|as a result|in order to|"
    r"so (?:that|as)|in (?:response|protest|retaliation|revenge)|for fear|reasons?|caused|"
    r"prompted|led to|blamed?|amid|citing|over (?:the|its|his|her|their|concerns?|fears?)|"
    r"to (?!the\b|an?\b|its\b|his\b|her\b|their\b)[a-z]+ (?:the|an?|its|his|her|their)\b)",
    re.IGNORECASE,
)


def reason_after(question: str, note: Evidence, evidence: Sequence[Evidence]) -> Evidence | None:
    """Return the sentence to show after a note, where the question asks why and the note is mute.

    Args:
        question: as it was asked.
        note: the sentence that would be shown.
        evidence: sentences that were found, those around the note among them.
    """
    if not _WHY.search(question) or _REASON.search(note.text):
        return None
    after = [
        other
        for other in evidence
        if other.document.id == note.document.id and other.start >= note.end
    ]
    following = min(after, key=lambda other: other.start, default=None)
    if following is None or note.document.text[note.end : following.start].strip():
        return None
    # The note is shown before it: that is all it takes to be understood.
    return replace(following, context_start=following.start)
