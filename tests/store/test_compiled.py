"""The statements that come compiled (their text is held to ``statements.py`` in ``test_ahead.py``) spare the heavy imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.store.test_migrate import environment

from labtrack.store import Store

USE_A_CLINIC = """
import sys
from labtrack.core.record import Patient
from labtrack.store import Store
from labtrack.store.backup import backup
from labtrack.store.verify import verify
store = Store.open(sys.argv[1], create=False)
with store.write() as writer:
    number = writer.add_patient(Patient("A1", "Ada Example"))
    writer.audit("add-patient", {}, number)
with store.read() as reader:
    assert reader.patients()
store.close()
assert not sys.modules.keys() & {"sqlalchemy", "sqlmodel", "pydantic", "alembic", "numpy", "pandas"}
"""


def test_a_clinic_in_a_file_is_used_without_sqlalchemy(store: Store, path: Path) -> None:
    store.close()
    subprocess.run([sys.executable, "-c", USE_A_CLINIC, str(path)], check=True, env=environment())
