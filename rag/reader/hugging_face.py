"""A reader from a folder of a Hugging Face question-answering model with SQuAD 2.0 heads.

Such a model gives start and end of the answer; its first token stands for "no answer", and
there is no head that says whether the passage answers: z is half of span less no answer. Slower
to load than Byline's own, since transformers is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from index.errors import ModelError
from rag.reader.reading import Passage, Reading, SpanScore
from rag.reader.weights import mend
from rag.reader.windows import LONGEST, MOST_QUESTION, OVERLAP, best_spans, merged

__all__ = ["HuggingFaceReader"]


class HuggingFaceReader:
    """A reader as `rag.reader.reading` describes one. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Load a folder, offline and from safe formats only.

        Raises:
            ModelError: it cannot be loaded, answers no questions, or gives no offsets.
        """
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        from index.embed.torch_layers import chosen_device

        self.name = folder.name
        self._device = chosen_device()
        local = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(str(folder), use_fast=True, **local)
            self._model, told = AutoModelForQuestionAnswering.from_pretrained(
                str(folder),
                use_safetensors=True,
                dtype=torch.float32,
                output_loading_info=True,
                **local,
            )
        # The library lets through whatever a broken folder makes its parts raise.
        except Exception as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(
                f"cannot load the reader in {folder}: {reason}; {mend(folder)}"
            ) from error
        # transformers would fill them with random numbers, and only warn.
        if told["missing_keys"]:
            raise ModelError(f"the model in {folder} answers no questions; {mend(folder)}")
        if not self._tokenizer.is_fast or self._tokenizer.cls_token_id is None:
            raise ModelError(
                f"the tokenizer in {folder} gives no offsets or has no token for no answer; "
                f"{mend(folder)}"
            )
        # What an article writes like a special token is text; see `rag.reader.trained`.
        self._tokenizer.backend_tokenizer.encode_special_tokens = True
        places = getattr(self._model.config, "max_position_embeddings", LONGEST)
        # RoBERTa's kind counts its positions from 2.
        self._longest = min(LONGEST, places - 2)
        self._model.eval().to(self._device)

    @torch.inference_mode()
    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return a reading of each passage, in their order; see `Reader.read`."""
        return [merged(self._spans(question, passage)) for passage in passages]

    def _spans(self, question: str, passage: Passage) -> Iterator[SpanScore]:
        lead = len(passage.title) + 1 if passage.title else 0
        told = f"{passage.title}\n{passage.text}" if passage.title else passage.text
        asked = self._tokenizer(question, add_special_tokens=False, return_offsets_mapping=True)
        heard = asked["offset_mapping"][: min(MOST_QUESTION, self._longest // 3)]
        cut = self._tokenizer(
            question[: heard[-1][1]] if heard else "",
            told,
            truncation="only_second",
            max_length=self._longest,
            stride=min(OVERLAP, self._longest // 4),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_tensors=None,
        )
        for n, ids in enumerate(cut["input_ids"]):
            rows = {
                name: torch.tensor([cut[name][n]], device=self._device)
                for name in self._tokenizer.model_input_names
            }
            found = self._model(**rows)
            starts, ends = (
                s[0].float().cpu().numpy() for s in (found.start_logits, found.end_logits)
            )
            # Tokens of the passage itself, and not of the question or the title.
            inside = [
                i
                for i, (part, (start, end)) in enumerate(
                    zip(cut.sequence_ids(n), cut["offset_mapping"][n])
                )
                if part == 1 and lead <= start < end
            ]
            offsets = [tuple(o - lead for o in cut["offset_mapping"][n][i]) for i in inside]
            none = ids.index(self._tokenizer.cls_token_id)
            nothing = float(starts[none] + ends[none])
            yield from best_spans(passage, starts[inside], ends[inside], offsets, nothing, 0.0)
