"""Web pages, alone or in archives: the article without what stands around it."""
