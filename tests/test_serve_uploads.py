"""Uploads: kept or named; of a page that is closed, what is stored is found by meaning, too."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.requests import Request

from fakes import HashEmbedder
from index.types import Filter
from rag.assistant import Assistant
from rag.serve.asking import WaitingLine
from rag.serve.conversation_file import ConversationFile
from rag.serve.conversations import Conversations
from rag.serve.listeners import Listeners
from scripted import settings


def test_an_upload_that_cannot_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "ship.txt").write_text("The ship came in before noon.")
    with Assistant(settings(tmp_path), embedder=HashEmbedder()) as assistant:
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "uploads").touch()
        (result,) = assistant.add_uploads([tmp_path / "ship.txt"])
        assert (result.name, result.outcome) == ("ship.txt", "failed")
        assert "it cannot be kept (" in result.message
        (tmp_path / "home" / "uploads").unlink()
        first, again = (next(assistant.add_uploads([tmp_path / "ship.txt"])) for _ in range(2))
        assert (first.outcome, again.outcome) == ("added", "unchanged")


@pytest.mark.parametrize(("text", "read"), [("A ship came in.", "1 article"), ("", "0 articles")])
def test_while_files_are_added_those_read_are_counted(tmp_path: Path, text: str, read: str) -> None:
    (tmp_path / "ship.txt").write_text(text)
    with Assistant(settings(tmp_path / "home"), embedder=HashEmbedder()) as assistant:
        talks = Conversations(ConversationFile(tmp_path))
        on = Listeners(assistant, talks, WaitingLine(), Filter())
        page = gr.Request(Request({"type": "http", "headers": []}), session_hash="1")
        shelf, *_ = next(on.upload([str(tmp_path / "ship.txt")], page))
    assert shelf["notice"] == f"{read} read, of 1 file"
    assert len(shelf["results"]) == 1


def test_what_a_closed_page_had_uploaded_gets_its_vectors(tmp_path: Path) -> None:
    files = []
    for number in range(20):
        files.append(tmp_path / f"{number:02}.txt")
        lines = (f"Ship {ship} of fleet {number} came in before noon." for ship in range(1500))
        files[-1].write_text(" ".join(lines))
    left = threading.Event()

    class Slow(HashEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            left.wait(60)
            return super().embed(texts)

    with Assistant(settings(tmp_path / "home"), embedder=Slow()) as assistant:
        line, conversations = WaitingLine(), Conversations(ConversationFile(tmp_path))
        on = Listeners(assistant, conversations, line, Filter())
        request = Request({"type": "http", "headers": []})
        drawn = on.upload([str(file) for file in files], gr.Request(request, session_hash="1"))
        next(drawn)
        drawn.close()
        left.set()
        uploads = [thread for thread in threading.enumerate() if thread.name == "byline-upload"]
        for thread in uploads:
            thread.join(60)
        counts = assistant.store.counts()
        assert counts.documents > 0
        assert counts.waiting == 0
