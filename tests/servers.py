"""Stores for the tests: in folders, and on a PostgreSQL server that is started for them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pg0
import psycopg

from index.postgres import PostgresStore
from index.relational.store import RelationalStore
from index.sqlite import SqliteStore
from store_samples import DIMENSION, FINGERPRINT

__all__ = ["Libraries", "PostgresServer", "postgres_server"]

_USER = "nobody" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root."""


class PostgresServer:
    """One server with one database; stopped, killed, and started again."""

    def __init__(self, folder: Path) -> None:
        """Name the folder, which is of the user that the server runs as."""
        self._folder = folder
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self._port = taken.getsockname()[1]
        self.url = f"postgresql://postgres:postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it, on the data that it had before."""
        options = ["-c", "shared_buffers=128MB", "-c", "fsync=on"]
        for pause in (0.5, 2.0, None):
            try:
                self._run("start", "--port", str(self._port), *options)
                return
            except subprocess.CalledProcessError:
                if pause is None:
                    raise
                time.sleep(pause)  # What was forked while it was killed may still be ending.

    def stop(self) -> None:
        """Stop it as an administrator would."""
        self._run("stop")

    def kill(self) -> None:
        """Stop it as a power cut would: no process of it does anything more."""
        data = self._folder / ".pg0" / "instances" / "test" / "data"
        first = int((data / "postmaster.pid").read_text().split()[0])
        processes = [first, *_children(first)]
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(Path(f"/proc/{pid}").exists() for pid in processes):
            time.sleep(0.01)

    def library(self) -> str:
        """Return the address of a library of its own, in a schema of its own."""
        name = f"library_{uuid.uuid4().hex}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{self.url}?options=-csearch_path%3D{name}%2Cpublic"

    def _run(self, command: str, *options: str) -> None:
        subprocess.run(
            [self._folder / "pg0", command, "--name", "test", *options],
            check=True,
            user=_USER,
            cwd=self._folder,
            env={"HOME": str(self._folder), "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # It may end meanwhile.
            # The name in brackets may hold anything.
            pid, rest = stat.parent.name, stat.read_text().rpartition(")")[2].split()
            found += [int(pid)] if int(rest[1]) == parent else []
    return found


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="byline-postgres-"))
    # That user may not be let in where the package is installed.
    shutil.copy(Path(pg0.__file__).parent / "bin" / "pg0", folder)
    if _USER:
        shutil.chown(folder, _USER)
    server = PostgresServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Libraries:
    """Libraries by name, each opened as often as a test likes."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        """Keep them in a folder, or on a server."""
        self._folder = folder
        self._server = server
        self._addresses: dict[str, str] = {}

    def open(
        self,
        name: str = "home",
        *,
        fingerprint: str | None = FINGERPRINT,
        dimension: int | None = DIMENSION,
        **options: Any,
    ) -> RelationalStore:
        """Open one; it is made when it is first written to."""
        known = {"fingerprint": fingerprint, "dimension": dimension, **options}
        if self._server is None:
            return SqliteStore(self._folder / name, **known)
        if name not in self._addresses:
            self._addresses[name] = self._server.library()
        return PostgresStore(self._addresses[name], **known)
