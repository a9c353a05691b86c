"""Byline's own reader: question and title and passage through the encoder, spans out.

On a processor each window is read by itself, on all cores: a window is work enough for them,
and what it gets cannot depend on what is read beside it. On a GPU windows are read together,
by length.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from tokenizers import Tokenizer

from index.errors import ModelError
from rag.reader.encoder import Encoder, Shape
from rag.reader.reading import Passage, Reading, SpanScore
from rag.reader.spans import best_spans, merged
from rag.reader.weights import check_files, mend, read_config, read_manifest, read_tensors
from rag.reader.windows import LONGEST, Window, windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TrainedReader", "chosen_device", "chosen_dtype"]

_TOGETHER = 8192
"""Tokens that a GPU reads at once."""


def chosen_device() -> torch.device:
    """Return the GPU where torch sees one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def chosen_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 where the hardware has it.

    A processor that only emulates it takes five times as long with it as with 32 bits.
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    able = torch.cpu.get_capabilities()
    has = able.get("avx512_bf16") or able.get("amx_bf16")
    return torch.bfloat16 if has else torch.float32


class TrainedReader:
    """A reader as `rag.reader.reading` describes one. Threads may share it."""

    def __init__(
        self,
        folder: Path,
        *,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        """Check the files of a folder, and load it.

        Args:
            folder: with `reader.json`, `config.json`, `tokenizer.json`, and the weights.
            device: where to read; None for the GPU where there is one.
            dtype: of the arithmetic; None for what is quick there.

        Raises:
            ModelError: a file is missing or damaged.
        """
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        self.name = manifest.name
        self._device = device or chosen_device()
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            # An article that writes "</s>" writes four characters, and does not end the passage.
            self._tokenizer.encode_special_tokens = True
            weights = read_tensors(folder, manifest, dtype or chosen_dtype(self._device))
            placed = {name: tensor.to(self._device) for name, tensor in weights.items()}
            self._encoder = Encoder(Shape.of(read_config(folder)), placed)
            if self._encoder.most_tokens < LONGEST:
                raise ModelError(
                    f"the reader in {folder} takes {self._encoder.most_tokens} tokens, and "
                    f"{LONGEST} are needed; {mend(folder)}"
                )
            # Every tensor is used once, so that one that is missing is found here.
            self._scores(list(windows(self._tokenizer, "who?", Passage("somebody"))))
        except ModelError:
            raise
        # The libraries let through whatever a broken file makes their parts raise.
        except Exception as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(
                f"cannot load the reader in {folder}: {reason}; {mend(folder)}"
            ) from error

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return a reading of each passage, in their order; see `Reader.read`."""
        cut = [
            (n, w) for n, p in enumerate(passages) for w in windows(self._tokenizer, question, p)
        ]
        scored = self._scores([window for _, window in cut])
        found: list[list[SpanScore]] = [[] for _ in passages]
        for (number, window), (starts, ends, answers) in zip(cut, scored):
            span = slice(window.first, window.first + len(window.offsets))
            none = float(starts[0] + ends[0])
            found[number] += best_spans(
                passages[number], starts[span], ends[span], window.offsets, none, answers
            )
        return [merged(spans) for spans in found]

    @torch.inference_mode()
    def _scores(
        self, cut: Sequence[Window]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32], float]]:
        """Return of each window the scores of its tokens as starts and ends, and of itself."""
        alone = self._device.type == "cpu"
        found = {}
        for batch in [[n] for n in range(len(cut))] if alone else _batches(cut):
            width = max(len(cut[n].ids) for n in batch)
            pad = self._encoder.shape.pad_token_id
            rows = [[*cut[n].ids, *[pad] * (width - len(cut[n].ids))] for n in batch]
            starts, ends, answers = self._encoder(torch.tensor(rows, device=self._device))
            for row, n in enumerate(batch):
                values = starts[row].cpu().numpy(), ends[row].cpu().numpy()
                found[n] = (*values, float(answers[row]))
        return [found[n] for n in range(len(cut))]


def _batches(cut: Sequence[Window]) -> list[list[int]]:
    """Return the numbers of the windows, those of like length together."""
    batches: list[list[int]] = []
    for n in sorted(range(len(cut)), key=lambda n: len(cut[n].ids)):
        if batches and (len(batches[-1]) + 1) * len(cut[n].ids) <= _TOGETHER:
            batches[-1].append(n)
        else:
            batches.append([n])
    return batches
