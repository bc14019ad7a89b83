"""Coverage-guided fuzzing of the HL7 v2 reader, by hand: not collected by pytest, for it needs atheris and minutes.

    PYTHONPATH=src:. python tests/fuzz/hl7_reader.py CORPUS_DIR SEED_DIR... -max_total_time=600

The first byte of an input chooses the encoding that is named (``ENCODINGS``); ``--seeds DIR FILE...`` writes each file so. Any bytes
must come to reports, refusals and counts, or to a LabtrackError; every OBX of a result message to exactly one of them; what comes
must be fit to be recorded, and the same when it is read again.
"""

from __future__ import annotations

import re
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

LARGEST = 16_000
#: Where a refusal stands that is of one result.
OF_A_RESULT = r"message [0-9]+( \(control id .*\))?, OBX [0-9]+: "
ENCODINGS = ("", "latin-1", "cp1252", "utf-16-le", "gb18030", "iso2022_jp", "cp037")
#: What headers, segments and values are made of.
WORDS = (
    "MSH|^~\\&|", "MSH", "PID|1||777^^^ACME&1.2.3&ISO^MR||Test^Alex||19700102|F", "OBR|1|O1|F1^LAB|58410-2^CBC^LN|||20240301080000-0500",
    "OBX|1|NM|777-3^Platelets^LN||99|10*3/uL^^UCUM|150-400|H|||F|||20240301080000-0500", "OBX|", "SPM|1|S1^X", "NTE|1|L|", "BHS|^~\\&|",
    "BTS|1", "FHS|^~\\&|", "FTS|1", "ORU^R01^ORU_R01", "ADT^A04", "\r", "\n", "\r\n", "\x0b", "\x1c\r", "\x0bMSH|^~\\&|", "|", "^", "~",
    "\\", "&", "\\S\\", "\\T\\", "\\F\\", "\\E\\", "\\R\\", "\\X41\\", "\\XFF\\", "\\.br\\", "\\H\\", "NM", "SN", "ST", "CE", "ED",
    ">=^5", "^2^-^5", "5~6", '""', "UNICODE UTF-8", "8859/1", "~ISO IR87", "\x1b$B", "ü", "\u200b", "\x00", "\ufeff", "20240301",
    "2024030108", "2024", "20240301240000", "10^9/L", "x10\\S\\9/L", "&lt;500", "C", "D", "X", "I", "U", "O", "777-3", "718-7",
    "|||||||||||||||",
)  # fmt: skip


def told(feed: Any) -> tuple[list[Any], list[Any], list[Any], dict[str, int]]:
    """Everything that a feed says: reports, refusals, notices, counts."""
    reports, refusals, notices = [], [], []
    kept_out: dict[str, int] = {}
    for chunk in feed.chunks():
        reports += chunk.reports
        refusals += chunk.refusals
        notices += chunk.notices
        for name, count in chunk.kept_out.items():
            kept_out[name] = kept_out.get(name, 0) + count
    return reports, refusals, notices, kept_out


def results_of(path: Path, named: str, refused: set[int]) -> int:
    """The number of OBX in the messages that were not ``refused`` as a whole, counted without the reader's own segments."""
    from labtrack.exchange.hl7.framing import Raw, frames_of
    from labtrack.exchange.hl7.source import Source

    messages = [each for each in frames_of(Source(path, named)) if isinstance(each, Raw) and each.number not in refused]
    return sum(segment.startswith(b"OBX") for raw in messages for segment in raw.segments[1:])


def check(data: bytes, folder: Path) -> None:
    """One execution. Raises AssertionError for a finding, and whatever the reader should not have raised."""
    from labtrack.catalogue import catalogue
    from labtrack.core.errors import LabtrackError
    from labtrack.exchange.encodings import CONTROL
    from labtrack.exchange.hl7.feed import open_hl7

    named = ENCODINGS[data[0] % len(ENCODINGS)] if data else ""
    path = folder / "any.hl7"
    path.write_bytes(data[1:])
    try:
        feed = open_hl7(path, catalogue(), encoding=named)
        reports, refusals, notices, kept_out = told(feed)
    except LabtrackError as error:
        str(error).encode()
        return
    refused = {int(match[1]) for each in refusals if (match := re.match(r"message ([0-9]+)( \(control id .*\))?: MSH", each.column))}
    results = len(reports) + sum(kept_out.values()) + sum(re.match(OF_A_RESULT, each.column) is not None for each in refusals)
    assert results == results_of(path, named, refused), (results, refused)
    assert len({(each.line, each.where) for each in reports}) == len(reports)
    for each in (*refusals, *notices):
        assert each.reason, each
        assert each.line >= 1, each
        assert len(each.text) <= 200, each
        f"{each.column}{each.text}{each.reason}".encode()
    for each in reports:
        assert 0 <= each.person < len(feed.people), each
        assert all((each.analyte, each.status, each.collected_at)), each
        texts = (each.value, each.unit, each.ref_low, each.ref_high, each.lab, each.specimen_id, each.note, each.report_id)
        "".join(texts).encode()
        assert max(map(len, texts)) <= 4_000, each
        assert CONTROL.search("".join(texts)) is None, each
    people = list(feed.people)
    assert told(feed) == (reports, refusals, notices, kept_out)
    assert feed.people == people


def seeds(folder: Path, files: list[str]) -> None:
    """Each file as inputs, one for each encoding."""
    folder.mkdir(exist_ok=True)
    for file in map(Path, files):
        for how in range(len(ENCODINGS) if file.stat().st_size < 2_000 else 1):
            (folder / f"{file.stem}-{how}").write_bytes(bytes([how]) + file.read_bytes()[: LARGEST - 1])


def main() -> None:
    """Fuzz until told to stop."""
    if sys.argv[1:2] == ["--seeds"]:
        seeds(Path(sys.argv[2]), sys.argv[3:])
        return
    import atheris  # of a development environment; not a dependency

    with atheris.instrument_imports(include=["labtrack", "hl7"]):
        for name in ("labtrack.catalogue", "labtrack.exchange.hl7.feed", "hl7"):
            import_module(name)

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        """Half of the mutations put a telling word somewhere, so that messages stay messages."""
        if seed % 2 and len(data) > 1:
            word = WORDS[seed // 2 % len(WORDS)]
            at = 1 + seed // 256 % (len(data) - 1)
            cut = at + (seed // 65_536) % 6
            changed: bytes = data[:at] + word.encode("latin-1" if word == "\xfc" else "utf-8") + data[cut:]
            return changed[:size]
        result: bytes = atheris.Mutate(data, size)
        return result

    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        folder = Path(name)
        atheris.Setup([*sys.argv, f"-max_len={LARGEST}"], lambda data: check(data, folder), custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
