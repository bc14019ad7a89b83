"""``python -m labtrack`` is the command ``labtrack``."""

import sys

from labtrack.cli import main

if __name__ == "__main__":
    sys.exit(main())
