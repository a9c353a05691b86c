"""Finds the files of a folder that can be read; reads no more of one than what tells its format.

Messages do not name the folder: whoever shows them puts its path before them.
"""

from __future__ import annotations

import logging
import os
import stat
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index.errors import ReadError
from index.reading.files import unreadable
from index.reading.formats import FORMATS, format_of, head_of, is_readable, suffixes_of, type_of

__all__ = ["SUFFIXES", "find_files"]

_logger = logging.getLogger(__name__)

SUFFIXES = suffixes_of()
"""The file types that can be read, in lower case."""
_MOST_NAMED = 5
_WITH_PAGE = (
    *"_files .files _file -Dateien _fichiers _archivos _arquivos _ficheiros _bestanden".split(),
    *"-filer _filer _tiedostot _pliki _soubory _subory _elemei _dosyalar _fitxers".split(),
)
"""What browsers put after a page's name, each in its language, for a folder of its pictures,
styles, and frames."""
_BACKUPS = ("bak", "version-files")
"""Folders in which Logseq, beside its settings, keeps earlier versions of its pages."""


def find_files(path: Path) -> list[Path]:
    """Return the files that can be read at and below a path, sorted.

    A file is returned as it is, whatever its type. Of those in a folder, the
    ones with a type that can be read, with a type of documents that cannot (so
    that they are named), and with no type but the content of one that can, or
    prose. Hidden files and folders are passed over, and so are lock files, and
    the folders of what belongs to saved pages. Links to folders are followed,
    unless they lead to one that is read already or to one above. A file that
    cannot be looked at is returned too: `open_file` says what is wrong with it.

    Raises:
        ReadError: If there is nothing at the path, or nothing that can be read.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise unreadable(error) from error
    if not stat.S_ISDIR(mode):
        return [path]
    refused: list[OSError] = []
    found: list[Path] = []
    others: Counter[str] = Counter()
    for folder, names in _folders(path, refused.append):
        in_maildir = _is_of_maildir(Path(folder))
        for each in names:
            file = Path(folder, each)
            if each.startswith((".", "~$")):
                continue
            if not _is_file(file):
                if file.is_symlink() and not file.exists():
                    _logger.warning("passed over a link to what is not there: %s", file)
                continue
            looked_into = in_maildir or not type_of(each)
            if _is_known(file) if looked_into else is_readable(each):
                found.append(file)
            else:
                others[type_of(each) or "no type"] += 1
    if not found and refused:
        raise unreadable(refused[0]) from refused[0]
    for refusal in refused:
        _logger.warning("passed over a folder that may not be read: %s", refusal.filename)
    if not found:
        formats = ", ".join(each.name for each in FORMATS)
        raise ReadError(f"no articles in this folder; what can be read: {formats}")
    if others:
        kinds = ", ".join(kind for kind, _ in others.most_common(_MOST_NAMED))
        files = (
            "1 file of another type"
            if others.total() == 1
            else f"{others.total():,} files of other types"
        )
        _logger.warning("passed over %s (%s) in %s", files, kinds, path)
    return sorted(found)


def _folders(path: Path, on_error: Callable[[OSError], None]) -> Iterator[tuple[str, list[str]]]:
    """Yield the folders at and below a path that are not hidden, each once, with what is in them.

    Those that links lead to come last, so that a file keeps its path when a link to it is made.
    """
    above = (parent for parent in path.resolve().parents)
    seen = {_identity(each) for each in above}
    waiting = deque([str(path)])
    while waiting:
        top = waiting.popleft()
        links: list[str] = []
        for folder, folders, names in os.walk(top, onerror=on_error):
            identity = _identity(folder)
            if identity in seen:
                folders[:] = []
                _logger.warning("passed over a link to a folder that is read already: %s", folder)
                continue
            seen.add(identity)
            left_out = _folders_of_pages(names)
            if "config.edn" in names:
                left_out.update(_BACKUPS)
            folders[:] = [
                each
                for each in folders
                if each not in left_out
                and (not each.startswith(".") or _is_of_mail(Path(folder, each)))
            ]
            inner = [os.path.join(folder, each) for each in folders]  # noqa: PTH118
            links += filter(os.path.islink, inner)
            yield folder, names
        for link in sorted(links):
            # What is hidden stays so, by whatever name a link gives to it.
            steps = set(Path(link).resolve().parts) - set(path.resolve().parts)
            if any(step.startswith(".") for step in steps):
                _logger.warning("passed over a link to a hidden folder: %s", link)
            else:
                waiting.append(link)


def _folders_of_pages(names: Iterable[str]) -> set[str]:
    """Return how browsers call the folders of what belongs to pages that were saved whole."""
    pages = (Path(name) for name in names)
    stems = [page.stem for page in pages if page.suffix.lower() in (".html", ".htm", ".xhtml")]
    return {stem + ending for stem in stems for ending in _WITH_PAGE}


def _identity(folder: str | Path) -> tuple[int, int] | str:
    """Return what a folder is known by, whatever path leads to it."""
    try:
        found = os.stat(folder)  # noqa: PTH116
    except OSError:
        return str(folder)
    return found.st_dev, found.st_ino


def _is_known(file: Path) -> bool:
    """Say whether a file without a type holds, by its first bytes, what can be read."""
    try:
        with file.open("rb") as opened:
            return format_of(head_of(opened), file.name) is not None
    except (OSError, ReadError):
        return False


_THROWN_AWAY = ("trash", "junk", "spam", "drafts", "deleted", "papierkorb", "corbeille")
"""How mail programs begin the names of folders whose messages are none to keep."""


def _is_of_mail(hidden: Path) -> bool:
    """Say whether a folder is one of a mailbox that is kept as Maildir, as `.Sent` is."""
    last = hidden.name.casefold().rpartition(".")[2]
    return not last.startswith(_THROWN_AWAY) and _is_of_maildir(hidden / "cur")


def _is_of_maildir(folder: Path) -> bool:
    """Say whether a folder holds messages whose names end with a machine's, and no type."""
    return folder.name in ("cur", "new") and (folder.parent / "tmp").is_dir()


def _is_file(path: Path) -> bool:
    """Say whether a file is at the path; also where only reading it will tell."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:  # a link to nothing
        return False
    except OSError:
        return True
