"""Reads articles: path or bytes to `Document`. Knows nothing of chunks, models, or the store."""

from index.reading.dates import DateOrder
from index.reading.files import SUFFIXES, Reading, find_files, read_bytes, read_file, read_text

__all__ = [
    "SUFFIXES",
    "DateOrder",
    "Reading",
    "find_files",
    "read_bytes",
    "read_file",
    "read_text",
]
