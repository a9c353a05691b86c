"""The trained reader: which words of a passage answer a question, and how surely they do.

Knows nothing of libraries, articles, and searches: question and passages in, spans out. Here the
one is loaded that the settings name: Byline's own, a folder with another, or a server.
"""

from __future__ import annotations

from pathlib import Path

from index.errors import ModelError
from rag.models.json_server import is_server
from rag.reader.reading import NOTHING, Passage, Reader, Reading, SpanScore
from rag.reader.weights import DEFAULT, MANIFEST
from rag.settings import expanded

__all__ = [
    "NOTHING",
    "Passage",
    "Reader",
    "Reading",
    "SpanScore",
    "load_reader",
    "reader_folder",
]


def reader_folder(reader: str = "default") -> Path:
    """Return where a reader lies.

    Args:
        reader: `default`, or the path of a folder.

    Raises:
        ModelError: there is no such folder, or none that holds a reader.
    """
    if reader == "default":
        return DEFAULT
    folder = expanded(reader)
    if not (folder / MANIFEST).is_file() and not (folder / "config.json").is_file():
        raise ModelError(
            f"{folder} holds no reader; name a folder with {MANIFEST}, or with the config.json of "
            "a question-answering model"
        )
    return folder


def load_reader(reader: str = "default", key: str | None = None) -> Reader:
    """Return a reader, ready to read.

    Args:
        reader: `default`; the path of a folder: one as `bench/train_reader.py` writes it, or
            a Hugging Face question-answering model trained with questions that have no answer;
            or the URL of `ask reader`.
        key: what the server at the URL asks for.

    Raises:
        ModelError: it is missing or damaged, or the server cannot be reached.
    """
    if is_server(reader):
        from rag.reader.served import ServedReader

        return ServedReader(reader, key=key)
    folder = reader_folder(reader)
    if (folder / MANIFEST).is_file():
        from rag.reader.trained import TrainedReader

        return TrainedReader(folder)
    from rag.reader.hugging_face import HuggingFaceReader

    return HuggingFaceReader(folder)
