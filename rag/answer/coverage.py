"""Says what a refusal is worth: what was looked at, and what could not be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from index.store import Store
from rag.types import Answer

__all__ = ["accounted"]


def accounted(refused: Answer, store: Store) -> Answer:
    """Return a refusal with what its filter left to be searched, and what could not be read.

    Args:
        refused: the answer that is none.
        store: where was looked.
    """
    languages = store.languages(refused.filter)
    others: Counter[str] = Counter()
    for tag, count in languages.items():
        language = tag.partition("-")[0].casefold()
        if language not in ("", "en"):
            others[language] += count
    coverage = replace(
        refused.coverage,
        articles=sum(languages.values()),
        filter=refused.filter,
        unread_files=store.count_unread(),
        languages=tuple(others.most_common()),
    )
    return replace(refused, coverage=coverage)
