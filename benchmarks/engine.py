"""The engine over a whole cohort, against a single sort and against DuckDB, polars and pandas giving identical answers.

Every contender runs in a process of its own, in turn, several rounds; answers are compared by digest. The columns are those that the
store keeps (each patient's results in the packed order); one more line shows the engine on results in order of entry.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.cohort import as_stored, load, nbytes, save, synthetic
from benchmarks.measure import Line, Section, in_process, peak_bytes, reset_peak, seconds, shown

CONTENDERS = {
    "labtrack": "product.Product",
    "one argsort": "product.Floor",
    "DuckDB": "duck.Duck",
    "polars": "polar.Polar",
    "pandas": "panda.Panda",
}
PEERS = ("DuckDB", "polars", "pandas")
ENTRY_ORDER = "labtrack, in order of entry"


def measure(results: int, rounds: int, repeats: int) -> Section:
    """Times, ratios and memory at one size."""
    from labtrack.catalogue import catalogue

    with tempfile.TemporaryDirectory() as temporary:
        stored, entered = Path(temporary, "stored"), Path(temporary, "entered")
        stored.mkdir()
        entered.mkdir()
        cohort = synthetic(results, catalogue())
        size, count, patients = nbytes(cohort), len(cohort.results), len(cohort.patients)
        save(cohort, entered)
        save(as_stored(cohort), stored)
        del cohort
        runs: dict[str, list[dict[str, object]]] = {}
        for _ in range(rounds):
            for name, target in CONTENDERS.items():
                runs.setdefault(name, []).append(in_process("benchmarks.engine", target, str(stored), str(repeats)))
            runs.setdefault(ENTRY_ORDER, []).append(in_process("benchmarks.engine", CONTENDERS["labtrack"], str(entered), str(repeats)))
    digests = {str(run["digest"]) for name, each in runs.items() if name != "one argsort" for run in each}
    if len(digests) != 1:
        raise AssertionError(f"the contenders disagree: { {name: each[0]['digest'] for name, each in runs.items()} }")
    return _section(runs, size, f"{count / 1e6:.1f} M results of {patients:,} patients, {shown(size, 'MB')}")


def _section(runs: dict[str, list[dict[str, object]]], size: int, about: str) -> Section:
    took = {name: statistics.median(float(str(run["seconds"])) for run in each) for name, each in runs.items()}
    memory = {name: statistics.median(float(str(run["peak"])) for run in each) for name, each in runs.items()}
    ours, fastest = took["labtrack"], min(PEERS, key=lambda name: took[name])
    section = Section(f"Engine: eight rules and four checks on {about}")
    section.lines = [
        Line(f"engine, {about.split(' of ')[0]}", ours, f"{fastest}, the fastest peer", took[fastest], 0.5),
        Line(f"engine, {about.split(' of ')[0]}", ours, "one argsort of the packed keys", took["one argsort"], 3.0),
        Line(f"memory, {about.split(' of ')[0]}", memory["labtrack"], "the columns", size, 3.0, "MB"),
    ]
    section.header = ("contender", "median", "× labtrack", "peak memory", "× columns")
    section.rows = [
        (name, shown(each), f"{each / ours:.2f}", shown(memory[name], "MB"), f"{memory[name] / size:.2f}")
        for name, each in sorted(took.items(), key=lambda item: item[1])
    ]
    return section


def main(target: str, folder: str, repeats: int) -> None:
    """One contender in this process: the fastest of some runs after a first one, and the peak memory of the runs."""
    module, name = target.split(".")
    contender = getattr(import_module(f"benchmarks.contenders.{module}"), name)()
    contender.prepare(load(Path(folder)))
    reset_peak()
    answers = contender.run()
    took = min(seconds(contender.run) for _ in range(repeats))
    print(json.dumps({"seconds": took, "peak": peak_bytes(), "digest": answers.digest()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
