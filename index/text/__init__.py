"""An article's text in parts: sentences, and passages of them. Knows nothing of models."""
