"""The seam where a language model is plugged in: what it is given and what it must offer."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Generation", "LanguageModel", "Prompt", "given_back"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model reads: `fixed` is the same for every question, `variable` is not.

    Kept apart so that a model reads the fixed part once and keeps its state.
    """

    fixed: str
    variable: str


@dataclass(frozen=True, slots=True)
class Generation:
    """What one generation cost; a stream ends with it."""

    prompt_tokens: int
    completion_tokens: int
    truncated: bool
    """Whether it ended at the token limit and not of itself."""


class LanguageModel(Protocol):
    """Continues a prompt, deterministically: same prompt, same text."""

    @property
    def name(self) -> str:
        """How to name the model to a person."""

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        """Yield pieces of text as they come, then one `Generation`.

        Closing the iterator stops the work.

        Raises:
            ModelError: the model cannot be reached or failed.
        """

    def close(self) -> None:
        """Free memory. Safe to call twice."""


def given_back(stream: Iterator[object]) -> AbstractContextManager[object]:
    """Return what closes a stream, if it can be closed, on leaving the block.

    The model may be held until its stream is closed, so an answer given up closes it at once.
    """
    return closing(stream) if isinstance(stream, Generator) else nullcontext()
