"""Bytes to values and values to bytes: CSV layouts in and out, the summary for clinicians and patients."""
