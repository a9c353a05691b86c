"""The sample articles that answer a first question; written for Byline, on events of January 2019.

The events are real, the outlets are invented. Knows nothing of how they are read.
"""

from pathlib import Path

__all__ = ["sample_paths"]


def sample_paths() -> tuple[Path, ...]:
    """Return the files of the sample articles, sorted by name, which begins with their date."""
    folder = Path(__file__).parent
    return tuple(
        sorted(path for path in folder.iterdir() if path.suffix in (".html", ".md", ".txt"))
    )
