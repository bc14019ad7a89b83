"""``python -m tests.faults --kills 500 --seed 1``: kills, and every other fault, with figures. Ends with status 1 if anything was lost."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults import campaign, others, steps
from tests.faults.templates import Templates


def at_steps(most: int, seed: int, only: str, folder: Path, templates: Templates, tell: Callable[[str], None]) -> int:
    """Kills at single system calls; how many problems."""
    reason = steps.reason_against()
    if reason:
        tell(f"no kills at system calls: {reason}")
        return 0
    lost = 0
    for kind in campaign.ALL:
        if not kind.is_series and (not only or kind.name in only.split(",")):
            tally = steps.killed_at_steps(kind(templates, folder, seed), most, seed, folder / "evidence", tell)
            tell(str(tally))
            lost += len(tally.problems)
    return lost


def every_other(chosen: argparse.Namespace, folder: Path, templates: Templates, tell: Callable[[str], None]) -> int:
    """Every fault but the kill; how many problems."""
    lost = 0
    wanted = tuple(name for name in chosen.only.split(",") if name) or ("",)
    for name, run in others.all_of(chosen.others, chosen.minutes, chosen.seed, templates, folder):
        if name.startswith(wanted) and (chosen.others or name == "together"):
            figures = run()
            tell(str(figures))
            for each in figures.problems[:20]:
                tell(f"    {each}")
            lost += len(figures.problems)
    return lost


def main() -> int:
    """What the module's docstring says."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=0, help="how many SIGKILLs in all")
    parser.add_argument("--steps", type=int, default=0, help="at most so many kills at single system calls of each operation")
    parser.add_argument("--others", type=int, default=0, help="how often each other fault strikes")
    parser.add_argument("--minutes", type=float, default=0.0, help="how long screens and commands write at once")
    parser.add_argument(
        "--only", default="", help=f"some of {','.join(campaign.SHARES)}; or of the other faults, by the start of their names"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--locked", action="store_true", help="clinics that are encrypted and have accounts")
    parser.add_argument(
        "--keep", type=Path, help="folder for the clinics and the evidence; else a temporary one, which stays only where something was lost"
    )
    chosen = parser.parse_args()
    os.nice(10)
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="labtrack-faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    templates = Templates(Path(tempfile.mkdtemp(prefix="templates-", dir=folder)), is_locked=chosen.locked)
    began = time.monotonic()
    lost = 0
    print(f"seed {chosen.seed}{', encrypted with accounts' if chosen.locked else ''}, in {folder}", flush=True)

    def tell(text: str) -> None:
        print(text, flush=True)

    try:
        if chosen.kills:
            only = [name for name in chosen.only.split(",") if name]
            tallies = campaign.run(chosen.kills, chosen.seed, only, folder=folder, templates=templates, tell=tell)
            lost += sum(len(each.problems) for each in tallies)
            tell(f"{sum(each.kills for each in tallies)} kills")
        if chosen.steps:
            lost += at_steps(chosen.steps, chosen.seed, chosen.only, folder, templates, tell)
        if chosen.others or chosen.minutes:
            lost += every_other(chosen, folder, templates, tell)
    finally:
        templates.clear()
    if not lost and chosen.keep is None:
        shutil.rmtree(folder, ignore_errors=True)
    tell(f"{lost} problems; {time.monotonic() - began:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
