"""Sets the environment variables that other libraries read once, when they are imported.

Called at the edge, before anything heavy is imported. It knows the names of the
variables and nothing of what the libraries do with them.
"""

from __future__ import annotations

import os

__all__ = ["prepare_environment"]

_SILENT = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "USE_TF": "0",
    "USE_FLAX": "0",
}
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
_set_here: set[str] = set()
"""Which of `_OFFLINE` were set here and not by whoever started the process."""


def prepare_environment(download: bool = False) -> None:
    """Keep the model libraries offline and silent, unless a download was asked for.

    Must run before `huggingface_hub`, `transformers`, or `gradio` is imported:
    they read these variables at import and never again. So it changes the environment of
    the whole process, and a process that has used models offline downloads none later.

    Args:
        download: Whether models may be fetched, as in `Settings.download`; if so, the
            variables that an earlier call set against it are removed, and those that
            somebody else set are obeyed. Telemetry stays off in any case.
    """
    os.environ.update(_SILENT)
    if download:
        for name in _set_here:
            os.environ.pop(name, None)
        _set_here.clear()
    else:
        _set_here.update(name for name, value in _OFFLINE.items() if os.environ.get(name) != value)
        os.environ.update(_OFFLINE)
    # OpenMP's threads spin while they wait, by default for so long that they take the
    # cores from another busy process, and then from the one among them that computes.
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
    # oneDNN, and what torch lays over it for 16 bits, keep what they made for each shape of a
    # matrix, by default 1,024 of them, each some megabytes; texts have ever new shapes, and a
    # network has few (bench/RESULTS.md, "Adding").
    for name in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(name, "16")
