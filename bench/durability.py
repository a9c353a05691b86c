"""Proves that a library bears kills, damage, full disks, and other processes; prints one table.

    python bench/durability.py [--only PART]... [--kills 600] [--server-kills 100] [--syncs 100]
        [--damages 300]

Ends with 1 where a promise was broken, and names each. Some parts need Linux, a C
compiler, or the right to mount a small disk; they say so where they are left out.
Kills and processes together run on the disk of `--folder`, the others in memory.
"""

from __future__ import annotations

import os

# No threads: processes are forked from this one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from faults.damage import damage_files, damage_notes
from faults.disk import fill_disk
from faults.kills import kill_at_random, kill_server
from faults.outcome import Outcome, print_outcomes
from faults.shim import is_loaded, start_again_with_shim
from faults.steps import fail_at_each_call, kill_at_each_call
from faults.syncs import kill_syncs
from faults.together import add_together, put_backup_back

if TYPE_CHECKING:
    from servers import PostgresServer

_WITH_SHIM = ("steps", "failures")


def main() -> int:
    """Run the parts, and end with 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])

    def on_server(part: Callable[[PostgresServer], Outcome]) -> Outcome:
        sys.path.append(str(Path(__file__).parent.parent / "tests"))
        from servers import postgres_server

        with postgres_server() as server:
            return part(server)

    parts: dict[str, Callable[[], Outcome]] = {
        "kills": lambda: kill_at_random(options.kills, seed, options.folder),
        "server-writers": lambda: on_server(
            lambda server: kill_at_random(options.server_kills, seed, options.folder, server)
        ),
        "server": lambda: on_server(lambda server: kill_server(options.server_kills, seed, server)),
        "syncs": lambda: kill_syncs(options.syncs, seed, options.folder),
        "steps": lambda: kill_at_each_call(seed),
        "failures": lambda: fail_at_each_call(seed),
        "disk": lambda: fill_disk(seed),
        "damage": lambda: damage_files(options.damages, seed),
        "notes": lambda: damage_notes(seed),
        "together": lambda: add_together(options.adds, seed, options.folder),
        "backups": lambda: put_backup_back(options.backups, seed),
    }
    parser.add_argument("--only", action="append", choices=list(parts), help="repeatable")
    parser.add_argument("--kills", type=int, default=600, help="at random moments")
    parser.add_argument("--server-kills", type=int, default=100, help="of each kind")
    parser.add_argument("--syncs", type=int, default=100, help="kills of a sync")
    parser.add_argument("--damages", type=int, default=300, help="of each derived file")
    parser.add_argument("--adds", type=int, default=200, help="by each of two processes")
    parser.add_argument("--backups", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="on the disk to be tried")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    seed = options.seed
    chosen = options.only or list(parts)
    without_shim = ""
    if not is_loaded() and set(_WITH_SHIM) & set(chosen):
        without_shim = start_again_with_shim()
    logging.disable()  # What is told of each damage would hide the table.
    outcomes = [
        Outcome(name, note=f"left out: {without_shim}")
        if without_shim and name in _WITH_SHIM
        else parts[name]()
        for name in parts
        if name in chosen
    ]
    print_outcomes(outcomes)
    return 1 if any(outcome.faults for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
