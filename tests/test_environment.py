"""The environment variables: set at the edge only, and taken back for a download."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

import pytest

from fakes import HashEmbedder
from rag import Assistant
from rag.environment import prepare_environment
from scripted import ScriptedModel, WordReader, settings

OFFLINE = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> MutableMapping[str, str]:
    """The environment of a process in which nothing was prepared; put back afterwards."""
    monkeypatch.setattr("rag.environment._set_here", set())
    kept = {name: value for name, value in os.environ.items() if name not in OFFLINE}
    monkeypatch.setattr(os, "environ", kept)
    return kept


def test_what_was_set_against_a_download_is_taken_back(
    environment: MutableMapping[str, str],
) -> None:
    prepare_environment()
    prepare_environment()
    assert {name: environment[name] for name in OFFLINE} == dict.fromkeys(OFFLINE, "1")
    prepare_environment(download=True)
    assert not OFFLINE & environment.keys()
    assert environment["HF_HUB_DISABLE_TELEMETRY"] == "1"


def test_what_somebody_else_set_against_a_download_is_obeyed(
    environment: MutableMapping[str, str],
) -> None:
    environment["HF_HUB_OFFLINE"] = "1"
    prepare_environment()
    prepare_environment(download=True)
    assert OFFLINE & environment.keys() == {"HF_HUB_OFFLINE"}


def test_only_opening_changes_the_environment(
    environment: MutableMapping[str, str], tmp_path: Path
) -> None:
    environment["TOKENIZERS_PARALLELISM"] = "true"
    before = dict(environment)
    Assistant(
        settings(tmp_path),
        embedder=HashEmbedder(),
        reader=WordReader(),
        language_model=ScriptedModel(""),
    ).close()
    assert environment == before
    Assistant.open(settings=settings(tmp_path)).close()
    assert environment.keys() >= OFFLINE
