"""Finds weights in the cache of `huggingface_hub`, and fetches them if that was asked for.

The only module that can fetch a file. It knows names on the hub and nothing of what
is done with the files.
"""

from __future__ import annotations

from pathlib import Path

from index.errors import ModelError

__all__ = ["DOWNLOAD", "hub_file", "hub_folder", "split_reference"]

DOWNLOAD = "ask models --download"

_FOLDER_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")


def split_reference(reference: str) -> tuple[str, str]:
    """Split `hf:owner/repo/file.gguf` into `("owner/repo", "file.gguf")`.

    Raises:
        ModelError: it has another form.
    """
    parts = reference.removeprefix("hf:").split("/")
    plain = all(part and part not in (".", "..") for part in parts)
    if len(parts) < 3 or not plain or not parts[-1].endswith(".gguf"):
        raise _no_model(reference)
    return "/".join(parts[:2]), "/".join(parts[2:])


def hub_file(reference: str, download: bool) -> Path:
    """Return the path of `hf:owner/repo/file.gguf` in the cache.

    Raises:
        ModelError: it has another form; or it is not there and may not be, or could not
            be, downloaded.
    """
    from huggingface_hub import hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    repo, file = split_reference(reference)
    try:
        cached = try_to_load_from_cache(repo, file)
    except HFValidationError:
        raise _no_model(reference) from None
    if isinstance(cached, str):
        return Path(cached)
    if not download:
        raise _not_here(reference)
    try:
        return Path(hf_hub_download(repo, file))
    except Exception as error:
        raise _failed(reference, error) from error


def hub_folder(name: str, download: bool) -> Path:
    """Return the folder of a sentence-transformers model in the cache.

    Args:
        name: As in `owner/model`; without an owner, it is one of sentence-transformers.
        download: Whether it may be fetched.

    Raises:
        ModelError: it is not there and may not be, or could not be, downloaded.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    repo = name if "/" in name else f"sentence-transformers/{name}"
    patterns = list(_FOLDER_FILES)
    try:
        folder = Path(snapshot_download(repo, local_files_only=True, allow_patterns=patterns))
        # A snapshot of which only some files were ever fetched counts as none.
        if (folder / "config.json").is_file() and any(folder.glob("*.safetensors")):
            return folder
    except HFValidationError:
        raise ModelError(f"there is no folder {name!r}, and it is no name of a model") from None
    except LocalEntryNotFoundError:
        pass
    if not download:
        raise _not_here(name)
    try:
        ignored = ["onnx/*", "openvino/*"]
        return Path(snapshot_download(repo, allow_patterns=patterns, ignore_patterns=ignored))
    except Exception as error:
        raise _failed(name, error) from error


def _no_model(reference: str) -> ModelError:
    return ModelError(f"{reference!r} is no model; write it as hf:owner/repo/file.gguf")


def _not_here(name: str) -> ModelError:
    return ModelError(f"{name} is not on this machine; to fetch it once, run: {DOWNLOAD}")


def _failed(name: str, error: Exception) -> ModelError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return ModelError(f"could not download {name}: {reason}; check the name and the connection")
