"""Reads web pages whose addresses a person gave: the one place that connects to the internet.

It takes part only in `ask add --url` and `Assistant.add_pages`. An address may have come
from an article or a message, so that it is treated as one that an attacker chose.

- `url`: what an address is, and which ones are not followed
- `addresses`: which computers may be reached
- `connection`: reaches exactly those, within the time
- `page`: one request after another, up to the page's bytes
- `articles`: from the bytes to articles of the library
"""
