"""Describes the models in the settings for a person, and checks them byte by byte.

Knows where they come from; never loads one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from index.durable import Progress, hash_file
from index.errors import ModelError
from rag.models.catalogue import (
    EMBEDDER,
    LANGUAGE_MODEL,
    PinnedModel,
    find_embedder,
    find_language_model,
    find_parts,
    joined_path,
    reinstall,
)
from rag.models.joining import is_known_good
from rag.models.json_server import is_server
from rag.reader import reader_folder
from rag.reader.weights import MANIFEST, check_files, mend, read_manifest
from rag.settings import Settings

__all__ = ["ModelInfo", "describe_models", "identify_models", "identify_reader", "verify_models"]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model in words and figures."""

    role: Literal["embedder", "reader", "language model"]
    name: str
    origin: str
    """Where it comes from, in words for a person."""
    location: str = ""
    """Path or URL; empty if it is nowhere yet."""
    sha256: str | None = None
    """What its weights must hash to, or hashed to; None if that is not known. Of a reader with a
    manifest, the hash of all its files."""
    size: int = 0
    """Bytes of its weights; 0 if that is not known."""
    licence: str | None = None
    ready: bool = True
    """Whether it can be used without a download. Of servers only that of a reader is asked."""
    detail: str = ""
    """What is wrong and how to mend it, or what is left to do; empty if all is well."""
    base: str = ""
    """The model that it was trained from; empty if that is not known."""
    data: str = ""
    """What it was trained on, in words for a person; empty if that is not known."""


def describe_models(
    settings: Settings,
    embedder: PinnedModel = EMBEDDER,
    language_model: PinnedModel = LANGUAGE_MODEL,
) -> tuple[ModelInfo, ...]:
    """Return the embedder, the language model, and the reader: nothing is hashed or loaded."""
    return (
        _describe_embedder(settings, embedder),
        _describe_language_model(settings, language_model),
        _describe_reader(settings),
    )


def identify_models(settings: Settings) -> tuple[ModelInfo, ...]:
    """Return what `describe_models` does, after hashing the weights of those without a hash."""
    return tuple(
        info if info.sha256 else _verify(info, None, "") for info in describe_models(settings)
    )


def identify_reader(settings: Settings) -> ModelInfo:
    """Return the reader of `identify_models` alone."""
    info = _describe_reader(settings)
    return info if info.sha256 else _verify(info, None, "")


def verify_models(
    settings: Settings,
    progress: Progress | None = None,
    embedder: PinnedModel = EMBEDDER,
    language_model: PinnedModel = LANGUAGE_MODEL,
) -> tuple[ModelInfo, ...]:
    """Return what `describe_models` does, after reading and hashing every byte of weights.

    A pinned model with another hash is not `ready`; for others the hash is filled in.
    """
    return tuple(
        _verify(info, progress, reinstall(embedder.parts))
        for info in describe_models(settings, embedder, language_model)
    )


def _describe_embedder(settings: Settings, default: PinnedModel) -> ModelInfo:
    pinned = settings.embedder == "default"
    info = ModelInfo(
        role="embedder",
        name=default.name if pinned else settings.embedder,
        origin=default.source if pinned else "chosen in the settings",
        sha256=default.sha256 if pinned else None,
        size=default.size if pinned else 0,
        licence=default.licence if pinned else None,
    )
    try:
        folder = find_embedder(replace(settings, download=False), default)
    except ModelError as error:
        return replace(info, ready=False, detail=str(error))
    return replace(info, location=str(folder), size=_size(_weights(folder)))


def _describe_served(settings: Settings) -> ModelInfo:
    from rag.reader.served import ServedReader

    info = ModelInfo(
        role="reader",
        name=settings.reader,
        origin="server of `ask reader`",
        location=settings.reader,
    )
    try:
        identity = ServedReader(settings.reader, key=settings.reader_key).identity
    except ModelError as error:
        return replace(info, ready=False, detail=str(error))
    return replace(info, **asdict(identity))


def _describe_reader(settings: Settings) -> ModelInfo:
    if is_server(settings.reader):
        return _describe_served(settings)
    pinned = settings.reader == "default"
    info = ModelInfo(
        role="reader",
        name="Byline's own" if pinned else settings.reader,
        origin="comes with Byline" if pinned else "chosen in the settings",
    )
    try:
        folder = reader_folder(settings.reader)
        info = replace(info, location=str(folder))
        if not (folder / MANIFEST).is_file() and not pinned:
            return replace(info, name=folder.name, size=_size(_weights(folder)))
        manifest = read_manifest(folder)
        sizes = [(folder / name).stat().st_size for name in manifest.files]
    except ModelError as error:
        return replace(info, ready=False, detail=str(error))
    except OSError as error:
        detail = f"cannot read {error.filename}: {error.strerror}; {mend(folder)}"
        return replace(info, ready=False, detail=detail)
    return replace(
        info,
        name=manifest.name,
        sha256=manifest.sha256,
        size=sum(sizes),
        licence=manifest.licence,
        base=manifest.base,
        data=manifest.data,
    )


def _describe_language_model(settings: Settings, default: PinnedModel) -> ModelInfo:
    chosen = settings.language_model
    if chosen == "default":
        return _describe_joined(settings, default)
    server = is_server(chosen)
    info = ModelInfo(
        role="language model",
        name=chosen if server or chosen.startswith("hf:") else Path(chosen).name,
        origin="OpenAI-compatible server" if server else "chosen in the settings",
        location=chosen if server else "",
    )
    if server:
        return info
    try:
        path = Path(find_language_model(replace(settings, download=False)))
    except ModelError as error:
        return replace(info, ready=False, detail=str(error))
    return replace(info, location=str(path), size=path.stat().st_size)


def _describe_joined(settings: Settings, default: PinnedModel) -> ModelInfo:
    path = joined_path(settings, default)
    info = ModelInfo(
        role="language model",
        name=default.name,
        origin=f"{default.source}, joined in {path.parent}",
        location=str(path),
        sha256=default.sha256,
        size=default.size,
        licence=default.licence,
    )
    if is_known_good(path, default.sha256):
        return info
    try:
        find_parts(default.parts)
    except ModelError as error:
        return replace(info, ready=False, detail=str(error))
    size = f"{default.size / 1e9:.1f} GB"
    return replace(info, detail=f"its parts are joined at the first question, once ({size})")


def _verify(info: ModelInfo, progress: Progress | None, mend_embedder: str) -> ModelInfo:
    if not info.ready or is_server(info.location):
        return info
    path = Path(info.location)
    if info.role == "reader" and info.sha256:
        try:
            check_files(path, read_manifest(path), progress)
        except ModelError as error:
            return replace(info, ready=False, detail=str(error))
        return info
    files = _weights(path) if path.is_dir() else [path]
    if not all(file.is_file() for file in files):
        return info  # the parts are not joined yet
    try:
        hashes = [hash_file(file, progress) for file in files]
    except OSError as error:
        return replace(info, ready=False, detail=f"cannot read {path}: {error.strerror}")
    if info.sha256 is None:
        return replace(info, sha256=hashes[0] if len(hashes) == 1 else None)
    if hashes == [info.sha256]:
        return info
    joined_anew = "delete it; it is joined anew from its parts"
    mend = f"run: {mend_embedder}" if path.is_dir() else joined_anew
    return replace(info, ready=False, detail=f"{path} is damaged (its SHA-256 is wrong); {mend}")


def _weights(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.safetensors"))


def _size(files: Sequence[Path]) -> int:
    return sum(file.stat().st_size for file in files)
