"""Reads articles: path or bytes to `Document`. Knows nothing of chunks, models, or the store."""

from index.reading.articles import ReadArticle
from index.reading.draft import Unread
from index.reading.files import read_articles, read_file
from index.reading.finding import SUFFIXES, find_files
from index.reading.formats import ReadOptions

__all__ = [
    "SUFFIXES",
    "ReadArticle",
    "ReadOptions",
    "Unread",
    "find_files",
    "read_articles",
    "read_file",
]
