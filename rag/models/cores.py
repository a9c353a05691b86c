"""Counts the processor cores that this process may use; knows Linux, guesses elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["physical_cores"]


def physical_cores(
    cpuinfo: Path = Path("/proc/cpuinfo"), cpu_max: Path = Path("/sys/fs/cgroup/cpu.max")
) -> int:
    """Count the physical cores among the processors open to this process, at least 1.

    Two threads on one core share its arithmetic units, so a language model gains
    nothing from the second. A container's quota is a limit as well.

    Args:
        cpuinfo: Where Linux lists processors, see proc_cpuinfo(5).
        cpu_max: The quota of the control group, as "max 100000" or "200000 100000".
    """
    if hasattr(os, "sched_getaffinity"):
        allowed = os.sched_getaffinity(0)
    else:
        allowed = set(range(os.cpu_count() or 1))
    cores = set()
    for block in _read(cpuinfo).split("\n\n"):
        fields = {
            key.strip(): value.strip()
            for key, colon, value in (line.partition(":") for line in block.splitlines())
            if colon
        }
        if int(fields.get("processor", -1)) in allowed and "core id" in fields:
            cores.add((fields.get("physical id", "0"), fields["core id"]))
    count = len(cores) or len(allowed)
    quota, _, period = _read(cpu_max).strip().partition(" ")
    if quota.isdigit() and period.isdigit():
        count = min(count, -(-int(quota) // int(period)))
    return max(1, count)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
