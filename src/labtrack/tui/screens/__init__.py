"""Whole screens, one module each, loaded when first opened."""
