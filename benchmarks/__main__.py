"""``python -m benchmarks``: measure everything, print it, and write the tables of ``docs/performance.md``.

``--big`` measures the engine on 24 M results too (10 GB of memory, some minutes); ``--only NAME`` one benchmark; ``--quick`` few
rounds, to see that everything runs; ``--no-write`` leaves the document alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks import accounts, encryption, engine, importing, messages, patient, record, startup, sweep, tui
from benchmarks.measure import ROOT, Section, as_markdown, machine, summary

DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: written by python -m benchmarks -->", "<!-- end of measured -->"


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--big", action="store_true", help="the engine on 24 M results too")
    parser.add_argument(
        "--only", choices=("engine", "patient", "record", "importing", "messages", "accounts", "encryption", "sweep", "startup", "tui")
    )
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md alone")
    chosen = parser.parse_args()
    few = chosen.quick
    benchmarks: list[tuple[str, Callable[[], Section]]] = [
        ("engine", lambda: engine.measure(1_000_000, 1 if few else 7, 1 if few else 5)),
        ("patient", lambda: patient.measure(1 if few else 9)),
        ("record", lambda: record.measure(20 if few else 400)),
        ("accounts", lambda: accounts.measure(20 if few else 200)),
        ("encryption", lambda: encryption.measure(20 if few else 300)),
        ("importing", lambda: importing.measure(1 if few else 5)),
        ("messages", lambda: messages.measure(1 if few else 5)),
        ("sweep", lambda: sweep.measure(1 if few else 7)),
        ("startup", lambda: startup.measure(1 if few else 11)),
        ("tui", lambda: tui.measure(2 if few else 7)),
    ]
    if chosen.big:
        benchmarks.insert(1, ("engine", lambda: engine.measure(24_000_000, 1 if few else 3, 1 if few else 2)))
    sections = []
    for name, measure in benchmarks:
        if chosen.only in (None, name):
            section = measure()
            sections.append(section)
            print(_text(section), flush=True)
    report = f"Measured {machine()}.\n\n{summary([line for section in sections for line in section.lines])}"
    print(report)
    if chosen.only is None and not few and not chosen.no_write:
        _write(DOCUMENT, "\n\n".join([report, *(_text(section) for section in sections if section.rows or section.notes)]))


def _text(section: Section) -> str:
    """One section as the document shows it."""
    parts = [f"### {section.title}"]
    if section.rows:
        parts.append(as_markdown(section.header, section.rows))
    elif section.lines:
        parts.append(summary(section.lines))
    return "\n\n".join([*parts, *section.notes])


def _write(document: Path, text: str) -> None:
    """Put the text between the document's markers."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
    print(f"written: {document.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
