"""The store on one's own machine: SQLite holds everything, FAISS is derived from it."""

from index.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
