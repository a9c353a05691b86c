"""Feeds with an article in each entry: RSS, Atom, RDF, exports of WordPress."""
