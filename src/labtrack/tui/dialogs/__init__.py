"""Dialogs, one module each: asked on top of a screen, answered through ``dismiss``."""
