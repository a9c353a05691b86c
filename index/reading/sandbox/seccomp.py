"""Forbids this process system calls that Landlock does not govern, by a filter in the kernel.

Landlock leaves open: sockets of the file system, the mode, owner, times, and extended attributes
of files, new processes, shared memory, and signals (before its sixth version). What the
filter forbids fails with EPERM, as it would for want of rights. Knows nothing of files or readers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from dataclasses import dataclass

__all__ = ["forbid_calls"]

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


def forbid_calls(library: ctypes.CDLL) -> None:
    """Give up the calls for good; the process must have given up new privileges before.

    A thread is a new process here: no parser starts any. A machine that is not known here is
    left as it is.

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
