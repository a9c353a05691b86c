"""Uploads are private, kept as long as there are articles from them, and gone after that."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakes import HashEmbedder
from index.durable import temporary_path
from index.errors import ModelError
from index.folder import look_at
from rag.assistant import Assistant
from rag.uploads import keep_upload, tidy_uploads
from scripted import settings

TWO = (
    "From a@b.example Mon Jan  7 11:00:00 2019\nFrom: Ana <a@b.example>\n"
    "Message-ID: <1@b.example>\nSubject: Quay\n\nThe quay is to be raised by a metre.\n\n"
    "From a@b.example Tue Jan  8 11:00:00 2019\nFrom: Ana <a@b.example>\n"
    "Message-ID: <2@b.example>\nSubject: Rain\n\nIt rained for nine days at the harbour.\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def ship(tmp_path: Path) -> Path:
    path = tmp_path / "ship.txt"
    path.write_text("The ship came in before noon on Monday.")
    return path


def opened(home: Path, embedder: Any = None) -> Assistant:
    alone = replace(settings(home), home=home)
    return Assistant(alone, embedder=embedder or HashEmbedder())


def kept(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "uploads").glob("*/*"))


def test_the_first_upload_makes_a_private_library(home: Path, ship: Path) -> None:
    with opened(home) as assistant:
        assert [result.outcome for result in assistant.add_uploads([ship])] == ["added"]
    (folder,) = (home / "uploads").iterdir()
    modes = [path.stat().st_mode & 0o777 for path in (home, home / "uploads", folder)]
    assert modes == [0o700] * 3
    assert (folder / "ship.txt").stat().st_mode & 0o777 == 0o600


def test_what_holds_no_article_is_not_kept(home: Path, tmp_path: Path) -> None:
    (tmp_path / "none.txt").write_text(" ")
    with opened(home) as assistant:
        assert [result.outcome for result in assistant.add_uploads([tmp_path / "none.txt"])] == [
            "failed"
        ]
    assert not home.exists()


def test_a_file_that_several_pages_add_at_once_is_kept_whole(home: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(b"The ship came in before noon.\n" * 300_000)
    record = look_at(large, "")
    failures: list[BaseException] = []
    with opened(home) as assistant:
        store = assistant._parts.writable_store()

        def keep() -> None:
            try:
                keep_upload(record, home / "uploads", store)
            except OSError as error:
                failures.append(error)

        threads = [threading.Thread(target=keep) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (path,) = (home / "uploads").glob("*/*")
        assert failures == []
        assert look_at(path, "").sha256 == record.sha256


def test_an_archive_goes_with_its_last_article(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "mail.mbox"
    path.write_text(TWO)
    with opened(home) as assistant:
        first, last = (result.id for result in assistant.add_uploads([path]))
        assistant.remove(first)
        assert kept(home) == ["mail.mbox"]
        assistant.remove(last)
        assert list((home / "uploads").iterdir()) == []
        assert assistant.store.files() == {}


def test_one_content_by_two_names_goes_with_its_article(home: Path, ship: Path) -> None:
    other = ship.with_name("é" * 90 + " ..txt")
    other.write_bytes(ship.read_bytes())
    with opened(home) as assistant:
        added, copy = assistant.add_uploads([ship, other])
        assert (added.outcome, copy.outcome, copy.name) == ("added", "copy", other.name)
        assert kept(home) == sorted([ship.name, other.name])
        assistant.remove(added.id)
        assert list((home / "uploads").iterdir()) == []


def test_what_is_added_again_is_not_deleted_meanwhile(home: Path, ship: Path) -> None:
    with opened(home) as assistant:
        (added,) = assistant.add_uploads([ship])
        assistant.store.delete_documents([added.id])  # As the page does, which can bring it back.
        record = look_at(ship, "")
        keep_upload(record, home / "uploads", assistant.store)
        tidy_uploads(home / "uploads", assistant.store)  # As by another process.
        assert kept(home) == ["ship.txt"]


def test_what_was_never_added_to_the_end_is_deleted_a_day_later(home: Path, ship: Path) -> None:
    class Broken(HashEmbedder):
        def embed(self, texts: Sequence[str]) -> Any:
            raise ModelError(f"the model for {len(texts)} texts is missing")

    with opened(home, Broken()) as assistant:
        with pytest.raises(ModelError):
            list(assistant.add_uploads([ship]))
        assistant.let_go_of_uploads()
        assert kept(home) == ["ship.txt"]
        (path,) = (home / "uploads").glob("*/*")
        path.with_name("ship.txt.tmp").touch()  # As a kill leaves it.
        day_ago = path.stat().st_mtime - 25 * 3600
        os.utime(path, (day_ago, day_ago))
        assistant.let_go_of_uploads()
        assert list((home / "uploads").iterdir()) == []
        assert assistant.store.files() == {}


def test_uploads_come_with_a_library_that_is_moved(home: Path, ship: Path, tmp_path: Path) -> None:
    with opened(home) as assistant:
        (added,) = assistant.add_uploads([ship])
    moved = home.rename(tmp_path / "elsewhere")
    with opened(moved) as assistant:
        assistant.let_go_of_uploads()
        assert Path(assistant.document(added.id).path or "").is_relative_to(moved)
        assert kept(moved) == ["ship.txt"]
        assistant.remove(added.id)
        assert list((moved / "uploads").iterdir()) == []


def test_what_cannot_be_deleted_now_is_deleted_later(home: Path, ship: Path) -> None:
    with opened(home) as assistant:
        (added,) = assistant.add_uploads([ship])
        (path,) = (home / "uploads").glob("*/*")
        content = path.read_bytes()
        path.unlink()
        path.mkdir()  # Which no user, whatever their rights, can delete as a file.
        assistant.remove(added.id)
        path.rmdir()
        path.write_bytes(content)
        assistant.let_go_of_uploads()
        assert list((home / "uploads").iterdir()) == []


def test_a_file_that_is_still_being_copied_is_left_alone(home: Path, ship: Path) -> None:
    with opened(home) as assistant:
        record = look_at(ship, "")
        keep_upload(record, home / "uploads", assistant.store)
        (path,) = (home / "uploads").glob("*/*")
        path.rename(copying := temporary_path(path))  # As it is until all of it is there.
        tidy_uploads(home / "uploads", assistant.store)  # As by another process.
        assert copying.exists()
        assert len(assistant.store.files()) == 1
