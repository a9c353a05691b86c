"""Checks what Byline needs in order to work, and says how to mend each part that does not.

It imports none of the heavy packages: whether they are there is read from their
metadata, so that it works, and is quick, where the installation is broken.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from functools import partial
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import BylineError
from index.store import Health
from rag.cli.meter import metered
from rag.cli.terminal import clean, json_text, out, remark, status
from rag.types import counted

if TYPE_CHECKING:
    from rag.cli.call import Call
    from rag.settings import Settings

__all__ = ["run_doctor"]

_SPARE_BYTES = 300_000_000
"""Disk space below which adding articles may soon fail."""

_MODEL_BYTES = 1_200_000_000
"""Disk space that the default language model takes when its parts are joined."""


def run_doctor(call: Call) -> int:
    """Print every check as it is made; return 1 if any failed."""
    call.refuse_words()
    checks = []
    for check in _checks(call):
        checks.append(check)
        if not call.json:
            mend = f"; {check.mend}" if check.mend and not check.ok else ""
            out(f"{'ok  ' if check.ok else 'FAIL'} {clean(f'{check.name}: {check.detail}{mend}')}")
            sys.stdout.flush()
    failed = sum(not check.ok for check in checks)
    if call.json:
        out(json_text({"ok": not failed, "checks": [asdict(check) for check in checks]}))
    if not failed:
        return 0
    sys.stdout.flush()
    remark(f"{failed} of {len(checks)} checks failed; each says how to mend it")
    return 1


def _checks(call: Call) -> Iterator[Health]:
    running = sys.version.split()[0]
    yield Health("python", sys.version_info >= (3, 10), running, "install Python 3.10 or later")
    packages = list(check_packages(requires("byline") or ()))
    yield from packages
    yield from check_folder("library folder", call.settings.home)
    joined = any(call.settings.models.glob("*.gguf")) or call.settings.language_model != "default"
    needed = _SPARE_BYTES if joined else _SPARE_BYTES + _MODEL_BYTES
    yield from check_folder("models folder", call.settings.models, needed)
    yield Health("resident process", True, _resident())
    if all(check.ok for check in packages):
        yield from _check_models(call)
        yield from _check_library(call)


def check_packages(required: Iterable[str]) -> Iterator[Health]:
    """Check that every package can be found, without importing it: one check if all can.

    Args:
        required: What is needed, as the metadata of a package lists it; extras are left out.
    """
    found, missing = [], False
    for name in (
        re.split("[^a-zA-Z0-9._-]", each)[0] for each in required if "extra ==" not in each
    ):
        try:
            package = distribution(name)
            fault, install = _lost(package), "pip install --force-reinstall --no-deps"
            found.append(f"{name} {package.version}")
        except PackageNotFoundError:
            fault, install = "not installed", "pip install"
        if fault:
            missing = True
            yield Health(f"package {name}", False, fault, f"run: {install} {name}")
    if not missing:
        yield Health("packages", True, ", ".join(found))


def _lost(package: Distribution) -> str:
    """Say which module at the top of a package is not where it was installed; empty for none."""
    for file in package.files or ():
        module = len(file.parts) <= 2 and file.suffix in (".py", ".so")
        if module and file.parts[0] != ".." and not os.path.exists(file.locate()):  # noqa: PTH110
            return f"has lost {file}"
    return ""


def check_folder(name: str, folder: Path, needed: int = _SPARE_BYTES) -> Iterator[Health]:
    """Check that a folder, or the one it would be made in, can be written to and has room.

    Args:
        name: What it is for, in words for a person.
        folder: Where it is, or will be.
        needed: Bytes that must be free on its disk.
    """
    # `Path.exists` raises where it may not look.
    existing = next(p for p in (folder, *folder.parents) if os.path.exists(p))  # noqa: PTH110
    if not existing.is_dir():
        yield Health(name, False, f"{existing} is not a folder", "move it, or use another folder")
        return
    writable = os.access(existing, os.W_OK | os.X_OK)
    detail = f"{folder}{'' if folder == existing else ' (not made yet)'}"
    mend = f"make {existing} writable, or use another folder"
    yield Health(name, writable, detail if writable else f"{existing} is read-only", mend)
    free = shutil.disk_usage(existing).free
    room = f"{free / 1e9:,.1f} GB free"
    yield Health(
        f"{name}, space", free >= needed, room, f"{needed / 1e9:,.1f} GB are needed; free some"
    )


def _resident() -> str:
    """Say whether a process keeps the models loaded, and what it takes."""
    from rag.cli.resident.client import memory_bytes, running, usual_place
    from rag.cli.resident.place import keep_seconds

    place = usual_place()
    if place is None:
        return "none is wanted (BYLINE_KEEP=0)"
    pid = running(place)
    if pid is None:
        return "none; the next question starts one"
    size = memory_bytes(pid)
    memory = f", {size / 1e6:,.0f} MB" if size else ""
    return f"{pid}{memory}; ends after {keep_seconds() / 60:.3g} idle minutes, or by `ask stop`"


def _check_models(call: Call) -> Iterator[Health]:
    """Check every byte of the weights, and whether a question can be answered offline."""
    from rag.models.info import verify_models

    with status(call.quiet) as shown:
        shown.show("checking the models")
        models = verify_models(call.settings, partial(shown.count, "reading their weights"))
    for model in models:
        # Of a fault the detail is the whole story; otherwise it may say what is left to do.
        facts = [model.name, model.detail]
        if model.role == "reader":
            digest = f"SHA-256 {model.sha256}" if model.sha256 else ""
            base = f"from {model.base}" if model.base else ""
            facts += [digest, model.licence or "", base, model.data, f"in {model.location}"]
        detail = ", ".join(filter(None, facts))
        yield Health(model.role, model.ready, detail if model.ready else model.detail)
    local = all(model.ready and "://" not in model.location for model in models)
    detail = "nothing has to be fetched" if local else "a model is missing, or on a server"
    mend = "mend the model that failed above"
    server_chosen = any("://" in model.location for model in models)
    yield Health("offline", local or server_chosen, detail, mend)


def _check_library(call: Call) -> Iterator[Health]:
    if not (call.settings.store or call.settings.home.exists()):
        yield Health("library", True, "empty; add articles with `ask add FOLDER`")
        return
    try:
        if call.options.repair:
            yield _repair(call.settings)
        with call.open() as assistant:
            if call.options.repair and assistant.store.counts().waiting:
                with metered(call.quiet) as meter:
                    assistant.on_embedding = partial(meter.show, "passages embedded")
                    made = assistant.embed_waiting()
                assistant.settle()
                yield Health("library, vectors", True, f"made {made:,} that were waited for")
            for health in assistant.store.health():
                yield replace(health, name=f"library, {health.name}")
    except BylineError as error:
        yield Health("library", False, str(error))


def _repair(settings: Settings) -> Health:
    """Derive anew what the library derives from its articles and their vectors."""
    from rag.parts import open_store

    with closing(open_store(settings)) as store:
        store.rebuild_index()
        chunks = store.counts().chunks
    return Health(
        "library, repair", True, f"built the indexes anew from {counted(chunks, 'passage')}"
    )
