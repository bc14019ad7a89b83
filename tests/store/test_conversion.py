"""Encrypting, decrypting and a new passphrase keep every row, and whatever stops them leaves one good file."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseUnavailable, PassphraseNeeded, Refused, WrongPassphrase
from labtrack.core.record import Patient
from labtrack.store import Store, cipher, conversion
from labtrack.store.verify import verify

pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")

WORDS, OTHER = "correct horse battery staple", "a wholly different passphrase"
NAME = "Zebulon Quartermain"
DUMP = Path(__file__).parent / "dumps" / "0004.sql"


@pytest.fixture(autouse=True)
def ignorant(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cipher, "ROUNDS", 1000)
    cipher.forget()
    yield
    cipher.forget()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A clinic in clear with rows in every table, the newest still in its log."""
    path = tmp_path / "clinic" / "clinic.db"
    path.parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    store = Store.open(path)
    with store.write() as writer:
        number = writer.add_patient(Patient("MRN-77441-XQ", NAME))
        writer.audit("add-patient", {"name": NAME}, number)
    store.close()
    return path


def dumped(path: Path) -> list[tuple[object, ...]]:
    """Every definition and every row."""
    with closing(cipher.connect(path)) as connection:
        found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        for kind, table, _ in list(found):
            if kind == "table":
                found += [(table, *row) for row in connection.execute(f"SELECT * FROM {table}")]
        return found


def left(path: Path) -> list[str]:
    """What stands in the folder, but for what SQLite keeps beside a file."""
    return sorted(each.name for each in path.parent.iterdir() if not each.name.endswith(("-wal", "-shm", "-journal")))


def test_there_and_back_every_row_is_the_same(place: Path) -> None:
    before, mode = dumped(place), place.stat().st_mode & 0o777
    assert len(before) > 40
    assert conversion.convert(place, cipher.new_key(WORDS)) == []
    assert NAME.encode() not in place.read_bytes()
    assert place.stat().st_mode & 0o777 == 0o600
    assert dumped(place) == before
    assert left(place) == ["clinic.db"]
    cipher.forget()
    cipher.unlock(place, WORDS)
    conversion.convert(place, None)
    cipher.forget()
    assert dumped(place) == before
    assert NAME.encode() in place.read_bytes()
    assert verify(place) == []
    assert mode in (0o600, 0o644)


def test_a_new_passphrase_keeps_all_rows_and_the_old_one_no_longer_opens(place: Path) -> None:
    conversion.convert(place, cipher.new_key(WORDS))
    before = dumped(place)
    conversion.convert(place, cipher.new_key(OTHER))
    cipher.forget()
    with pytest.raises(WrongPassphrase):
        cipher.unlock(place, WORDS)
    cipher.unlock(place, OTHER)
    assert dumped(place) == before
    assert left(place) == ["clinic.db"]


def test_the_file_as_it_was_is_kept_if_wanted(place: Path) -> None:
    before = dumped(place)
    kept = place.with_name("as-it-was.db")
    conversion.convert(place, cipher.new_key(WORDS), kept)
    cipher.forget()
    assert dumped(kept) == before
    assert left(place) == ["as-it-was.db", "clinic.db"]


def test_where_there_are_no_hard_links_a_copy_is_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    before = dumped(place)
    monkeypatch.setattr(os, "link", refuse)
    conversion.convert(place, cipher.new_key(WORDS), place.with_name("as-it-was.db"))
    assert dumped(place.with_name("as-it-was.db")) == dumped(place) == before


def test_a_clinic_that_is_open_elsewhere_is_not_converted(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "_PATIENCE", 0.05)
    code = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('pragma journal_mode=wal').fetchone();"
    code += "c.execute('select * from patient').fetchall(); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(DatabaseLocked):
            conversion.convert(place, cipher.new_key(WORDS))
        other.communicate()
    assert verify(place) == []


def test_another_conversion_that_runs_is_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "_PATIENCE", 0.05)
    with conversion._held(place, None):
        cipher.part_of(place).write_bytes(b"of the other one")
        with pytest.raises(DatabaseLocked):
            conversion.convert(place, cipher.new_key(WORDS))
        assert cipher.part_of(place).read_bytes() == b"of the other one"


def test_a_clinic_that_is_written_to_meanwhile_waits_and_finds_the_new_one(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No write goes into the file that was replaced: whoever waited for it opens the path anew."""
    cipher.new_key(WORDS)
    key = cipher.new_key(OTHER)
    conversion.convert(place, key)
    store = Store.open(place)
    swapped = []
    connect = store.database.back_end.connect

    def late() -> object:
        if swapped:
            return connect()
        swapped.append(1)
        before = cipher.connect_keyed(place, "rw", key, isolation_level=None)
        conversion.convert(place, key)  # between the opening and its first statement
        return before

    monkeypatch.setattr(store.database.back_end, "connect", late)
    with store.write() as writer:
        writer.audit("note", {"text": "after the swap"})
    store.close()
    assert any("after the swap" in str(row) for row in dumped(place))


def test_a_full_disk_changes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dumped(place)

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(conversion, "_to_disk", full)
    with pytest.raises(DatabaseUnavailable, match="No space left"):
        conversion.convert(place, cipher.new_key(WORDS))
    assert dumped(place) == before
    assert left(place) == ["clinic.db"]


def test_a_copy_that_lacks_a_row_is_not_swapped_in(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transcribe = cipher.transcribe

    def lossy(source: Path, before: object, target: Path, after: cipher.Key) -> None:
        transcribe(source, before, target, after)  # type: ignore[arg-type]
        with closing(cipher.connect(target, "rw", after, isolation_level=None)) as connection:
            connection.execute("DELETE FROM setting WHERE key = 'schema_made_by'")

    before = dumped(place)
    monkeypatch.setattr(cipher, "transcribe", lossy)
    with pytest.raises(DatabaseDamaged, match="setting"):
        conversion.convert(place, cipher.new_key(WORDS))
    assert dumped(place) == before


def test_a_damaged_clinic_is_not_converted(place: Path) -> None:
    conversion.convert(place, cipher.new_key(WORDS))
    content = bytearray(place.read_bytes())
    content[5 * cipher.PAGE + 99] ^= 1
    place.write_bytes(content)
    with pytest.raises((DatabaseDamaged, DatabaseUnavailable)):
        conversion.convert(place, None)
    assert place.read_bytes() == bytes(content)
    assert left(place) == ["clinic.db"]


def test_one_that_is_encrypted_and_not_unlocked_is_not_converted(place: Path) -> None:
    conversion.convert(place, cipher.new_key(WORDS))
    cipher.forget()
    with pytest.raises(PassphraseNeeded):
        conversion.convert(place, None)


def test_what_a_stopped_conversion_left_goes_with_the_next_opening(place: Path) -> None:
    Store.open(place).close()
    for name in (f".{place.name}.converting", f".{place.name}.converting-journal"):
        place.with_name(name).write_bytes(NAME.encode())
    Store.open(place, read_only=True).close()
    assert cipher.part_of(place).exists()
    Store.open(place).close()
    assert left(place) == ["clinic.db"]


_RUN = """
    import sys
    from pathlib import Path
    from labtrack.store import cipher, conversion
    cipher.ROUNDS = 1000
    place, old, new = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    if old: cipher.unlock(place, old)
    key = cipher.new_key(new) if new else None
    print("go", flush=True)
    conversion.convert(place, key)
"""


def run_and_kill(place: Path, old: str, new: str, after: float) -> None:
    """A conversion in a process of its own, killed so many seconds after it began."""
    command = [sys.executable, "-c", textwrap.dedent(_RUN), str(place), old, new]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)


def one_good_file(place: Path, passphrases: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Which passphrase opens it; the content is whole whichever it is."""
    cipher.forget()
    for each in passphrases:
        try:
            Store.open(place, create=False, passphrase=each or None).close()
        except (PassphraseNeeded, Refused):
            continue
        assert verify(place) == []
        assert dumped(place) == rows
        assert left(place) == ["clinic.db"]
        assert not each or not any(NAME.encode() in file.read_bytes() for file in place.parent.iterdir())
        return each
    raise AssertionError("no passphrase opens it")


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
@pytest.mark.parametrize(("old", "new"), [("", WORDS), (WORDS, OTHER), (WORDS, "")], ids=["encrypt", "rekey", "decrypt"])
def test_a_kill_at_any_point_leaves_one_good_file(place: Path, old: str, new: str, request: pytest.FixtureRequest) -> None:
    if old:
        conversion.convert(place, cipher.new_key(old))
    rows, random = dumped(place), Random(request.node.name)
    for _ in range(int(os.environ.get("LABTRACK_KILLS", "3"))):
        run_and_kill(place, old, new, random.uniform(0, 0.06))
        found = one_good_file(place, (old, new), rows)
        if found == new:  # it was quicker: back to the start
            conversion.convert(place, cipher.new_key(old) if old else None)
