"""Texts to vectors: the seam, and the embedder behind it. Knows nothing of articles."""
