"""Makes `python -m rag` the same as `ask`."""

import sys

from rag.cli import main

if __name__ == "__main__":
    sys.exit(main())
