"""Is anything known against what labtrack is installed with? ``python tests/advisories.py``, part of ``make check``.

Asks pip-audit about the releases in this environment that labtrack needs, with every extra and without the development tools. Ends with 1
when there is an advisory that :data:`EXPLAINED` does not explain. Without a network, or where the index has no advisories, nothing
can be known: that is said, and ends with 0, for nobody could land anything there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
#: Extras of labtrack that are not installed for its users.
DEVELOPMENT = {"dev", "bench"}
#: Why an advisory does not concern labtrack, by its identifier.
EXPLAINED: dict[str, str] = {}


def shipped() -> dict[str, str]:
    """Name and version of everything that labtrack is installed with here: its extras but the development ones, and all they need."""
    found: dict[str, str] = {}
    waiting = _wanted()
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        needed = waiting.pop()
        name, extras = canonicalize_name(needed.name), frozenset(needed.extras)
        if name == "labtrack" or (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # an extra that is not installed, or of another system
            continue
        for each in map(Requirement, requires(name) or ()):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras | {""}):
                waiting.append(each)
    return found


def _wanted() -> list[Requirement]:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    extras = [each for name, each in project["optional-dependencies"].items() if name not in DEVELOPMENT]
    return [Requirement(text) for texts in (project["dependencies"], *extras) for text in texts]


def asked(releases: dict[str, str]) -> tuple[str, str]:
    """What pip-audit says of releases: its JSON, empty where it could not ask, and its messages."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "requirements.txt")
        wanted.write_text("".join(f"{name}=={number}\n" for name, number in sorted(releases.items())), encoding="utf-8")
        options = ["--requirement", str(wanted), "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        run = subprocess.run([sys.executable, "-m", "pip_audit", *options], capture_output=True, text=True, check=False)
    return run.stdout, run.stderr


def judged(said: str, explained: Iterable[str] = EXPLAINED) -> tuple[list[str], int]:
    """Advisories that nothing explains, a line each, and how many releases were looked up."""
    looked_up = [each for each in json.loads(said)["dependencies"] if "skip_reason" not in each]
    known = frozenset(explained)
    found = [
        f"{each['name']} {each['version']}: {advisory['id']}, fixed in {', '.join(advisory['fix_versions']) or 'no release yet'}"
        for each in looked_up
        for advisory in each["vulns"]
        if not known & {advisory["id"], *advisory.get("aliases", ())}
    ]
    return found, len(looked_up)


def main(ask: Callable[[dict[str, str]], tuple[str, str]] = asked) -> int:
    """The exit status."""
    releases = shipped()
    said, messages = ask(releases)
    if not said.strip():
        reason = messages.strip().splitlines()[-1:] or ["no answer"]
        print(f"Advisories: NOT LOOKED UP, nobody could be asked ({reason[0][:120]}).")
        return 0
    found, looked_up = judged(said)
    for line in found:
        print(line)
    if looked_up < len(releases):
        unknown = len(releases) - looked_up
        print(f"Advisories: {unknown} of {len(releases)} releases NOT LOOKED UP, for the index has no advisories of them.")
    print(f"Advisories: {looked_up} releases looked up, {len(found)} unexplained.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
