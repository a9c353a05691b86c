"""From a question to a checked answer: follow-up, search, reading, refusal, sides, claims."""
