"""The seam where a language model is plugged in: what it is given and what it must offer."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

__all__ = ["Generation", "JudgingModel", "LanguageModel", "Prompt", "given_back"]


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

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text, exactly or as an upper estimate."""

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        """Yield pieces of text as they come, then one `Generation`.

        Closing the iterator stops the work.

        Raises:
            ModelError: the model cannot be reached or failed.
        """

    def close(self) -> None:
        """Free memory. Safe to call twice."""


@runtime_checkable
class JudgingModel(LanguageModel, Protocol):
    """A language model that also tells how likely it is to answer yes.

    Cheaper than an answer, and finer: it takes one reading and no writing. A model that
    shows no probabilities need not offer it.
    """

    def judge(self, prompt: Prompt, endings: Sequence[str]) -> list[float]:
        """Return, for each ending of a prompt, the log odds of "Yes" against "No".

        Deterministic, and of each ending alone, whatever the others are.

        Args:
            prompt: what all of them begin with.
            endings: what follows it, each in a reading of its own.

        Raises:
            ModelError: the model cannot be reached or failed.
        """

    def read_ahead(self, fixed: str) -> None:
        """Read the fixed half of prompts to come, so that the first need not wait for it.

        Raises:
            ModelError: as `judge`.
        """


def given_back(stream: Iterator[str | Generation]) -> AbstractContextManager[object]:
    """Return what closes a model's stream on leaving the block.

    The model may be held until its stream is closed, so an answer given up closes it at once.
    """
    return closing(stream) if isinstance(stream, Generator) else nullcontext()
