"""Reading and writing of plain texts for the front ends: dates as typed, CSV as written. Loads no heavy library."""

from labtrack.exchange.dates import parse_collected, parse_day
from labtrack.exchange.writing import whole_file, write_rows

__all__ = ["parse_collected", "parse_day", "whole_file", "write_rows"]
