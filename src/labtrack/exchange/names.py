"""The names by which a file calls its analytes: those that the catalogue does not know, for a person to say what they are."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import islice

from labtrack.catalogue import Catalogue
from labtrack.core.quantity import clean_text
from labtrack.exchange.cells import tidy
from labtrack.exchange.headers import Beginning, reader_below, text_of
from labtrack.exchange.mapping import LONGEST, labels

#: Rows that are looked at, and different names that are told: a person says no more.
ROWS, NAMES = 200_000, 60


def unknown_names(begun: Beginning, column: str, catalogue: Catalogue) -> list[tuple[str, int]]:
    """Names in the column of that label that the catalogue does not know, with their number, the most frequent first.

    At most :data:`NAMES`, from the first :data:`ROWS` rows. Raises ImportFailed when the file cannot be read.
    """
    places = [place for place, label in enumerate(labels(begun.names)) if label == column]
    if not places:
        return []
    place = places[0]
    counted: Counter[str] = Counter()
    with text_of(begun.path, begun.encoding) as text:
        rows = islice(reader_below(text, begun.delimiter, begun.skip), ROWS)
        try:
            for row in rows:
                if place < len(row) and len(row[place]) <= LONGEST and len(counted) < 50 * NAMES:
                    counted[row[place]] += 1
        except csv.Error:  # the preview meets it too, and tells the line
            pass
    names: Counter[str] = Counter()
    for cell, times in counted.items():
        name = " ".join(clean_text(tidy(cell)).split())
        if name and catalogue.identify(name) is None:
            names[name] += times
    return names.most_common(NAMES)
