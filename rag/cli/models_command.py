"""The commands of `ask` on models: which are in use, and an end to the processes that keep them.

They fetch or join models when that is asked for, and load none.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from rag.cli.terminal import clean, json_text, out, remark, status

if TYPE_CHECKING:
    from rag.cli.call import Call
    from rag.models.info import ModelInfo
    from rag.settings import Settings

__all__ = ["run_models", "run_stop"]

_ALTERNATIVES = """\
Another language model: `--model` or BYLINE_MODEL, with one of
  a path to a GGUF file
  hf:owner/repo/file.gguf            fetched once with `ask models --download`
  http://localhost:8080/v1           any OpenAI-compatible server
Another embedder: `--embedder` or BYLINE_EMBEDDER, with a sentence-transformers folder
or name. A library keeps to the embedder that it was made with.
Another reader, which finds the answer in a passage: `--reader` or BYLINE_READER, with the
folder of one that bench/train_reader.py wrote, or of a question-answering model in the form
of Hugging Face, trained with questions that have no answer; or with the address at which
`ask reader` serves one."""


def run_models(call: Call) -> int:
    """Describe the models in the settings; return 1 if one of them cannot be used as it is."""
    call.refuse_words()
    from rag.models.info import describe_models

    if call.settings.download:
        _fetch(call.settings, call.quiet)
    models = describe_models(call.settings)
    if call.json:
        out(json_text([asdict(model) for model in models]))
    else:
        for model in models:
            out(f"{_description(model)}\n")
        out(_ALTERNATIVES)
    for model in models:
        if not model.ready:
            remark(f"the {model.role} is not ready: {model.detail}")
    return 0 if all(model.ready for model in models) else 1


def run_stop(call: Call) -> int:
    """End all of this user, and say so; answers that they are giving come to their end."""
    from rag.cli.resident.client import stop_resident, usual_place

    call.refuse_words()
    place = usual_place()
    stopped = [pid for each in place.all() if (pid := stop_resident(each))] if place else []
    if call.json:
        out(json_text({"stopped": stopped}))
    elif not call.quiet:
        ended = ", ".join(f"stopped process {pid}" for pid in stopped)
        remark(ended or "no process keeps the models loaded")
    return 0


def _fetch(settings: Settings, quiet: bool) -> None:
    """Download or join what is not at hand yet."""
    from rag.models.catalogue import find_embedder, find_language_model

    with status(quiet) as shown:
        shown.show("looking for the embedder")
        find_embedder(settings)
        shown.show("looking for the language model")
        find_language_model(settings, partial(shown.count, "joining the model's parts"))


def _description(model: ModelInfo) -> str:
    facts = {
        "from": model.origin,
        "at": model.location,
        "sha256": model.sha256 or "",
        "size": f"{model.size / 1e6:,.1f} MB" if model.size else "",
        "licence": model.licence or "",
        "base": model.base,
        "data": model.data,
        "note": model.detail,
    }
    lines = [f"{model.role}: {clean(model.name)} ({'ready' if model.ready else 'not ready'})"]
    lines += [f"  {name:<8} {clean(fact)}" for name, fact in facts.items() if fact]
    return "\n".join(lines)
