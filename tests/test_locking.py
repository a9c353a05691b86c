from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from index.errors import LockedError
from index.sqlite.locking import WriterLock
from store_samples import ENVIRONMENT

_HOLDER = """
import sys
from pathlib import Path
from index.sqlite.locking import WriterLock
with WriterLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_thread_may_take_its_lock_again(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "lock")
    with lock.held() as first, lock.held() as second:
        assert (first, second) == (True, False)
    with lock.held() as again:
        assert again


def test_nothing_is_created_before_the_lock_is_taken(tmp_path: Path) -> None:
    WriterLock(tmp_path / "lock")
    assert list(tmp_path.iterdir()) == []


def test_two_locks_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    other = WriterLock(tmp_path / "lock", timeout_s=0.05)
    with (
        WriterLock(tmp_path / "lock").held(),
        pytest.raises(LockedError, match="another process is adding articles"),
        other.held(),
    ):
        pass


def test_threads_exclude_each_other(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "lock")
    caught: list[Exception] = []

    def other() -> None:
        try:
            with lock.held(timeout_s=0.05):
                pass
        except LockedError as error:
            caught.append(error)

    with lock.held():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(caught) == 1


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", _HOLDER, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=ENVIRONMENT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockedError), WriterLock(path, timeout_s=0.05).held():
            pass
        holder.kill()
        holder.wait()
        with WriterLock(path, timeout_s=5).held() as taken:
            assert taken


def test_a_lock_file_deleted_by_hand_does_no_harm(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "lock")
    with lock.held():
        pass
    (tmp_path / "lock").unlink()
    with lock.held() as taken:
        assert taken
        assert (tmp_path / "lock").exists()
