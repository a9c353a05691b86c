"""The files that articles were read from, as the server hands them out."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from documents import column, pdf
from fakes import HashEmbedder
from index.errors import ReadError
from index.reading.picture import PagePicture
from rag import Assistant, Settings
from rag.serve import originals
from rag.serve.guard import Guard
from rag.serve.originals import make_router
from scripted import filled_store

FIRST = ("The weir at Oakfold was opened again on Tues-", "day, after eleven weeks of hard work.")
SECOND = "It had cost 4.2 million pounds, said Ines Calder, and was worth every penny."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A guarded server, and the id of the article of each file."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "weir.pdf").write_bytes(pdf([column(FIRST), column([SECOND])]).read())
    (folder / "page.html").write_text(
        f"<!DOCTYPE html><title>The weir</title><script>alert(1)</script><p>{' '.join(FIRST)}</p>"
    )
    (folder / "note.txt").write_text(SECOND)
    embedder = HashEmbedder()
    with filled_store(tmp_path / "home") as store:
        settings = Settings(home=tmp_path / "home", models=tmp_path)
        with Assistant(settings, store=store, embedder=embedder) as assistant:
            assistant.add(folder)
            app = FastAPI()
            app.include_router(make_router(assistant))
            ids = {Path(each.path or "").name: each.id for each in store.documents()}
            with TestClient(Guard(app), base_url="http://127.0.0.1") as client:
                yield client, ids


def test_only_what_cannot_run_is_shown_in_place(
    library: tuple[TestClient, dict[str, str]],
) -> None:
    client, ids = library
    sent = {name: client.get(f"/file/{id_}") for name, id_ in ids.items()}
    kinds = {name: found.headers["content-type"].partition(";")[0] for name, found in sent.items()}
    assert kinds == {
        "weir.pdf": "application/pdf",
        "page.html": "application/octet-stream",
        "note.txt": "text/plain",
    }
    shown = {name: found.headers["content-disposition"] for name, found in sent.items()}
    assert shown["page.html"].startswith("attachment")
    assert shown["weir.pdf"].startswith("inline")
    assert all(found.headers["x-content-type-options"] == "nosniff" for found in sent.values())
    assert sent["note.txt"].text == SECOND


def test_no_other_file_is_handed_out(
    library: tuple[TestClient, dict[str, str]], tmp_path: Path
) -> None:
    client, ids = library
    for path in ("/file/0123456789abcdef", "/file/..%2f..%2fetc%2fpasswd", "/file/", "/page/x/1"):
        assert client.get(path).status_code == 404
    assert (
        client.get(f"/file/{ids['note.txt']}", headers={"host": "evil.example"}).status_code == 403
    )
    (tmp_path / "files" / "note.txt").unlink()
    assert client.get(f"/file/{ids['note.txt']}").status_code == 404


def test_a_page_is_drawn_with_the_lines_of_the_quote(
    library: tuple[TestClient, dict[str, str]],
) -> None:
    client, ids = library
    page = f"/page/{ids['weir.pdf']}"
    drawn = client.get(f"{page}/1?start=50&end=60&longest=400").json()
    assert (drawn["pages"], drawn["height"]) == (2, 400)
    picture = drawn["picture"].removeprefix("data:image/jpeg;base64,")
    assert base64.b64decode(picture).startswith(b"\xff\xd8\xff")
    every = client.get(f"{page}/1?start=0&end=80").json()["marks"]
    assert (len(every), drawn["marks"]) == (2, every[1:])
    assert all(0 <= place <= 10_000 for mark in every for place in mark)
    assert client.get(f"{page}/2?start=0&end=60").json()["marks"] == []
    assert client.get(f"{page}/3").status_code == 404
    assert client.get(f"{page}/1?longest=90000").status_code == 422
    failure = client.get(f"/page/{ids['note.txt']}/1").json()["failure"]
    assert failure == "The page cannot be shown: its pages cannot be shown; open the file itself"


def test_a_file_that_has_changed_is_not_shown(
    library: tuple[TestClient, dict[str, str]], tmp_path: Path
) -> None:
    client, ids = library
    changed = "its file has changed since it was read; add it again to see it"
    for name in ("note.txt", "weir.pdf"):
        file = tmp_path / "files" / name
        file.write_bytes(file.read_bytes())
        assert client.get(f"/file/{ids[name]}").status_code == 200
        file.write_bytes(pdf([column([FIRST[0]])]).read())
    assert client.get(f"/file/{ids['note.txt']}").text == f"{changed}\n"
    failure = client.get(f"/page/{ids['weir.pdf']}/1").json()["failure"]
    assert failure == f"The page cannot be shown: {changed}"


def test_who_waits_for_a_page_holds_no_thread_of_the_server(
    library: tuple[TestClient, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, ids = library
    go_on = threading.Event()

    class Slow(originals.ReaderPool):
        def picture(self, *_: object) -> PagePicture:
            go_on.wait(60)
            raise ReadError("it took too long")

    monkeypatch.setattr(originals, "ReaderPool", Slow)
    pages = [f"/page/{ids['weir.pdf']}/1"] * 60  # As by a key that is held down.
    with ThreadPoolExecutor(61) as asking:
        drawn = [asking.submit(client.get, page) for page in pages]
        time.sleep(1)
        file = asking.submit(client.get, f"/file/{ids['note.txt']}")
        try:
            assert file.result(10).status_code == 200
        finally:
            go_on.set()
    assert {each.result().status_code for each in drawn} == {404}
