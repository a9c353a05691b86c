"""From a question to the best passages, copies told apart. Knows nothing of storage."""
