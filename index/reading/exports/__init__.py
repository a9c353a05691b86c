"""What other programs export: archives of files, of messages, of notes, of references."""
