"""Reading and writing of plain texts for the front ends: dates as typed, CSV as written, what an import remarks. Loads no heavy library."""

from labtrack.exchange.dates import parse_collected, parse_day
from labtrack.exchange.remarks import Notice, Refusal
from labtrack.exchange.writing import csv_text, write_rows

__all__ = ["Notice", "Refusal", "csv_text", "parse_collected", "parse_day", "write_rows"]
