"""Models from the hub: fetched only if that was asked for, once, and never by accident.

The hub here is a server of our own that speaks as much of its protocol as is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from index.errors import ModelError
from rag.models.hub import hub_file, split_reference

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("reference", ["hf:a/b", "hf:a/b/c.bin", "hf:a/../c.gguf", "hf:a//c.gguf"])
def test_a_hub_reference_of_another_form_is_refused(reference: str) -> None:
    with pytest.raises(ModelError, match=r"write it as hf:owner/repo/file\.gguf"):
        split_reference(reference)


def test_a_name_that_no_repository_can_have_is_refused() -> None:
    with pytest.raises(ModelError, match=r"write it as hf:owner/repo/file\.gguf"):
        hub_file("hf:own er/re po/x.gguf", download=False)


class Hub(BaseHTTPRequestHandler):
    """Holds one repository, `me/tiny`; every request is noted in `server.requests`."""

    commit = "0123456789abcdef0123456789abcdef01234567"
    files: ClassVar = {
        "tiny.gguf": b"GGUF....",
        "config.json": b"{}",
        "model.safetensors": b"weights",
    }

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.requests.append(f"{self.command} {path}")  # type: ignore[attr-defined]
        headers = {"X-Repo-Commit": self.commit}
        prefix = ("/me/tiny/resolve/main/", f"/me/tiny/resolve/{self.commit}/")
        name = path.removeprefix(prefix[0]).removeprefix(prefix[1])
        body = self.files.get(name)
        if path.startswith("/api/models/me/tiny/revision/"):
            siblings = [{"rfilename": name} for name in self.files]
            body = json.dumps({"id": "me/tiny", "sha": self.commit, "siblings": siblings}).encode()
        elif path.startswith("/api/models/me/tiny/tree/"):
            tree = [
                {"type": "file", "path": name, "size": len(data), "oid": etag(data)}
                for name, data in self.files.items()
            ]
            body = json.dumps(tree).encode()
        elif body is not None:
            headers["ETag"] = f'"{etag(body)}"'
        else:
            headers["X-Error-Code"] = "EntryNotFound"
        self.send_response(404 if body is None else 200)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


def etag(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


@pytest.fixture
def hub() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.requests = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


FETCH = """
import sys
from pathlib import Path
from rag.environment import prepare_environment
folder, find, file, download = sys.argv[1:]
prepare_environment(download=bool(download))
from index.errors import ModelError
from rag.models import catalogue
from rag.settings import Settings
settings = Settings(Path(folder), Path(folder), download=bool(download),
                    language_model=f"hf:me/tiny/{file}", embedder="me/tiny")
try:
    print(getattr(catalogue, find)(settings))
except ModelError as error:
    print(error)
"""


def fetch(hub: ThreadingHTTPServer, folder: Path, download: bool, find: str, file: str) -> str:
    """Run a finder in a fresh process, whose libraries read their environment anew."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_"))}
    done = subprocess.run(
        [sys.executable, "-c", FETCH, str(folder), find, file, "yes" if download else ""],
        env={
            **keep,
            "PYTHONPATH": str(ROOT),
            "HF_HOME": str(folder / "hub"),
            "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.parametrize("find", ["find_language_model", "find_embedder"])
def test_the_hub_is_asked_only_if_a_download_was_and_only_once(
    hub: ThreadingHTTPServer, tmp_path: Path, find: str
) -> None:
    requests: list[str] = hub.requests  # type: ignore[attr-defined]
    get = partial(fetch, hub, tmp_path, find=find, file="tiny.gguf")
    assert get(download=False).endswith(
        "me/tiny/tiny.gguf is not on this machine; to fetch it once, run: ask models --download"
        if find == "find_language_model"
        else "me/tiny is not on this machine; to fetch it once, run: ask models --download"
    )
    assert requests == []
    fetched = get(download=True)
    assert Hub.commit in fetched
    assert any(request.startswith("GET /me/tiny/resolve/") for request in requests), requests
    requests.clear()
    assert get(download=False) == fetched
    assert get(download=True) == fetched
    assert requests == []


def test_a_file_that_the_hub_does_not_have_is_one_clear_line(
    hub: ThreadingHTTPServer, tmp_path: Path
) -> None:
    said = fetch(hub, tmp_path, True, "find_language_model", "other.gguf")
    assert said.startswith("could not download hf:me/tiny/other.gguf: 404")
    assert "\n" not in said
