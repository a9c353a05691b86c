"""Takes from this process what a reader of files needs not: memory, time, the network, changes.

For the child that parses what strangers wrote, before it sees the first file.
What the system does not offer is left out in silence: each limit stands alone.
Landlock leaves open: sockets of the file system, the mode, owner, times, and extended attributes
of files, new processes, shared memory, and signals (before its sixth version). These system calls
are forbidden by a filter in the kernel. Nothing here knows of files or readers.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import resource
import signal
import struct
import sys
from dataclasses import dataclass

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

_SET_SECCOMP, _FILTER = 22, 2  # linux/prctl.h, linux/seccomp.h
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000  # linux/seccomp.h
_NUMBER_AT, _MACHINE_AT = 0, 4
"""Offsets in `struct seccomp_data`."""
_LOAD, _RETURN, _IF_EQUAL, _IF_AT_LEAST = 0x20, 0x06, 0x15, 0x35  # linux/bpf_common.h
_OTHER_NUMBERING = 0x40000000
"""From here on x86-64 counts the same calls once more, for x32."""


@dataclass(frozen=True, slots=True)
class _Machine:
    """An architecture, with its numbers of system calls."""

    code: int
    """As in linux/audit.h."""
    forbidden: tuple[int, ...]


_NEWEST = (
    424,  # pidfd_send_signal
    425,  # io_uring_setup, by which all the others could be made
    435,  # clone3
    438,  # pidfd_getfd
    452,  # fchmodat2
    463,  # setxattrat
    466,  # removexattrat
    469,  # file_setattr
)
"""The same everywhere."""
_MACHINES = {
    "x86_64": _Machine(
        code=0xC000003E,
        forbidden=(
            *(29, 64, 68, 240),  # shmget, semget, msgget, mq_open
            *(41, 42, 53),  # socket, connect, socketpair
            *(56, 57, 58, 59, 322),  # clone, fork, vfork, execve, execveat
            *(62, 129, 200, 234, 297),  # kill, rt_sigqueueinfo, tkill, tgkill, rt_tgsigqueueinfo
            *(90, 91, 268),  # chmod, fchmod, fchmodat
            *(92, 93, 94, 260),  # chown, fchown, lchown, fchownat
            *(101, 310, 311),  # ptrace, process_vm_readv, process_vm_writev
            *(132, 235, 261, 280),  # utime, utimes, futimesat, utimensat
            *(188, 189, 190, 197, 198, 199),  # setxattr and removexattr, each with l and f
            *_NEWEST,
        ),
    ),
    "aarch64": _Machine(
        code=0xC00000B7,
        forbidden=(
            *(5, 6, 7, 14, 15, 16),  # setxattr and removexattr, each with l and f
            *(52, 53),  # fchmod, fchmodat
            *(54, 55),  # fchownat, fchown
            88,  # utimensat
            *(117, 270, 271),  # ptrace, process_vm_readv, process_vm_writev
            *(129, 130, 131, 138, 240),  # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
            *(180, 186, 190, 194),  # mq_open, msgget, semget, shmget
            *(198, 199, 203),  # socket, socketpair, connect
            *(220, 221, 281),  # clone, execve, execveat
            *_NEWEST,
        ),
    ),
}


class _Program(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


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
        _forbid_calls(library)


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


def _forbid_calls(library: ctypes.CDLL) -> None:
    """Give up system calls for good, which then fail with EPERM, as for want of rights.

    New privileges must be given up before. A thread is a new process here: no parser starts any.
    A machine that is not known here is left as it is.

    Args:
        library: the C library.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None or sys.maxsize < 1 << 32:
        return
    instructions = _filter(machine)
    program = _Program(len(instructions) // 8, instructions)
    library.prctl(_SET_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(program))


def _filter(machine: _Machine) -> bytes:
    """Return the filter in classic BPF (docs.kernel.org/userspace-api/seccomp_filter.html)."""
    refused = _instruction(_RETURN, _ERROR | errno.EPERM)
    # A jump names how many instructions are skipped: if it holds, and if it does not.
    program = [
        _instruction(_LOAD, _MACHINE_AT),
        # Calls of the 32-bit machine within this one have other numbers; nothing here makes any.
        _instruction(_IF_EQUAL, machine.code, 1, 0),
        refused,
        _instruction(_LOAD, _NUMBER_AT),
        _instruction(_IF_AT_LEAST, _OTHER_NUMBERING, 0, 1),
        refused,
    ]
    for number in machine.forbidden:
        program += [_instruction(_IF_EQUAL, number, 0, 1), refused]
    program.append(_instruction(_RETURN, _ALLOW))
    return b"".join(program)


def _instruction(code: int, value: int, holds: int = 0, fails: int = 0) -> bytes:
    return struct.pack("=HBBI", code, holds, fails, value)
