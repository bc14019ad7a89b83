"""The wheel holds all that labtrack needs away from its source tree, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.test_layout import PACKAGE, ROOT

pytestmark = pytest.mark.slow

OPEN_A_CLINIC = """
import sys
from datetime import date
from pathlib import Path
import labtrack
assert Path(labtrack.__file__).is_relative_to(sys.argv[1]), labtrack.__file__
from labtrack.clinic import Clinic, Settings
from labtrack.store.migrate import migrations_folder
assert migrations_folder().is_relative_to(sys.argv[1]), migrations_folder()
assert (migrations_folder() / "env.py").is_file()
with Clinic.open(sys.argv[2], today=date(2026, 11, 22), settings=Settings()) as clinic:
    assert clinic.verify() == []
    assert len(clinic.catalogue.analytes) > 20
print(labtrack.__version__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_module_table_and_migration(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    source = {
        f"labtrack/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.suffix in {".py", ".toml", ".typed", ".tcss"}
    }
    migrations = {f"labtrack/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "migrations").rglob("*.py")}
    assert migrations
    assert source | migrations <= held
    assert any(name.endswith("licenses/NOTICE") for name in held)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"labtrack"}
    assert not [name for name in names if name.endswith((".pyc", ".db", ".csv"))]


def test_it_opens_a_clinic_away_from_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    command = [sys.executable, "-W", "error", "-c", OPEN_A_CLINIC, str(installed), str(tmp_path / "clinic.db")]
    run = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(installed)}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "0.1.0"


def test_the_entry_point_is_there(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [each for each in archive.namelist() if each.endswith("entry_points.txt")]
    assert "labtrack = labtrack.cli:main" in archive.read(name).decode()
