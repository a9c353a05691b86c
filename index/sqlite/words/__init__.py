"""The full-text index, derived from the articles: inverted lists, ranked by BM25."""
