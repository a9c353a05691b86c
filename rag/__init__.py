"""Byline: answers over a person's own articles, each claim tied to an exact, checked span.

Names are imported when they are first used, so that `ask --help` does not pay
for them, and neither does a program that needs only one.
"""

from __future__ import annotations

TYPE_CHECKING = False  # Known to type checkers; importing `typing` would cost 3 ms.
if TYPE_CHECKING:
    from index.errors import (
        BylineError,
        DamagedError,
        FullDiskError,
        LibraryError,
        LockedError,
        MismatchError,
        ModelError,
        NotFoundError,
        QuestionError,
        ReadError,
    )
    from index.types import Document, Filter
    from rag.assistant import AddResult, Assistant
    from rag.settings import Settings
    from rag.types import Answer, Citation, Claim, Delta, Stage, Timing

__all__ = [
    "AddResult",
    "Answer",
    "Assistant",
    "BylineError",
    "Citation",
    "Claim",
    "DamagedError",
    "Delta",
    "Document",
    "Filter",
    "FullDiskError",
    "LibraryError",
    "LockedError",
    "MismatchError",
    "ModelError",
    "NotFoundError",
    "QuestionError",
    "ReadError",
    "Settings",
    "Stage",
    "Timing",
]

_HOME_OF = {
    "AddResult": "rag.assistant",
    "Answer": "rag.types",
    "Assistant": "rag.assistant",
    "Citation": "rag.types",
    "Claim": "rag.types",
    "Delta": "rag.types",
    "Document": "index.types",
    "Filter": "index.types",
    "Settings": "rag.settings",
    "Stage": "rag.types",
    "Timing": "rag.types",
}


def __getattr__(name: str) -> object:
    """Import an exported name from the module that holds it (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME_OF.get(name, "index.errors")), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
