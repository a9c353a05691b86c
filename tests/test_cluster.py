"""Adding on the workers of a real Ray cluster, of this machine, one of which is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from index.errors import QuestionError
from index.store import Counts
from rag import Assistant, Settings
from rag.adding import AddResult
from rag.cli import main
from servers import PostgresServer

FILES = 48


def workers() -> list[int]:
    """Return the processes in which Ray runs our code."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"MapWorker" in command.read_bytes():
                found.append(int(command.parent.name))
        except OSError:
            continue  # It has ended meanwhile.
    return found


@pytest.mark.models
@pytest.mark.filterwarnings("default")
def test_a_worker_that_is_killed_loses_nothing_and_adds_nothing_twice(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    for number in range(FILES):
        folder = tmp_path / "news" / ("port" if number % 2 else "town")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_text(f"Ferry {number} sailed late.\n\nNobody was hurt.")
    (tmp_path / "news" / "broken.pdf").write_bytes(b"no PDF")
    killed: list[int] = []

    def kill_one(_result: AddResult) -> None:
        if not killed:
            killed.append(workers()[0])
            os.kill(killed[0], signal.SIGKILL)

    settings = Settings(tmp_path / "home", Settings.from_environment().models, postgres.library())
    with Assistant.open(settings=settings) as assistant:
        results = assistant.add(tmp_path / "news", on="local", on_file=kill_one)
        assert killed
        assert len(results) == FILES + 1
        assert [Path(r.path).name for r in results if r.outcome == "failed"] == ["broken.pdf"]
        assert assistant.store.counts() == Counts(FILES, FILES)
        assert len(assistant.store.files()) == FILES + 1
        assert assistant.store.tags() == {"port": FILES // 2, "town": FILES // 2}
        assert [check for check in assistant.store.health() if not check.ok] == []


def test_a_cluster_adds_to_a_library_on_a_server_only(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _ = home
    assert main(["add", str(tmp_path), "--on", "auto", "--store", ""]) == 1
    assert "name it with --store postgresql://" in capsys.readouterr().err


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    from index.reading import ReadOptions
    from rag.cluster import add_on_cluster

    (tmp_path / "a.txt").write_text("An article.")
    settings = Settings(tmp_path, tmp_path, "postgresql://localhost/none")
    with pytest.raises(QuestionError, match="no Ray cluster answers at ray"):
        list(add_on_cluster("ray://127.0.0.1:1", [tmp_path], settings, ReadOptions()))
