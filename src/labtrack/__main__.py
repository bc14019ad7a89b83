"""``python -m labtrack`` is the command ``labtrack``."""

from labtrack.cli import main

if __name__ == "__main__":
    main()
