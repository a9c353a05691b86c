"""Everything that can be set, in one frozen object made at the edge and passed in."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import platformdirs

from index.errors import QuestionError

__all__ = ["Refusal", "Settings", "Write", "expanded"]

Refusal = Literal["never", "lenient", "balanced", "strict"]
Write = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a Byline is set up. Made once, by the CLI, the UI, or `Assistant.open`."""

    home: Path
    """Folder of the library; made when the first article is added."""
    models: Path
    """Folder where weights are kept; shared by all libraries."""
    store: str | None = field(default=None, repr=False)
    """Address of a PostgreSQL database that holds the library, as in
    `postgresql://USER:PASSWORD@HOST/DATABASE`; None where it is in `home`."""
    language_model: str = "default"
    """`default`, a path to a GGUF file, `hf:owner/repo/file.gguf`, or an OpenAI-compatible URL."""
    embedder: str = "default"
    """`default`, or a folder or name that sentence-transformers can load."""
    reader: str = "default"
    """`default`, a folder that `rag.reader.load_reader` can load, or the URL of `ask reader`."""
    api_key: str | None = field(default=None, repr=False)
    """Sent with every request to the server that `language_model` names; nowhere else."""
    reader_key: str | None = field(default=None, repr=False)
    """What `ask reader` asks for, and what is sent to the one that `reader` names."""
    download: bool = False
    """Whether models may be fetched from a hub; nothing leaves the machine while this is off."""
    background: bool = False
    """Whether the vector index of a large library is built by a thread of its own, while all
    vectors are searched: right for a process that stays, in vain in one that ends soon."""
    passages: int = 12
    """How many chunks the search finds, and the reader may read."""
    refusal: Refusal = "balanced"
    """How sure an answer must be (`rag.answer.refuse`): lenient answers more, strict refuses
    more; never refuses nothing that was found."""
    write: Write = "auto"
    """Which answers the language model puts into words of its own (`rag.answer.writing`): auto
    those to how and why that are spread over sentences."""

    @classmethod
    def from_environment(cls, home: str | Path | None = None) -> Settings:
        """Read what is set in variables whose names begin with `BYLINE_`.

        They are `_HOME`, `_STORE`, `_MODELS`, `_MODEL`, `_EMBEDDER`, `_READER`, `_API_KEY`, and
        `_READER_KEY`.
        An argument wins over the environment, which wins over the defaults: the
        user data folder for the library, the user cache folder for the models.
        """
        library = home or os.environ.get("BYLINE_HOME") or platformdirs.user_data_path("byline")
        models = os.environ.get("BYLINE_MODELS") or platformdirs.user_cache_path("byline")
        return cls(
            home=expanded(library).absolute(),
            models=expanded(models).absolute(),
            store=os.environ.get("BYLINE_STORE") or None,
            language_model=os.environ.get("BYLINE_MODEL") or "default",
            embedder=os.environ.get("BYLINE_EMBEDDER") or "default",
            reader=os.environ.get("BYLINE_READER") or "default",
            api_key=os.environ.get("BYLINE_API_KEY") or None,
            reader_key=os.environ.get("BYLINE_READER_KEY") or None,
        )


def expanded(path: str | Path) -> Path:
    """Return a path with the home folder in the place of ~; ~old is a folder of that name.

    Raises:
        QuestionError: it is empty, which to Python is the folder that one is in.
    """
    if not os.fspath(path):
        raise QuestionError("a path is empty; for the folder that you are in, write .")
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser refuses ~old.
