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


def prepare_environment(download: bool = False) -> None:
    """Keep the model libraries offline and silent, unless a download was asked for.

    Must run before `huggingface_hub`, `transformers`, or `gradio` is imported:
    they read these variables at import and never again.

    Args:
        download: Whether models may be fetched, as in `Settings.download`.
            Telemetry stays off in any case.
    """
    os.environ.update(_SILENT)
    if not download:
        os.environ.update(_OFFLINE)
    # OpenMP's threads spin while they wait. With another busy process on the machine
    # the default (300,000 turns) made writing on 2 cores slower by 40 %; 2,000 turns
    # cost nothing when the machine is idle.
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
