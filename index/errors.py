"""The exceptions that Byline raises on purpose.

Each message is one line that says what is wrong and what to do next, in words
for the person who typed the command. Nothing here knows how it is shown.

    BylineError
    ├── ReadError        a file or text could not be read, as into an article
    ├── LibraryError     the library on disk cannot be used as it is
    │   ├── DamagedError     its database fails its checks
    │   ├── FullDiskError    there is no room for a change
    │   ├── LockedError      another process is writing to it
    │   ├── MismatchError    made by another format version or another embedder
    │   └── NotFoundError    no article has this id
    ├── ModelError       a model is missing, damaged, or failed to answer
    └── QuestionError    a question or an option of it cannot be used
"""

__all__ = [
    "BylineError",
    "DamagedError",
    "FullDiskError",
    "LibraryError",
    "LockedError",
    "MismatchError",
    "ModelError",
    "NotFoundError",
    "QuestionError",
    "ReadError",
]


class BylineError(Exception):
    """Base of every error that Byline raises on purpose."""


class ReadError(BylineError):
    """A file or a text could not be read, as into an article."""


class LibraryError(BylineError):
    """The library on disk cannot be used as it is."""


class DamagedError(LibraryError):
    """The library's database fails its checks."""


class FullDiskError(LibraryError):
    """The disk has no room for a change of the library, which is as it was before."""


class LockedError(LibraryError):
    """Another process is writing to the library."""


class MismatchError(LibraryError):
    """The library was made by another format version or another embedder."""


class NotFoundError(LibraryError):
    """No article of the library has this id."""


class ModelError(BylineError):
    """A model is missing, damaged, or failed to answer."""


class QuestionError(BylineError):
    """A question, or an option of it, cannot be used."""
