"""PDF: characters on a page to lines, lines to paragraphs."""
