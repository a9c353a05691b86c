"""Takes a question, alone or within a conversation, to a checked answer."""
