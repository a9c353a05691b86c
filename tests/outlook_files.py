"""Writes small Outlook messages (.msg): compound files ([MS-CFB]) with the properties of one."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping
from datetime import datetime, timezone

Tree = Mapping[str, "bytes | Tree"]
SECTOR, MINI, SMALL = 512, 64, 4096
END, FREE, OF_FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def outlook_message(
    texts: Mapping[int, str | bytes],
    attached: Mapping[str, bytes] | None = None,
    *,
    sent: datetime | None = None,
) -> bytes:
    """A message with these properties; the files that are attached to it by their names."""
    files: dict[str, bytes | Tree] = {}
    for number, (name, content) in enumerate((attached or {}).items()):
        values: dict[int, str | bytes] = {0x3707: name, 0x3701: content}
        files[f"__attach_version1.0_#{number:08X}"] = storage(values, 8, None)
    return compound_file({**storage(texts, 32, sent), **files})


def storage(texts: Mapping[int, str | bytes], header: int, sent: datetime | None) -> Tree:
    made: dict[str, bytes | Tree] = {}
    for number, value in texts.items():
        kind = "001F" if isinstance(value, str) else "0102"
        content = value.encode("utf-16-le") if isinstance(value, str) else value
        made[f"__substg1.0_{number:04X}{kind}"] = content
    fixed = bytes(header)
    if sent:
        ticks = (sent - datetime(1601, 1, 1, tzinfo=timezone.utc)).total_seconds() * 10**7
        fixed += struct.pack("<HHIQ", 0x0040, 0x0039, 6, int(ticks))
    return {**made, "__properties_version1.0": fixed}


def compound_file(tree: Tree) -> bytes:
    """A compound file with these streams and storages."""
    entries: list[list] = []  # name, kind, child, next, content

    def add(name: str, node: bytes | Tree) -> int:
        here = len(entries)
        entries.append([name, 2 if isinstance(node, bytes) else 1, FREE, FREE, b""])
        if isinstance(node, bytes):
            entries[here][4] = node
        else:
            children = [add(each, inner) for each, inner in node.items()]
            entries[here][2] = children[0] if children else FREE
            for child, following in itertools.pairwise(children):
                entries[child][3] = following
        return here

    add("Root Entry", tree)
    entries[0][1] = 5
    small = [each for each in entries if each[1] == 2 and len(each[4]) < SMALL]
    large = [each for each in entries if each[1] == 2 and len(each[4]) >= SMALL]
    minis, mini_fat, starts = b"", [], {}
    for each in small:
        starts[id(each)] = len(mini_fat) if each[4] else END
        count = -(-len(each[4]) // MINI)
        mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), END][:count]
        minis += padded(each[4], MINI)
    mini_table = padded(struct.pack(f"<{len(mini_fat)}I", *mini_fat), SECTOR, b"\xff")
    directory = bytes(-(-len(entries) // 4) * SECTOR)
    parts = [directory, mini_table, padded(minis, SECTOR)]
    parts += [padded(each[4], SECTOR) for each in large]
    sectors = sum(len(part) for part in parts) // SECTOR
    tables = next(n for n in range(1, 99) if n * 128 >= sectors + n)
    fat, first = [OF_FAT] * tables, []
    for part in parts:
        count = len(part) // SECTOR
        first.append(len(fat) if count else END)
        fat += [*range(len(fat) + 1, len(fat) + count), END][:count]
    starts |= {id(each): start for each, start in zip(large, first[3:])}
    starts[id(entries[0])], entries[0][4] = first[2], minis
    parts[0] = padded(b"".join(entry(each, starts.get(id(each), 0)) for each in entries), SECTOR)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIII", 0, tables, first[0], 0, SMALL, first[1])
    header += struct.pack("<III", len(mini_table) // SECTOR, END, 0)
    header += struct.pack("<109I", *range(tables), *[FREE] * (109 - tables))
    fat_bytes = padded(struct.pack(f"<{len(fat)}I", *fat), SECTOR, b"\xff")
    return header + fat_bytes + b"".join(parts)


def entry(each: list, start: int) -> bytes:
    name, kind, child, following, content = each
    written = (name + "\0").encode("utf-16-le")
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(written), kind, 1, FREE, following, child)
        + bytes(36)
        + struct.pack("<IQ", start, len(content))
    )


def padded(content: bytes, size: int, fill: bytes = b"\0") -> bytes:
    return content + fill * (-len(content) % size)
