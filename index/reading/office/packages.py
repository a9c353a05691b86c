"""What zipped documents share: their main part, relations, and properties.

The names are those of ECMA-376, part 2, and of OpenDocument 1.3. Knows nothing of what is in a
document.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.reading.metadata.properties import Properties, usable_author, usable_title
from index.reading.office.archive import Archive, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

__all__ = ["attribute", "main_part", "related", "stated_properties"]


def attribute(element: _Element, name: str) -> str:
    """Return an attribute, whatever its namespace."""
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def main_part(archive: Archive, usual: str) -> str:
    """Return the name of the part that the package says holds the document.

    Args:
        archive: The package.
        usual: The name that it has in nearly all of them.

    Raises:
        ReadError: If there is none.
    """
    for target in related(archive, "", "officeDocument").values():
        if target in archive.names:
            return target
    if usual in archive.names:
        return usual
    raise ReadError("no document is in it; open it in the program that made it and save it again")


def related(archive: Archive, part: str, kind: str) -> dict[str, str]:
    """Return the parts that a part has of a kind, by the ids under which it names them.

    Args:
        archive: The package.
        part: The name of the part; empty for the package itself.
        kind: The last word of the relation's type, as in `slide`.
    """
    folder, name = posixpath.split(part)
    found: dict[str, str] = {}
    relations = archive.xml_if_there(posixpath.join(folder, "_rels", f"{name}.rels"))
    for relation in () if relations is None else relations:
        if str(relation.get("Type", "")).endswith(f"/{kind}"):
            target = posixpath.join("/", folder, str(relation.get("Target", "")))
            found[str(relation.get("Id", ""))] = posixpath.normpath(target).lstrip("/")
    return found


def stated_properties(archive: Archive, part: str, title: str = "") -> Properties:
    """Return what a file says of its document.

    Args:
        archive: The file.
        part: The one of its parts that says it.
        title: What the document itself shows as its title, which is believed first.
    """
    root = archive.xml_if_there(part)
    stated: dict[str, str] = {}
    for element in () if root is None else root.iter():
        stated.setdefault(local_name(element), (element.text or "").strip())
    author = usable_author(stated.get("initial-creator", ""))
    return Properties(
        title=usable_title(title) or usable_title(stated.get("title", "")),
        author=author or usable_author(stated.get("creator", "")),
        language=stated.get("language", ""),
    )
