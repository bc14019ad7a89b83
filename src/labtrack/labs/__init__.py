"""Laboratory results as numpy columns: interval arithmetic, derived analytes and the snapshot that rules read."""
