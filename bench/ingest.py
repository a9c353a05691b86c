"""How long a folder of articles takes to sync, compared with only embedding the same passages.

    python bench/ingest.py DATA_FOLDER [--parts 3] [--limit N]

Writes the articles of `DATA_FOLDER/docs.jsonl` as text files, and syncs them part
by part, each in a process of its own, as `ask sync` does. After each part, the
texts of its passages are embedded by the bare library, in one call, in another
process. Then nothing is changed, and then one article. Prints one table.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.embedder import Embedder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with docs.jsonl")
    parser.add_argument("--parts", type=int, default=3, help="how often both are measured (3)")
    parser.add_argument("--limit", type=int, help="only so many articles")
    options = parser.parse_args()
    lines = (options.data / "docs.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines[: options.limit]]
    with tempfile.TemporaryDirectory(prefix="byline-ingest-") as scratch:
        measure(articles, Path(scratch), options.parts)


def measure(articles: Sequence[dict[str, str]], scratch: Path, parts: int) -> None:
    home, folder = scratch / "home", scratch / "articles"
    print(
        f"{'part':<10} {'articles':>8} {'passages':>8} {'sync s':>8} {'encode s':>9} {'ratio':>6}"
    )
    done, first, encoded, peak = 0, 0.0, 0.0, 0.0
    size = -(-len(articles) // parts)
    for part in range(parts):
        some = articles[part * size : (part + 1) * size]
        write(some, folder / str(part))
        took = child("sync", home, folder)
        bare = child("encode", home, part)
        chunks = int(bare["chunks"])
        ratio = took["seconds"] / bare["seconds"]
        done, first, encoded = done + chunks, first + took["seconds"], encoded + bare["seconds"]
        peak = max(peak, took["peak"])
        row = (part + 1, len(some), chunks, took["seconds"], bare["seconds"], ratio)
        print("{:<10} {:>8} {:>8} {:>8.1f} {:>9.1f} {:>6.3f}".format(*row), flush=True)
    total = ("all", len(articles), done, first, encoded, first / encoded)
    print("{:<10} {:>8} {:>8} {:>8.1f} {:>9.1f} {:>6.3f}".format(*total))
    print(f"peak memory, with the process that reads: {peak / 1e6:,.0f} MB")
    again = child("sync", home, folder)["seconds"]
    print(f"sync with nothing changed: {again:.2f} s, {again / first:.2%} of the first")
    changed = next((folder / "0").iterdir())
    changed.write_text(f"{changed.read_text()}\n\nIt was changed since.\n", encoding="utf-8")
    one = child("sync", home, folder)
    seconds, work = one["seconds"], one["work"]
    print(f"sync with one article changed: {seconds:.2f} s, {work:.2f} s without loading")


def write(articles: Sequence[dict[str, str]], folder: Path) -> None:
    """Write articles as a person may keep them: a header of fields, and the text."""
    folder.mkdir(parents=True)
    for number, article in enumerate(articles):
        fields = [(name.title(), article.get(name)) for name in ("title", "source", "date", "url")]
        header = "\n".join(f"{name}: {' '.join(value.split())}" for name, value in fields if value)
        name = re.sub(r"\W+", "-", article["title"])[:60].strip("-")
        path = folder / f"{number:05}-{name}.txt"
        path.write_text(f"{header}\n\n{article['text']}\n", encoding="utf-8")


def child(work: str, *arguments: object) -> dict[str, float]:
    """Do one thing in a process of its own; return what it measured."""
    command = [sys.executable, __file__, f"--{work}", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def sync(home: str, folder: str) -> dict[str, float]:
    """Sync a folder; seconds from the start of Python's work to the end, and without loading."""
    began = time.perf_counter()
    from rag.assistant import Assistant
    from rag.environment import prepare_environment
    from rag.models.catalogue import load_embedder
    from rag.settings import Settings

    prepare_environment(False)
    settings = Settings(**_settings(home))
    embedder = LateEmbedder(load_embedder(settings))
    with Peak() as peak, Assistant(settings, embedder=embedder) as assistant:
        assistant.sync(folder)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "work": seconds - embedder.loading, "peak": peak.bytes}


class LateEmbedder:
    """An embedder that notes how long it took to load, when it is first used."""

    def __init__(self, embedder: Embedder) -> None:
        """Stand before another."""
        self._embedder = embedder
        self.fingerprint, self.dimension = embedder.fingerprint, embedder.dimension
        self.loading = 0.0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed, after loading what is behind it."""
        if not self.loading:
            began = time.perf_counter()
            self._embedder.embed(["a first sentence, for what is made at the first use"])
            self.loading = time.perf_counter() - began
        return self._embedder.embed(texts)


class Peak:
    """Looks now and then how much memory this process and its children have."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.bytes = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.2):
            children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
            processes = {os.getpid(), *(int(p) for c in children for p in c.read_text().split())}
            self.bytes = max(self.bytes, sum(map(resident, processes)))


def resident(process: int) -> int:
    """Return the bytes of memory that a process has."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def encode(home: str, part: str) -> dict[str, float]:
    """Embed the texts of the passages of one part, by the bare library."""
    from index.sqlite import SqliteStore
    from index.text.chunker import embedding_text
    from rag.environment import prepare_environment
    from rag.models.catalogue import find_embedder
    from rag.settings import Settings

    prepare_environment(False)
    with SqliteStore(Path(home)) as store:
        entries = (store.entry(document.id) for document in store.documents())
        texts = [
            embedding_text(entry.document, chunk)
            for entry in entries
            if entry and entry.document.path and Path(entry.document.path).parent.name == part
            for chunk in entry.chunks
        ]
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(find_embedder(Settings(**_settings(home)))))
    model.encode(["a first sentence, for what is made at the first use"])
    began = time.perf_counter()
    model.encode(texts, show_progress_bar=False, normalize_embeddings=True)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "chunks": len(texts)}


def _settings(home: str) -> dict[str, object]:
    from dataclasses import asdict

    from rag.settings import Settings

    return asdict(Settings.from_environment(home))


if __name__ == "__main__":
    if sys.argv[1:2] in (["--sync"], ["--encode"]):
        print(json.dumps({"--sync": sync, "--encode": encode}[sys.argv[1]](*sys.argv[2:])))
    else:
        main()
