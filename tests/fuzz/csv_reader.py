"""Coverage-guided fuzzing of the CSV reader with and without mappings, by hand: not collected by pytest, for it needs atheris and minutes.

    PYTHONPATH=src:. python tests/fuzz/csv_reader.py CORPUS_DIR SEED_DIR... -max_total_time=600

The first byte of an input chooses how the rest is read: its low bits the mapping (``MAPPINGS``), the next ones the encoding
(``ENCODINGS``); ``--seeds DIR FILE...`` writes each file so, once for each mapping. Any bytes must come to rows, refusals or a
LabtrackError; what comes must be fit to be recorded, and no number may differ from one that stands in the file.
"""

from __future__ import annotations

import math
import re
import sys
import tempfile
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

LARGEST = 16_000
ENCODINGS = ("", "latin-1", "utf-16-le", "cp1252")
#: Rows of a chunk while fuzzing: few, so that chunks end in the middle of small files.
ROWS = 7
#: What headers, values, ranges and dates are made of.
WORDS = (
    "mrn", "analyte", "value", "unit", "collected_at", "ref_low", "status", "final", "Hb", "WBC", "g/dL", "10*9/L", "<5", "14.9 H", "H 3,2",
    "1,234", "1.234,5", "3.5-5.0", "35-115 IU/L", "> OR = 60", "23.11.2012", "11/23/2012", "2012-11-23 11:20", "\t", ";", '"', '""', "\r\n",
    "\x00", "\u200b", "²", "Glucose", "Test", "In Range", "Out Of Range", "Reference Range", "Collected", "Parameter", "Einheit", "Ref",
    "patients", "name", "birth_date", "sex", "course", "drug", "dose_mg", "frequency", "start_on", "kind", "on", "reason", "'=1", "-0",
)  # fmt: skip


@cache
def mappings() -> tuple[Any, ...]:
    """None, and a mapping of each kind that there is."""
    from labtrack.exchange.layouts import RESULTS
    from labtrack.exchange.mapping import OTHER_VALUE, RANGE, TIME, ColumnMapping, WideColumn

    us, day = "MM/DD/YYYY", "DD.MM.YYYY"
    quest = {"analyte": "test_name", "value": "in_range", OTHER_VALUE: "out_of_range", RANGE: "reference_range"}
    labcorp = {"analyte": "test", "value": "current_result_and_flag", "unit": "units", RANGE: "reference_interval"}
    by_date = {"analyte": "parameter", "unit": "einheit", RANGE: "referenz"}
    wide = (WideColumn("hb", "hb", "g/dL"), WideColumn("neut", "anc", "10*9/L"))
    people = {"mrn": "no", "name": "column 2", "birth_date": "born (2)"}
    named = {"Glucose": "", "Hb": "hb monomer"}
    return (
        None,
        ColumnMapping("q", columns={**quest, "unit": "reference_range", "collected_at": "collected"}, fixed={"mrn": "1"}),
        ColumnMapping("l", columns={**labcorp, "collected_at": "date_collected"}, fixed={"mrn": "1"}, date_format=us, analytes=named),
        ColumnMapping("d", columns=by_date, fixed={"mrn": "1"}, date_format=day, by_date=True, analytes=named),
        ColumnMapping("w", columns={"mrn": "id", "collected_at": "day", TIME: "time"}, wide=wide),
        ColumnMapping("p", "patients", columns=people, fixed={"sex": "F"}, decimal=",", skip=2),
        ColumnMapping("s", columns={**{name: name for name in RESULTS.required}, "note": "status"}, decimal=",", skip=1),
    )  # fmt: skip


def check(data: bytes, folder: Path) -> None:
    """One execution. Raises AssertionError for a finding, and whatever the reader should not have raised."""
    from labtrack.catalogue import catalogue
    from labtrack.core.errors import LabtrackError
    from labtrack.exchange import rows
    from labtrack.exchange.headers import beginning
    from labtrack.exchange.layouts import RESULTS
    from labtrack.exchange.results import ResultReader
    from labtrack.exchange.sheet import chunks, open_sheet

    how = data[0] if data else 0
    mapping, encoding = mappings()[how % len(mappings())], ENCODINGS[how // 16 % len(ENCODINGS)]
    path = folder / "any.csv"
    path.write_bytes(data[1:])
    terms = rows.Terms(catalogue(), date(2026, 11, 22), frozenset())
    try:
        begun = beginning(path, encoding)
        assert len(begun.rows) <= 5, begun
    except LabtrackError:
        begun = None
    try:
        sheet = open_sheet(path, encoding, mapping)
        assert begun is not None
        reader = ResultReader(sheet, terms) if sheet.layout is RESULTS else None
        lines = 0
        for chunk in chunks(sheet, ROWS):
            assert all(len(column) == len(chunk) for column in chunk.columns.values()), chunk
            assert all(line >= 1 for line in chunk.lines), chunk
            if reader is not None:
                batch = reader.batch(chunk)
                check_batch(batch, chunk, sheet, path)
                refusals = batch.refusals
            else:
                parsed = rows.parse_rows(sheet, chunk, terms, getattr(rows, sheet.layout.name.removesuffix("s")))
                assert len(parsed.rows) + len(parsed.refusals) == len(chunk) + len(chunk.refusals), chunk
                refusals = parsed.refusals
            for refusal in refusals:
                assert refusal.reason, refusal
                f"{refusal.column}{refusal.text}{refusal.reason}".encode()
            lines += len(chunk)
    except LabtrackError as error:
        str(error).encode()


def check_batch(batch: Any, chunk: Any, sheet: Any, path: Path) -> None:
    """Rows fit to be recorded, each row of the chunk in one place, each number one that stands in the file."""
    refused = len(batch.refusals) - len(chunk.refusals)
    assert len(batch) + refused == len(chunk), (len(batch), refused, len(chunk))
    text = path.read_bytes().decode(sheet.encoding)
    for place in range(len(batch)):
        low, high = batch.low[place], batch.high[place]
        assert batch.unusable[place] or low <= high or math.isnan(low), batch
        assert batch.mrn[place], batch
        assert batch.analyte[place], batch
        number = batch.value_text[place]
        f"{number}{batch.unit[place]}{batch.note[place]}{batch.lab[place]}".encode()
        assert len(number) <= 10_000, number
        if not batch.unusable[place] and number.isascii():
            digits = number if sheet.decimal == "." else number.replace(".", ",")
            assert digits in text or not re.search("[0-9]", number) or not text.isascii(), (number, text)


def seeds(folder: Path, files: list[str]) -> None:
    """Each file as inputs, one for each mapping."""
    folder.mkdir(exist_ok=True)
    for file in map(Path, files):
        for how in range(len(mappings())):
            (folder / f"{file.stem}-{how}").write_bytes(bytes([how]) + file.read_bytes()[: LARGEST - 1])


def main() -> None:
    """Fuzz until told to stop."""
    if sys.argv[1:2] == ["--seeds"]:
        seeds(Path(sys.argv[2]), sys.argv[3:])
        return
    import atheris  # of a development environment; not a dependency

    with atheris.instrument_imports(include=["labtrack"]):
        for name in ("catalogue", "exchange.headers", "exchange.results", "exchange.rows", "exchange.sheet"):
            import_module(f"labtrack.{name}")

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        """Half of the mutations put a telling word somewhere, so that cells stay cells."""
        if seed % 2 and len(data) > 1:
            word = WORDS[seed // 2 % len(WORDS)].encode("utf-16-le" if data[1:3] == b"\xff\xfe" else "utf-8")
            at = 1 + seed // 128 % (len(data) - 1)
            cut = at + (seed // 65_536) % 6
            changed: bytes = data[:at] + word + data[cut:]
            return changed[:size]
        result: bytes = atheris.Mutate(data, size)
        return result

    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        folder = Path(name)
        atheris.Setup([*sys.argv, f"-max_len={LARGEST}"], lambda data: check(data, folder), custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
