"""Byline's own reader: question and title and passage through the encoder, spans out.

On a processor each window is read by itself: a window is work enough for it, and what it gets
cannot depend on what is read beside it. On a GPU windows are read together, by length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from index.embed.layers import Design, Layers, torch_is_quicker
from index.embed.numpy_layers import NumpyLayers
from index.embed.weights import Weight
from index.errors import ModelError
from rag.reader.encoder import Encoder, MakeLayers, Shape
from rag.reader.reading import Passage, Reading, SpanScore
from rag.reader.weights import check_files, mend, read_config, read_manifest, read_tensors
from rag.reader.windows import LONGEST, Window, best_spans, merged, windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TrainedReader"]

_TOGETHER = 8192
"""Tokens that a GPU reads at once."""


def _quickest(weights: Mapping[str, Weight], design: Design) -> Layers:
    if not torch_is_quicker():
        return NumpyLayers(weights, design)
    from index.embed.torch_layers import TorchLayers, chosen_device, chosen_dtype

    device = chosen_device()
    return TorchLayers(weights, design, device=device, dtype=chosen_dtype(device))


class TrainedReader:
    """A reader as `rag.reader.reading` describes one. Threads may share it."""

    def __init__(self, folder: Path, make_layers: MakeLayers = _quickest) -> None:
        """Check the files of a folder, and load it.

        Args:
            folder: with `reader.json`, `config.json`, `tokenizer.json`, and the weights.
            make_layers: chooses what computes.

        Raises:
            ModelError: a file is missing or damaged.
        """
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        self.name = manifest.name
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            # An article that writes "</s>" writes four characters, and does not end the passage.
            self._tokenizer.encode_special_tokens = True
            weights = read_tensors(folder, manifest)
            self._encoder = Encoder(Shape.of(read_config(folder)), weights, make_layers)
            if self._encoder.most_tokens < LONGEST:
                raise ModelError(
                    f"the reader in {folder} takes {self._encoder.most_tokens} tokens, and "
                    f"{LONGEST} are needed; {mend(folder)}"
                )
            # Every tensor is used once, so that one that does not fit is found here.
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

    def _scores(
        self, cut: Sequence[Window]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32], float]]:
        """Return of each window the scores of its tokens as starts and ends, and of itself."""
        layers = self._encoder.layers
        batches = _batches(cut) if layers.on_gpu else [[n] for n in range(len(cut))]
        found = {}
        for batch, (starts, ends, answers) in zip(
            batches, layers.each(lambda batch: self._encoder(self._ids(cut, batch)), batches)
        ):
            for row, n in enumerate(batch):
                found[n] = starts[row], ends[row], float(answers[row])
        return [found[n] for n in range(len(cut))]

    def _ids(self, cut: Sequence[Window], batch: Sequence[int]) -> NDArray[np.int64]:
        """Return the tokens of some windows, filled up to the length of the longest."""
        width = max(len(cut[n].ids) for n in batch)
        pad = self._encoder.shape.pad_token_id
        return np.array([[*cut[n].ids, *[pad] * (width - len(cut[n].ids))] for n in batch])


def _batches(cut: Sequence[Window]) -> list[list[int]]:
    """Return the numbers of the windows, those of like length together."""
    batches: list[list[int]] = []
    for n in sorted(range(len(cut)), key=lambda n: len(cut[n].ids)):
        if batches and (len(batches[-1]) + 1) * len(cut[n].ids) <= _TOGETHER:
            batches[-1].append(n)
        else:
            batches.append([n])
    return batches
