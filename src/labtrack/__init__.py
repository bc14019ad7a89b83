"""labtrack: laboratory monitoring for people on a JAK inhibitor.

The version stands here and nowhere else, so that ``labtrack --version`` answers without importing a library.
"""

__version__ = "0.1.0"
