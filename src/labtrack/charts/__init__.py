"""Trend charts as text: up to four analytes above each other on one true time axis. The only package that imports plotext."""

from labtrack.charts.canvas import Role, Run
from labtrack.charts.chart import MOST_SERIES, chart_lines, drawn
from labtrack.charts.model import Chart, Point, Series, Span, StripRow, Threshold

__all__ = ["MOST_SERIES", "Chart", "Point", "Role", "Run", "Series", "Span", "StripRow", "Threshold", "chart_lines", "drawn"]
