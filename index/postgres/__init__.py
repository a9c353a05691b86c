"""The store on a server: PostgreSQL holds everything, pgvector ranks vectors."""

from index.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
