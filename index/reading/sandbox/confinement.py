"""Takes from this process what a reader of files needs not: memory, time, the network, changes.

For the child that parses what strangers wrote, before it sees the first file.
What the system does not offer is left out in silence: each limit stands alone.
Nothing here knows of files or readers.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import struct
import sys

from index.reading.sandbox.seccomp import forbid_calls

__all__ = ["allow_memory", "allow_processor_time", "confine", "die_with"]

_NICENESS = 5
"""Reading ahead must not slow the process that embeds and answers."""
_OPEN_FILES = 64
_PROCESSOR_SECONDS = 120
"""A backstop, far beyond the wall-clock limit of whoever waits: for when nobody waits."""
_MOST_MEMORY = 2_000_000_000
"""Bytes of address space while a page is read by OCR: its libraries alone take up 700 MB."""

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # linux/sched.h
_NO_NEW_PRIVILEGES = 38  # linux/prctl.h
# linux/landlock.h; the numbers of its calls are the same on every architecture but Alpha.
_CREATE_RULESET, _RESTRICT_SELF, _VERSION = 444, 446, 1
_EXECUTE, _WRITE, _REMOVE_AND_MAKE = 1 << 0, 1 << 1, 0x1FF << 4
_REFER, _TRUNCATE, _DEVICE_CONTROL = 1 << 13, 1 << 14, 1 << 15
_TCP, _OUTSIDE = 0b11, 0b11


def confine(memory: int) -> None:
    """Limit this process for good.

    Args:
        memory: Bytes of address space. Measured: the readers and their libraries take up
            70 MB of it, nearly all of that resident.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, max(memory, _MOST_MEMORY)))
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        _leave_the_network(library)
        # Not before: the user namespace is made for this process, and counts as one of its own.
        _limit(resource.RLIMIT_NPROC, 0)
        library.prctl(_NO_NEW_PRIVILEGES, *map(ctypes.c_ulong, (1, 0, 0, 0)))
        _forbid_changes(library)
        forbid_calls(library)


def allow_processor_time() -> None:
    """Let this process compute for two more minutes; then the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + _PROCESSOR_SECONDS
    with contextlib.suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))


def allow_memory() -> None:
    """Let this process use as much memory as reading a page by OCR takes, from now on."""
    with contextlib.suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def die_with(descriptor: int) -> None:
    """Die when the other end of a pipe is closed, even in the midst of a computation.

    The system sends SIGIO then, which ends a process that does not handle it. Not
    PR_SET_PDEATHSIG: that comes already when the thread that started this process ends.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)


def _limit(kind: int, most: int) -> None:
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (most, most))


def _leave_the_network(library: ctypes.CDLL) -> None:
    """Go where there is no network device.

    Only root may without a user namespace of its own, and would lose its rights to files in one.
    """
    library.unshare(_NEW_NETWORK if os.geteuid() == 0 else _NEW_NETWORK | _NEW_USER)


def _forbid_changes(library: ctypes.CDLL) -> None:
    """Give up writing, making, and removing files, running programs, TCP, and signals to others.

    By Landlock (docs.kernel.org/userspace-api/landlock.html): what a ruleset names and no
    rule of it allows is forbidden.
    """
    version = library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return
    changes = _EXECUTE | _WRITE | _REMOVE_AND_MAKE
    later = ((2, _REFER), (3, _TRUNCATE), (5, _DEVICE_CONTROL))
    changes |= sum(right for since, right in later if version >= since)
    rules = struct.pack("=Q", changes)
    rules += struct.pack("=Q", _TCP) if version >= 4 else b""
    rules += struct.pack("=Q", _OUTSIDE) if version >= 6 else b""
    ruleset = library.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset >= 0:
        library.syscall(_RESTRICT_SELF, ruleset, 0)
        os.close(ruleset)
