"""Runs a GGUF file in this process, repeatably to the bit.

Knows prompts, streaming, and turns; leaves the arithmetic to `rag.models.llama_native` and
the template to `rag.models.chat_template`. The likeliest token is always taken, so there is
nothing for a seed to decide.
"""

from __future__ import annotations

import codecs
import os
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index.errors import ModelError
from rag.language_model import Generation, Prompt
from rag.models.chat_template import CHATML, make_frame
from rag.models.llama_native import NativeModel

__all__ = ["LlamaCppModel", "physical_cores"]

_CONTEXT_TOKENS = 1280
"""Tokens of the template, a prompt, and its answer together."""
_MOST_KEPT = 4
_WORTH_KEEPING = 64
"""How many states are kept, and from how many fixed tokens on: fewer are read as quickly."""
_PATIENCE = 2.0
"""Seconds in which another thread may take over a stream that the asking thread has begun,
as happens where a pool of threads serves many streams."""


class LlamaCppModel:
    """A language model in a GGUF file, through llama.cpp.

    The fixed half of a prompt is read once. Before every question the model's state is
    cut back to exactly that half, so that the tenth question is computed in the same
    batches, and so with the same rounding, as the first.

    Threads take turns: a stream holds the model until it ends or is closed. To a thread
    that begins a second stream before it has ended its first, the second is an error.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        """Load a model.

        Args:
            path: A GGUF file.
            name: What to call it; None for the name that the file gives.

        Raises:
            ModelError: the file is damaged or has no usable chat template.
        """
        self._native = NativeModel(path, _CONTEXT_TOKENS, physical_cores())
        template = self._native.metadata("tokenizer.chat_template") or CHATML
        bos = self._native.special_text("bos")
        try:
            self._frame = make_frame(template, bos, self._native.special_text("eos"))
        except ValueError as error:
            self._native.close()
            raise ModelError(f"cannot use the model {path}: {error}") from error
        self._bos: list[int] = []
        if self._native.begins_with_bos and not (bos and self._frame.before.startswith(bos)):
            self._bos = self._native.tokenize(bos, special=True)
        self.name = name or self._native.metadata("general.name") or path.stem
        self._read: list[int] = []
        """The fixed tokens at the start of the model's state."""
        self._kept: dict[tuple[int, ...], tuple[int, bytes]] = {}
        """The model's state after fixed tokens, so that prompts can take turns."""
        self._turn = threading.Lock()
        self._reader: threading.Thread | None = None
        """Which thread was the last to take a piece from the stream that holds the model."""
        self._closed = False

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        """Yield pieces of text as they come, then one `Generation`.

        Closing the iterator stops the work.

        Raises:
            ModelError: the prompt is too long, the model failed or was closed, or this
                thread has not ended its stream before.
        """
        with self._holding(), closing(self._generate(prompt, max_tokens)) as events:
            for event in events:
                yield event
                self._reader = threading.current_thread()

    def close(self) -> None:
        """Free memory, as soon as a stream that is still open ends. Safe to call twice."""
        self._closed = True
        if self._turn.acquire(blocking=False):
            self._native.close()
            self._turn.release()

    @contextmanager
    def _holding(self) -> Iterator[None]:
        """Wait for the model and keep it while the block lasts.

        Raises:
            ModelError: it was closed, or this thread has a stream of it open.
        """
        while not self._turn.acquire(timeout=_PATIENCE):
            if self._reader is threading.current_thread():
                raise ModelError("an answer is still being read; finish or close it first")
        try:
            self._reader = threading.current_thread()
            if self._closed:
                raise ModelError("the model was closed; open it anew")
            yield
        finally:
            self._reader = None
            self._turn.release()
            if self._closed:
                self.close()

    def _generate(self, prompt: Prompt, max_tokens: int) -> Generator[str | Generation, None, None]:
        native = self._native
        fixed, variable = self._tokenize(prompt.fixed, prompt.variable)
        variable += native.tokenize(self._frame.after, special=True)
        length = len(fixed) + len(variable)
        room = native.context_tokens - length
        if room < 1:
            raise ModelError(
                f"the prompt has {length} tokens and the model holds {native.context_tokens}; "
                "ask a shorter question"
            )
        self._read_from(fixed, variable)
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        limit = min(max_tokens, room)
        written = 0
        truncated = True
        while written < limit:
            token = native.next_token()
            if native.is_end(token):
                truncated = False
                break
            written += 1
            # A character may be spread over several tokens.
            if piece := decoder.decode(native.piece(token)):
                yield piece
            if written < limit:
                native.read([token])
        if rest := decoder.decode(b"", final=True):
            yield rest
        yield Generation(length, written, truncated)

    def _read_from(self, fixed: list[int], variable: list[int]) -> None:
        """Read a prompt, its fixed half only if it is not what was read last."""
        if fixed != self._read or not self._native.forget(len(fixed)):
            self._read = []
            kept = self._kept.get(tuple(fixed))
            if kept is None or not self._native.restore(kept):
                self._native.forget(0)
                self._native.read(fixed)
                if len(self._kept) < _MOST_KEPT and len(fixed) >= _WORTH_KEEPING:
                    self._kept[tuple(fixed)] = self._native.snapshot()
        self._read = []  # stays empty if reading fails
        self._native.read(variable)
        self._read = fixed

    def _tokenize(self, fixed: str, variable: str) -> tuple[list[int], list[int]]:
        frame, tokenize = self._frame, self._native.tokenize
        return (
            [
                *self._bos,
                *tokenize(frame.before, special=True),
                *tokenize(fixed.strip(), special=False),
                *tokenize(frame.between, special=True),
            ],
            tokenize(variable.strip(), special=False),
        )


def physical_cores(
    cpuinfo: Path = Path("/proc/cpuinfo"), cpu_max: Path = Path("/sys/fs/cgroup/cpu.max")
) -> int:
    """Count the physical cores among the processors open to this process, at least 1.

    Two threads on one core share its arithmetic units, so a language model gains
    nothing from the second. A container's quota is a limit as well.

    Args:
        cpuinfo: Where Linux lists processors, see proc_cpuinfo(5).
        cpu_max: The quota of the control group, as "max 100000" or "200000 100000".
    """
    if hasattr(os, "sched_getaffinity"):
        allowed = os.sched_getaffinity(0)
    else:
        allowed = set(range(os.cpu_count() or 1))
    cores = set()
    for block in _read(cpuinfo).split("\n\n"):
        fields = {
            key.strip(): value.strip()
            for key, colon, value in (line.partition(":") for line in block.splitlines())
            if colon
        }
        if int(fields.get("processor", -1)) in allowed and "core id" in fields:
            cores.add((fields.get("physical id", "0"), fields["core id"]))
    count = len(cores) or len(allowed)
    quota, _, period = _read(cpu_max).strip().partition(" ")
    if quota.isdigit() and period.isdigit():
        count = min(count, -(-int(quota) // int(period)))
    return max(1, count)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
