"""Reads files in a confined child process, since any of them may be hostile."""
