"""Reads, splits, and embeds files on the workers of a Ray cluster, which store them themselves.

Each worker holds an embedder of its own and the one library on a server, and takes some files at
a time. What is lost with a worker is only what it had in hand: Ray gives that to another, and what
had been stored of it is found unchanged. Workers see the files under the same paths.

Ray Data: https://docs.ray.io/en/latest/data/transforming-data.html (stateful transforms).
"""

from __future__ import annotations

import logging
import os
import pickle
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import LibraryError, QuestionError
from index.folder import look_at
from index.reading import ReadOptions
from rag.adding import AddResult, files_in, read_files, store_readings
from rag.environment import prepare_environment

if TYPE_CHECKING:
    from rag.settings import Settings

__all__ = ["add_on_cluster"]

_FILES = 16
"""That a worker takes at a time, and repeats where it is lost."""
_PAUSES_S = (1.0, 5.0, 20.0)
"""Before a worker tries again that the store refused: the server may be starting again."""

_File = tuple[str, str | None]
"""A path, and where in the folder that was named it lies."""


def add_on_cluster(
    address: str,
    paths: Iterable[str | Path],
    settings: Settings,
    options: ReadOptions | None = None,
) -> Generator[AddResult, None, None]:
    """Add files and the articles in folders on the workers of a cluster; yield each result.

    In no order. An article that was stored before its worker was lost is told as unchanged.

    Args:
        address: of the cluster, as `ray.init` takes it: `ray://HOST:10001`, or `auto` for the one
            that this machine is part of.
        paths: files and folders.
        settings: with the address of the store.
        options: what is to be known of the files.

    Raises:
        QuestionError: there is no such cluster, or the library is not on a server.
        LibraryError: the workers cannot write to it.
    """
    if settings.store is None:
        raise QuestionError(
            "a cluster adds to a library on a server: name it with --store postgresql://…"
        )
    files: list[_File] = []
    for path, folder, error in files_in(paths):
        if error:
            yield AddResult(str(path), "failed", message=str(error))
        else:
            files.append((os.path.abspath(path), folder))  # noqa: PTH100 - keeps links
    if files:
        yield from _on_workers(address, files, settings, options or ReadOptions())


def _on_workers(
    address: str, files: Sequence[_File], settings: Settings, options: ReadOptions
) -> Iterator[AddResult]:
    # It would tell its makers that it is used, and the terminal how it does what it does.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    logging.getLogger("ray").setLevel(logging.ERROR)
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise QuestionError(
            f'a cluster needs the package {error.name}: pip install "byline[cluster]"'
        ) from error
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise QuestionError(
            f"no Ray cluster answers at {address}: start one with `ray start --head`, or see "
            "whether it runs"
        ) from error
    try:
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False
        workers = max(1, int(ray.cluster_resources().get("CPU", 1)))  # type: ignore[no-untyped-call]
        batches = [
            {"files": pickle.dumps(files[start : start + _FILES])}
            for start in range(0, len(files), _FILES)
        ]
        data = ray.data.from_items(batches, override_num_blocks=len(batches)).map(
            _Worker,  # type: ignore[arg-type]
            fn_constructor_args=(settings, options),
            compute=ray.data.ActorPoolStrategy(size=min(workers, len(batches))),
            num_cpus=1,
        )
        for row in data.iter_rows():
            yield from pickle.loads(row["results"])  # noqa: S301 - of our own workers
    except ray.exceptions.RayError as error:
        said = str(error).strip().rpartition("\n")[2]
        raise LibraryError(
            f"the cluster gave up ({said}): what was stored is kept, and the same command again "
            "goes on from here"
        ) from error
    finally:
        ray.shutdown()


class _Worker:
    """Reads and stores files in a process of its own, which Ray starts again where it is lost."""

    def __init__(self, settings: Settings, options: ReadOptions) -> None:
        from index.reading.sandbox.pool import ReaderPool
        from rag.parts import Parts

        prepare_environment()
        self._parts = Parts(settings)
        self._parts.writable_store()  # What is wrong with it ends the worker before it reads.
        self._pool = ReaderPool()
        self._options = options

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Add some files; return what became of each, without the articles."""
        files: list[_File] = pickle.loads(row["files"])  # noqa: S301 - of our own driver
        for pause in (*_PAUSES_S, None):
            try:
                return {"results": pickle.dumps(self._added(files))}
            except LibraryError:
                if pause is None:
                    raise
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _added(self, files: Sequence[_File]) -> list[AddResult]:
        records = {}
        for name, folder in files:
            with suppress(OSError):  # Whoever reads it says what is wrong.
                path = Path(name)
                records[path] = replace(look_at(path, self._options.way), folder=folder)
        read = read_files([name for name, _ in files], self._options, self._pool, records)
        # Whoever is lost must leave nothing behind that waits for it.
        stored = store_readings(read, self._parts, record_all=True, at_once=True)
        return [result.light() for result in stored]
