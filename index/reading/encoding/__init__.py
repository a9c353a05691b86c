"""From bytes to characters. Knows nothing of what they say."""
