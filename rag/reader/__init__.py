"""The trained reader: which words of a passage answer a question, and how surely they do.

Knows nothing of libraries, articles, and searches: question and passages in, spans out.
"""

from rag.reader.loading import load_reader
from rag.reader.reading import NOTHING, Passage, Reader, Reading, SpanScore

__all__ = ["NOTHING", "Passage", "Reader", "Reading", "SpanScore", "load_reader"]
