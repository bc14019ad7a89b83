"""Tests of labtrack.clinic.settings."""

from __future__ import annotations

import getpass
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from labtrack.clinic.settings import (
    CONFIG_VARIABLE,
    DATABASE_VARIABLE,
    REGION_VARIABLE,
    TODAY_VARIABLE,
    Settings,
    chosen_actor,
    chosen_region,
    chosen_today,
    config_path,
    database_location,
    parse_region,
)
from labtrack.core.errors import CatalogueError, UsageError
from labtrack.core.judgment import Region


def written(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert Settings.load(tmp_path / "none.toml") == Settings(Region.US, "", "", {}, "")


def test_everything_that_may_be_set(tmp_path: Path) -> None:
    text = 'region = "eu"\nactor = "m.ruiz"\nclinic_name = "City"\n[rules.neutropenia]\nlimit = 1.4\n'
    settings = Settings.load(written(tmp_path, text))
    assert settings == Settings(Region.EU, "m.ruiz", "City", {"neutropenia": {"limit": 1.4}}, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("region = ", "is not TOML"),
        ('colour = "red"\nregoin = "EU"', "unknown keys: colour, regoin"),
        ("rules = 3", "rules is not a table"),
        ('region = "UK"', "There is no region 'UK'"),
        ("region = 1", "region is not a text"),
        ('actor = ["m.ruiz"]', "actor is not a text"),
        ("clinic_name = true", "clinic_name is not a text"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(CatalogueError, match=said) as caught:
        Settings.load(path)
    assert str(path) in caught.value.message
    assert caught.value.next_step


def test_a_file_that_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match="cannot be read"):
        Settings.load(path)


def test_an_unknown_region_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="'UK'"):
        parse_region("UK")
    assert parse_region(" eu ") is Region.EU


def test_the_environment_names_files_unless_the_caller_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "c.toml"))
    monkeypatch.setenv(DATABASE_VARIABLE, "from-environment.db")
    assert config_path() == tmp_path / "c.toml"
    assert database_location() == "from-environment.db"
    assert database_location("named.db") == "named.db"


def test_the_platform_has_places_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    assert config_path().name == "settings.toml"
    assert "labtrack" in config_path().parts
    assert database_location().endswith("clinic.db")


def test_the_region_is_the_named_one_then_the_environments_then_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REGION_VARIABLE, raising=False)
    settings = Settings(region=Region.EU)
    assert chosen_region(settings) is Region.EU
    monkeypatch.setenv(REGION_VARIABLE, "US")
    assert chosen_region(settings) is Region.US
    assert chosen_region(settings, "EU") is Region.EU


def test_today_is_the_named_day_then_the_environments_then_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, "2026-02-03")
    assert chosen_today() == date(2026, 2, 3)
    assert chosen_today("2026-01-01") == date(2026, 1, 1)
    monkeypatch.delenv(TODAY_VARIABLE)
    before = date.today()
    assert before <= chosen_today() <= date.today()
    with pytest.raises(UsageError, match="'yesterday' is not a date"):
        chosen_today("yesterday")


def test_the_audit_names_the_setting_then_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_actor(Settings(actor="m.ruiz")) == "m.ruiz"
    monkeypatch.setattr(getpass, "getuser", lambda: "account")
    assert chosen_actor(Settings()) == "account"

    def nobody() -> str:
        raise OSError

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert chosen_actor(Settings()) == "unknown"


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    assert Settings.load(written(tmp_path, '\ufeffclinic_name = "City"')).clinic_name == "City"


@pytest.mark.parametrize("text", ["31/01/2026", "20260131", "2026-02-30", "2026-W05-6", "tomorrow"])
def test_no_other_way_to_write_a_date_is_taken(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a date that labtrack takes: .*Write it as YYYY-MM-DD\."):
        chosen_today(text)


def test_saving_changes_what_differs_and_reads_back(tmp_path: Path) -> None:
    place = tmp_path / "config" / "labtrack.toml"
    Settings().save()
    assert not place.exists()
    wanted = Settings(Region.EU, "m. ruiz", 'City "Rheuma" [x]', theme="mono", units="SI", keys={"worklist.find": "f3"})
    wanted.save()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    read = Settings.load()
    assert read == replace(wanted, text=read.text)
    replace(read, actor="").save()
    assert Settings.load().actor == ""


def test_saving_keeps_the_rule_table_and_the_comments(tmp_path: Path) -> None:
    place = tmp_path / "config" / "labtrack.toml"
    place.parent.mkdir()
    place.write_text('# ours\nregion = "US"  # labels\n\n[rules.anc-below-1]\nthreshold = 0.9\n', encoding="utf-8")
    replace(Settings.load(), region=Region.EU).save()
    assert place.read_text(encoding="utf-8") == '# ours\nregion = "EU"  # labels\n\n[rules.anc-below-1]\nthreshold = 0.9\n'


def test_a_faulty_file_is_not_written_over(tmp_path: Path) -> None:
    place = tmp_path / "config" / "labtrack.toml"
    place.parent.mkdir()
    place.write_text("region = ", encoding="utf-8")
    with pytest.raises(CatalogueError):
        Settings(Region.EU).save()
    assert place.read_text(encoding="utf-8") == "region = "


def test_where_backups_go_and_whether(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    assert (Settings().daily_backups, Settings().backup_folder) == (True, "")
    path.write_text('daily_backups = false\nbackup_folder = "~/copies"\n', encoding="utf-8")
    assert (Settings.load(path).daily_backups, Settings.load(path).backup_folder) == (False, "~/copies")
    for text, told in (
        ("daily_backups = 0", "neither true nor false"),
        ('backup_folder = "copies"', "not a whole path"),
        ("backup_folder = 1", "not a text"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CatalogueError, match=told):
            Settings.load(path)
