"""Drives llama.cpp: load, tokenise, read tokens, choose the likeliest next, forget.

Uses the C interface of `llama_cpp`, not its `Llama` class, which hides what has to be
settled here: how the state is cut back and where the weights are put. It knows nothing
of prompts and chat. See https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h.
"""

from __future__ import annotations

import atexit
import ctypes
import platform
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np

from index.errors import ModelError

__all__ = ["NativeModel"]

_BATCH = 512
"""Tokens read at once. Of 300 tokens, 256 at once are read as fast and 128 some 5 % slower."""

_complaints: list[str] = []
_native = threading.RLock()
"""Held while llama.cpp works, and from the moment at which the process ends: it crashes if
that happens in the middle of any work, on a thread that it does not wait for. Two models in
one process thus take turns, as they must for the cores."""
_ending = threading.Event()


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator, unused-ignore]
def _listen(level: int, text: bytes, _: Any) -> None:
    if level == 4:  # GGML_LOG_LEVEL_ERROR
        _complaints.append(text.decode(errors="replace").strip())


@llama_cpp.llama_progress_callback  # type: ignore[untyped-decorator, unused-ignore]
def _go_on(_progress: float, _: Any) -> bool:
    return not _ending.is_set()


@atexit.register
def _end() -> None:
    _ending.set()
    _native.acquire()


class NativeModel:
    """A GGUF model with one sequence of tokens that it has read."""

    def __init__(self, path: Path, context_tokens: int, threads: int) -> None:
        """Load a model.

        Args:
            path: A GGUF file.
            context_tokens: Most tokens that it can hold at once.
            threads: How many to compute with.

        Raises:
            ModelError: the file is damaged, or memory does not suffice.
        """
        self._context: Any = None
        self._model: Any = None
        self.evaluated_tokens = 0
        """Tokens read since loading; tells tests what was not read twice."""
        self._length = 0
        with _native:
            self._load(path, context_tokens, threads)

    def _load(self, path: Path, context_tokens: int, threads: int) -> None:
        llama_cpp.llama_log_set(_listen, ctypes.c_void_p(0))
        _complaints.clear()
        llama_cpp.llama_backend_init()
        options = llama_cpp.llama_model_default_params()
        options.progress_callback = _go_on
        gpu = llama_cpp.llama_supports_gpu_offload()
        options.n_gpu_layers = 0x7FFFFFFF if gpu else 0
        # Repacked weights: on 2 idle cores of x86 they read 300 tokens 26 % slower (108/s
        # against 145/s), write 11 % faster (14.0/s against 12.6/s), load in 0.7 s and not
        # 0.3 s, and take half as much memory again; and where GCC 12 built llama.cpp for
        # AMX, its miscompiled `ldtilecfg` ends the process.
        if platform.machine().lower() in ("x86_64", "amd64"):
            options.use_extra_bufts = False
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), options)
        if not self._model:
            reason = _complaints[0] if _complaints else "unknown reason"
            raise ModelError(f"cannot load the model {path} ({reason}); fetch the file anew")
        shape = llama_cpp.llama_context_default_params()
        trained = llama_cpp.llama_model_n_ctx_train(self._model)
        shape.n_ctx = min(context_tokens, trained) if trained > 0 else context_tokens
        shape.n_batch = shape.n_ubatch = min(_BATCH, shape.n_ctx)
        shape.n_threads = shape.n_threads_batch = threads
        # Within 2 % as fast as without at 300 tokens.
        shape.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_AUTO
        shape.no_perf = True
        self._context = llama_cpp.llama_init_from_model(self._model, shape)
        if not self._context:
            self.close()
            raise ModelError(f"not enough memory to run the model {path}; choose a smaller one")
        self._batch: int = shape.n_batch
        self._vocabulary: Any = llama_cpp.llama_model_get_vocab(self._model)
        self._memory: Any = llama_cpp.llama_get_memory(self._context)
        self._logits_shape = (llama_cpp.llama_vocab_n_tokens(self._vocabulary),)
        self.context_tokens: int = llama_cpp.llama_n_ctx(self._context)

    def metadata(self, key: str) -> str | None:
        """Return one entry of the file's metadata, such as `general.name`."""
        size = 4096
        while True:
            buffer = ctypes.create_string_buffer(size)
            needed = llama_cpp.llama_model_meta_val_str(self._model, key.encode(), buffer, size)
            if needed < 0:
                return None
            if needed < size:
                return buffer.value.decode(errors="replace")
            size = needed + 1

    def special_text(self, which: str) -> str:
        """Return the text of the token that begins (`bos`) or ends (`eos`) a text."""
        find = {"bos": llama_cpp.llama_vocab_bos, "eos": llama_cpp.llama_vocab_eos}[which]
        token = find(self._vocabulary)
        return "" if token < 0 else self.piece(token, special=True).decode(errors="replace")

    @property
    def begins_with_bos(self) -> bool:
        """Whether the model wants the `bos` token before every text."""
        return bool(llama_cpp.llama_vocab_get_add_bos(self._vocabulary))

    def tokenize(self, text: str, special: bool) -> list[int]:
        """Turn text into tokens.

        Args:
            text: Any text.
            special: Whether "<|im_end|>" and its like become the tokens they name;
                if not, they are letters like any others.
        """
        data = text.encode(errors="replace")
        size = len(data) + 8
        while True:
            buffer = (llama_cpp.llama_token * size)()
            with _native:
                count = llama_cpp.llama_tokenize(
                    self._vocabulary, data, len(data), buffer, size, False, special
                )
            if count >= 0:
                return list(buffer[:count])
            size = -count

    def piece(self, token: int, special: bool = False) -> bytes:
        """Return the bytes of a token; they may be part of a character only."""
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            count = llama_cpp.llama_token_to_piece(
                self._vocabulary, token, buffer, size, 0, special
            )
            if count >= 0:
                return buffer.raw[:count]
            size = -count

    def is_end(self, token: int) -> bool:
        """Tell whether a token ends the answer (end of turn, of text, ...)."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocabulary, token))

    def forget(self, length: int) -> bool:
        """Keep the first `length` tokens that were read, and nothing of the others.

        Returns:
            Whether the model can do that; one that cannot has forgotten everything.
        """
        kept = length <= self._length
        with _native:
            if length > 0 and kept and llama_cpp.llama_memory_seq_rm(self._memory, -1, length, -1):
                self._length = length
                return True
            llama_cpp.llama_memory_clear(self._memory, True)
        self._length = 0
        return length == 0

    def snapshot(self) -> tuple[int, bytes]:
        """Return what was read as bytes, some 30 kB a token, to be restored later."""
        with _native:
            size = llama_cpp.llama_state_seq_get_size(self._context, 0)
            buffer = (ctypes.c_uint8 * size)()
            written = llama_cpp.llama_state_seq_get_data(self._context, buffer, size, 0)
        return self._length, bytes(memoryview(buffer)[:written])

    def restore(self, snapshot: tuple[int, bytes]) -> bool:
        """Go back to a snapshot, to the bit; say whether that could be done."""
        self.forget(0)
        length, state = snapshot
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        with _native:
            restored = llama_cpp.llama_state_seq_set_data(self._context, buffer, len(state), 0)
        if not restored:
            self.forget(0)
            return False
        self._length = length
        return True

    def read(self, tokens: Sequence[int]) -> None:
        """Append tokens to what was read.

        Raises:
            ModelError: they do not fit, or llama.cpp failed.
        """
        if self._length + len(tokens) > self.context_tokens:
            raise ModelError(f"the model holds {self.context_tokens} tokens, and more were given")
        for start in range(0, len(tokens), self._batch):
            some = tokens[start : start + self._batch]
            array = (llama_cpp.llama_token * len(some))(*some)
            batch = llama_cpp.llama_batch_get_one(array, len(some))
            with _native:
                code = llama_cpp.llama_decode(self._context, batch)
            if code != 0:
                self.forget(0)
                raise ModelError(f"llama.cpp failed (code {code}); ask again, or use --model")
            self._length += len(some)
            self.evaluated_tokens += len(some)

    def next_token(self) -> int:
        """Return the likeliest token after what was read; of equals, the first."""
        return int(self.logits().argmax())

    def logits(self) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Return the scores of all tokens as the next one, valid until the next `read`."""
        pointer = llama_cpp.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, shape=self._logits_shape)

    def close(self) -> None:
        """Free the memory. Safe to call twice."""
        with _native:
            if self._context:
                llama_cpp.llama_free(self._context)
            if self._model:
                llama_cpp.llama_model_free(self._model)
            self._context = self._model = None
