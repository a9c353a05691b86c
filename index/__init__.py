"""Articles, from files to ranked passages. Knows nothing of language models or answers."""
