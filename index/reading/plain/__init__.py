"""Files that are text as a whole: plain text, Markdown, the source of a web page."""
