"""The assistant's parts: loaded late, once, by whichever thread comes first, and freed."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import rag.reader
from fakes import HashEmbedder
from index.errors import LibraryError, ModelError
from rag import Answer, Assistant, Settings
from rag.language_model import Generation, LanguageModel, Prompt
from rag.models import catalogue
from rag.parts import Parts
from rag.reader import Passage, Reader, Reading
from rag.types import Timing
from scripted import (
    BRIDGE,
    LIMA,
    MIGRATION,
    WHO_URGED,
    ScriptedModel,
    WordReader,
    check_promises,
    settings,
)
from tiny_reader import write_tiny_reader


def test_a_model_that_cannot_be_loaded_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ScriptedModel("")
    tries: list[Settings] = []

    def load(settings: Settings, _: object) -> LanguageModel:
        tries.append(settings)
        if len(tries) == 1:
            raise ModelError("the model is missing; install it")
        return model

    monkeypatch.setattr(catalogue, "load_language_model", load)
    parts = Parts(settings(tmp_path))
    with pytest.raises(ModelError, match="install it"):
        parts.start_language_model()()
    assert parts.start_language_model()() is parts.start_language_model()() is model
    assert len(tries) == 2
    parts.close()
    assert model.closed


def test_only_a_follow_up_that_no_rule_can_put_loads_the_language_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load(*_: object) -> LanguageModel:
        loaded.append("model")
        return ScriptedModel("")

    monkeypatch.setattr(catalogue, "load_language_model", load)
    with Assistant(settings(tmp_path), embedder=HashEmbedder(), reader=WordReader()) as assistant:
        assistant.add_document(LIMA)
        first = assistant.ask(WHO_URGED)
        assistant.ask("Did Mexico sign?", history=[first])
        assert loaded == []
        assistant.ask("Why did they do that?", history=[first])
        assert loaded == ["model"]


def test_progress_is_reported_until_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def load(_: Settings, progress: Callable[[int, int], None]) -> LanguageModel:
        progress(1, 3)
        begun.set()
        go_on.wait(10)
        progress(2, 3)
        return ScriptedModel("")

    monkeypatch.setattr(catalogue, "load_language_model", load)
    seen: list[tuple[int, int]] = []
    parts = Parts(settings(tmp_path), on_progress=lambda done, total: seen.append((done, total)))
    wait = parts.start_language_model()
    assert begun.wait(10)
    parts.close()  # Does not wait until a gigabyte is joined.
    go_on.set()
    with pytest.raises(ModelError, match="closed while the parts of the language model were"):
        wait()
    assert seen == [(1, 3)]


def test_a_model_that_is_still_loaded_is_not_waited_for_and_freed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, freed = threading.Event(), threading.Event()

    class SlowModel(ScriptedModel):
        def close(self) -> None:
            super().close()
            freed.set()

    model = SlowModel("")

    def load(*_: object) -> LanguageModel:
        assert go_on.wait(10)
        return model

    monkeypatch.setattr(catalogue, "load_language_model", load)
    parts = Parts(settings(tmp_path))
    parts.start_language_model()
    parts.close()
    assert not model.closed
    go_on.set()
    assert freed.wait(10)


LOADING = """
    import sys, threading, time
    from pathlib import Path
    from test_assistant_parts import Parts, catalogue, settings
"""


def loads(code: str, *arguments: str) -> tuple[str, int]:
    """Run code that begins to load a model; return what it complained of, and its status."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LOADING + code), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stderr, done.returncode


def test_a_process_ends_while_a_model_is_loaded(tmp_path: Path) -> None:
    code = """
    catalogue.load_language_model = lambda *_: threading.Event().wait()
    parts = Parts(settings(Path(sys.argv[1])))
    parts.start_language_model()
    parts.close()
    """
    assert loads(code, str(tmp_path)) == ("", 0)


@pytest.mark.models
def test_a_process_may_end_at_any_moment_of_loading_the_real_model(tmp_path: Path) -> None:
    code = """
    import rag.models.llama_native
    from rag.settings import Settings
    models = Settings.from_environment().models
    parts = Parts(settings(Path(sys.argv[1]), models=models))
    parts.start_language_model()
    time.sleep(float(sys.argv[2]))
    parts.close()
    """
    for seconds in ("0", "0.03", "0.1", "0.2", "0.3", "0.4", "0.5", "0.7", "1"):
        assert loads(code, str(tmp_path / seconds), seconds) == ("", 0), seconds


def test_after_closing_nothing_is_asked_or_added(tmp_path: Path) -> None:
    assistant = Assistant(settings(tmp_path), embedder=HashEmbedder(), reader=WordReader())
    assistant.add_document(LIMA)
    assistant.close()
    for use in (
        lambda: assistant.ask(WHO_URGED),
        lambda: assistant.add_document(MIGRATION),
        lambda: assistant.add_samples(),
        lambda: assistant.using_samples,
    ):
        with pytest.raises(LibraryError, match="the assistant was closed; open it anew"):
            use()


class Holding(ScriptedModel):
    """Keeps its streams alive, so that nothing but closing ends them."""

    def __init__(self, *replies: str) -> None:
        super().__init__(*replies)
        self.streams: list[Iterator[str | Generation]] = []
        self.ended = 0

    def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        self.streams.append(self._stream(prompt, max_tokens))
        return self.streams[-1]

    def _stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
        try:
            yield from super().stream(prompt, max_tokens)
        finally:
            self.ended += 1


def test_a_rewriting_gives_the_model_back_after_its_first_line(tmp_path: Path) -> None:
    model = Holding("Why was Maduro urged?\n" + "And then? " * 100)
    with Assistant(
        settings(tmp_path), embedder=HashEmbedder(), reader=WordReader(), language_model=model
    ) as assistant:
        assistant.add_document(LIMA)
        first = assistant.ask(WHO_URGED)
        assistant.ask("Why did they do that?", history=[first], write="never")
    assert (len(model.streams), model.ended) == (1, 1)


def test_closing_twice_is_safe_and_leaves_what_was_handed_in(tmp_path: Path) -> None:
    model = ScriptedModel("")
    with Assistant(
        settings(tmp_path), embedder=HashEmbedder(), reader=WordReader(), language_model=model
    ) as assistant:
        assistant.ask(WHO_URGED)
    assistant.close()
    assert not model.closed


def test_two_threads_that_ask_at_once_both_get_their_answers(tmp_path: Path) -> None:
    with Assistant(settings(tmp_path), embedder=HashEmbedder(), reader=WordReader()) as assistant:
        for document in (LIMA, MIGRATION, BRIDGE):
            assistant.add_document(document)
        expected = {
            WHO_URGED: "Canada",
            "How many people have left Venezuela?": "2,300,000",
            "How many people died when the bridge in Genoa collapsed?": "43",
        }
        questions = list(expected) * 8
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(assistant.ask, questions))
    for question, answer in zip(questions, answers):
        check_promises(answer)
        assert answer.question == question
        assert expected[question] in answer.text


def test_threads_that_begin_together_share_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load_embedder(_: Settings) -> HashEmbedder:
        time.sleep(0.05)
        loaded.append("embedder")
        return HashEmbedder()

    def load_reader(*_: object) -> WordReader:
        time.sleep(0.05)
        loaded.append("reader")
        return WordReader()

    monkeypatch.setattr(catalogue, "load_embedder", load_embedder)
    monkeypatch.setattr("rag.reader.load_reader", load_reader)
    start = threading.Barrier(4)
    with Assistant(settings(tmp_path)) as assistant:

        def ask(_: int) -> Answer:
            start.wait(10)
            return assistant.ask(WHO_URGED)

        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(ask, range(4)))
    assert sorted(loaded) == ["embedder", "reader"]
    assert len({replace(answer, timing=Timing()) for answer in answers}) == 1
    check_promises(answers[0])


class SilentReader:
    """Reads nothing out of anything."""

    name = "silent"

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:  # noqa: ARG002
        return [Reading(()) for _ in passages]


def test_threads_that_ask_at_once_share_one_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load_reader(chosen: str, _key: str | None) -> Reader:
        time.sleep(0.05)
        loaded.append(chosen)
        return SilentReader()

    monkeypatch.setattr(rag.reader, "load_reader", load_reader)
    chosen = replace(settings(tmp_path), reader="a folder")
    parts = Parts(chosen)
    begun = parts.start_reader()
    with ThreadPoolExecutor(4) as threads:
        readers = list(threads.map(lambda _: parts.start_reader()(), range(4)))
    assert loaded == ["a folder"]
    assert {id(reader) for reader in readers} == {id(begun())}
    parts.close()


def test_a_reader_that_failed_is_looked_for_again(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    with Assistant(
        replace(settings(tmp_path), reader=str(folder)),
        embedder=HashEmbedder(),
        language_model=ScriptedModel(""),
    ) as assistant:
        with pytest.raises(ModelError, match="holds no reader"):
            assistant.load()
        write_tiny_reader(folder)
        assistant.load()
        assert assistant._parts.start_reader()().name == "tiny"


def test_a_reader_that_is_handed_in_is_used(tmp_path: Path) -> None:
    given = SilentReader()
    with Assistant(
        replace(settings(tmp_path), reader=str(tmp_path / "none")),
        embedder=HashEmbedder(),
        language_model=ScriptedModel(""),
        reader=given,
    ) as assistant:
        assistant.load()
        assert assistant._parts.start_reader()() is given
