"""Documents of word processors, and e-books: Word, OpenDocument, RTF, EPUB."""
