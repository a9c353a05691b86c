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
from typing import ClassVar

import pytest

import rag.reader
from fakes import HashEmbedder
from index.errors import LibraryError, ModelError
from rag import Answer, Assistant, Settings
from rag.language_model import Generation, LanguageModel, Prompt
from rag.models import catalogue
from rag.parts import Parts
from rag.reader import Passage, Reader, Reading
from rag.types import Delta, Timing
from scripted import (
    BRIDGE,
    LIMA,
    MIGRATION,
    URGED,
    WHO_URGED,
    EchoModel,
    ScriptedModel,
    check_promises,
    settings,
)
from tiny_reader import write_tiny_reader

OFF_TOPIC = "Which team won the football championship?"


def lazy(folder: Path) -> Assistant:
    """An assistant that loads its language model itself, from wherever `catalogue` says."""
    return Assistant(settings(folder), embedder=HashEmbedder())


def test_a_model_that_cannot_be_loaded_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ScriptedModel(URGED)
    tries: list[Settings] = []

    def load(settings: Settings, _: object) -> LanguageModel:
        tries.append(settings)
        if len(tries) == 1:
            raise ModelError("the model is missing; install it")
        return model

    monkeypatch.setattr(catalogue, "load_language_model", load)
    with lazy(tmp_path) as assistant:
        assistant.add_document(LIMA)
        with pytest.raises(ModelError, match="install it"):
            assistant.ask(WHO_URGED)
        assert assistant.ask(WHO_URGED).text == URGED
        assert assistant.ask(WHO_URGED).text == URGED
    assert len(tries) == 2
    assert model.closed


def test_a_failure_to_load_that_no_question_met_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def load(*_: object) -> LanguageModel:
        if not tried.is_set():
            tried.set()
            raise ModelError("missing")
        return ScriptedModel(URGED)

    monkeypatch.setattr(catalogue, "load_language_model", load)
    with lazy(tmp_path) as assistant:
        assistant.add_document(LIMA)
        assert assistant.ask(OFF_TOPIC).refused
        assert tried.wait(10)
        time.sleep(0.05)  # Until the failure, too, has reached the assistant.
        assert assistant.ask(WHO_URGED).text == URGED


def test_progress_is_reported_until_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, gone = threading.Event(), threading.Event(), threading.Event()
    ended: list[str] = []

    def load(_: Settings, progress: Callable[[int, int], None]) -> LanguageModel:
        progress(1, 3)
        begun.set()
        go_on.wait(10)
        try:
            progress(2, 3)
        except ModelError as error:
            ended.append(str(error))
            gone.set()
            raise
        return ScriptedModel(URGED)

    monkeypatch.setattr(catalogue, "load_language_model", load)
    seen: list[tuple[int, int]] = []
    assistant = Assistant(
        settings(tmp_path),
        embedder=HashEmbedder(),
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assistant.add_document(LIMA)
    assert assistant.ask(OFF_TOPIC).refused
    assert begun.wait(10)
    assistant.close()  # Does not wait until a gigabyte is joined.
    go_on.set()
    assert gone.wait(10)
    assert seen == [(1, 3)]
    assert ended == ["closed while the parts of the language model were joined"]


def test_a_model_that_is_still_loaded_is_not_waited_for_and_freed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, freed = threading.Event(), threading.Event()

    class SlowModel(ScriptedModel):
        def close(self) -> None:
            super().close()
            freed.set()

    model = SlowModel(URGED)

    def load(*_: object) -> LanguageModel:
        assert go_on.wait(10)
        return model

    monkeypatch.setattr(catalogue, "load_language_model", load)

    def interrupted() -> None:
        with lazy(tmp_path) as assistant:
            assistant.add_document(LIMA)
            assert assistant.ask(OFF_TOPIC).refused
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not model.closed
    go_on.set()
    assert freed.wait(10)


def test_a_process_ends_while_a_model_is_loaded(tmp_path: Path) -> None:
    code = """
        import sys, threading
        from pathlib import Path
        from test_assistant_parts import LIMA, OFF_TOPIC, catalogue, lazy
        catalogue.load_language_model = lambda *_: threading.Event().wait()
        with lazy(Path(sys.argv[1])) as assistant:
            assistant.add_document(LIMA)
            print(assistant.ask(OFF_TOPIC).refused)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)


@pytest.mark.models
def test_a_process_may_end_at_any_moment_of_loading_the_real_model(tmp_path: Path) -> None:
    code = """
        import sys, threading, time
        from dataclasses import replace
        from pathlib import Path
        from rag.settings import Settings
        from test_assistant_parts import LIMA, OFF_TOPIC, HashEmbedder, Assistant, settings
        import rag.models.llama_native
        models = Settings.from_environment().models
        assistant = Assistant(replace(settings(Path(sys.argv[1])), models=models),
                              embedder=HashEmbedder())
        assistant.add_document(LIMA)
        assert assistant.ask(OFF_TOPIC).refused
        time.sleep(float(sys.argv[2]))
        assistant.close()
    """
    for seconds in ("0", "0.03", "0.1", "0.2", "0.3", "0.4", "0.5", "0.7", "1"):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / seconds), seconds],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.stderr, done.returncode) == ("", 0), seconds


def test_after_closing_nothing_is_asked_or_added(tmp_path: Path) -> None:
    assistant = lazy(tmp_path)
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


def test_an_answer_given_up_gives_the_model_back_at_once(tmp_path: Path) -> None:
    ended: list[str] = []

    class Noting(ScriptedModel):
        def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
            try:
                yield from super().stream(prompt, max_tokens)
            finally:
                ended.append("closed")

    class Holding(Noting):
        """Keeps its streams alive, so that nothing but closing ends them."""

        streams: ClassVar[list[object]] = []

        def stream(self, prompt: Prompt, max_tokens: int) -> Iterator[str | Generation]:
            self.streams.append(super().stream(prompt, max_tokens))
            return self.streams[-1]  # type: ignore[return-value]

    with Assistant(
        settings(tmp_path), embedder=HashEmbedder(), language_model=Holding(URGED)
    ) as assistant:
        assistant.add_document(LIMA)
        events = assistant.stream(WHO_URGED)
        while not isinstance(next(events), Delta):
            pass
        assert ended == []
        events.close()  # type: ignore[attr-defined]
        assert ended == ["closed"]


def test_closing_twice_is_safe_and_leaves_what_was_handed_in(tmp_path: Path) -> None:
    model = ScriptedModel(URGED)
    with Assistant(settings(tmp_path), embedder=HashEmbedder(), language_model=model) as assistant:
        assistant.ask(WHO_URGED)
    assistant.close()
    assert not model.closed


def test_two_threads_that_ask_at_once_both_get_their_answers(tmp_path: Path) -> None:
    with Assistant(
        settings(tmp_path), embedder=HashEmbedder(), language_model=EchoModel()
    ) as assistant:
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

    def load_language_model(*_: object) -> LanguageModel:
        time.sleep(0.05)
        loaded.append("language model")
        return EchoModel()

    monkeypatch.setattr(catalogue, "load_embedder", load_embedder)
    monkeypatch.setattr(catalogue, "load_language_model", load_language_model)
    start = threading.Barrier(4)
    with Assistant(settings(tmp_path)) as assistant:

        def ask(_: int) -> Answer:
            start.wait(10)
            return assistant.ask(WHO_URGED)

        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(ask, range(4)))
    assert sorted(loaded) == ["embedder", "language model"]
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

    def load_reader(chosen: str) -> Reader:
        time.sleep(0.05)
        loaded.append(chosen)
        return SilentReader()

    monkeypatch.setattr(rag.reader, "load_reader", load_reader)
    chosen = replace(settings(tmp_path), reader="a folder")
    parts = Parts(
        chosen,
        store=None,
        embedder=None,
        language_model=None,
        on_progress=lambda *_: None,
    )
    begun = parts.start_reader()
    with ThreadPoolExecutor(4) as threads:
        readers = list(threads.map(lambda _: parts.reader(), range(4)))
    assert loaded == ["a folder"]
    assert {id(reader) for reader in readers} == {id(begun())}
    parts.close()


def test_a_reader_that_failed_is_looked_for_again(tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    with Assistant(
        replace(settings(tmp_path), reader=str(folder)),
        embedder=HashEmbedder(),
        language_model=EchoModel(),
    ) as assistant:
        with pytest.raises(ModelError, match="holds no reader"):
            assistant.load()
        write_tiny_reader(folder)
        assistant.load()
        assert assistant._parts.reader().name == "tiny"


def test_a_reader_that_is_handed_in_is_used(tmp_path: Path) -> None:
    given = SilentReader()
    with Assistant(
        replace(settings(tmp_path), reader=str(tmp_path / "none")),
        embedder=HashEmbedder(),
        language_model=EchoModel(),
        reader=given,
    ) as assistant:
        assistant.load()
        assert assistant._parts.reader() is given
