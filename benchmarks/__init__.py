"""Measurements of labtrack against what its parts could at best cost. Run with ``python -m benchmarks``; not part of the tests."""
