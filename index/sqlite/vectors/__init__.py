"""The index of vectors, derived from those in the database. Knows nothing of articles."""
