"""The settings file (TOML): region, the names shown, and the clinic's own rule table."""

from __future__ import annotations

import getpass
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from labtrack.core.errors import CatalogueError, UsageError
from labtrack.core.judgment import Region
from labtrack.exchange.dates import parse_day

CONFIG_VARIABLE, DATABASE_VARIABLE = "LABTRACK_CONFIG", "LABTRACK_DB"
REGION_VARIABLE, TODAY_VARIABLE = "LABTRACK_REGION", "LABTRACK_TODAY"
_KNOWN = {"region", "actor", "clinic_name", "rules", "theme", "units", "keys", "mrn_authorities", "lock_after_minutes"} | {
    "daily_backups",
    "backup_folder",
}
#: Those that hold one text, in the order in which a new file has them.
_PLAIN = ("region", "clinic_name", "actor", "theme", "units")
#: What may be chosen for the screens; the first is taken where nothing is.
THEMES, UNITS = ("dark", "light", "mono"), ("conventional", "SI")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may set. ``rules`` is the local rule table, ``text`` the file itself so that errors can name the line.

    ``theme``, ``units`` (for display only) and ``keys`` (a key by the id of what it does) concern the screens. ``mrn_authorities``, if any,
    are the only assigning authorities (HL7) and identifier systems (FHIR) whose numbers can be this clinic's MRNs.
    ``lock_after_minutes`` without a key covers the screens of who signed in; 0: never. ``daily_backups`` are made into a folder beside the
    clinic, or into one of its own below ``backup_folder``.
    """

    region: Region = Region.US
    actor: str = ""
    clinic_name: str = ""
    rules: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    theme: str = THEMES[0]
    units: str = UNITS[0]
    keys: Mapping[str, str] = field(default_factory=dict)
    mrn_authorities: tuple[str, ...] = ()
    lock_after_minutes: int = 10
    daily_backups: bool = True
    backup_folder: str = ""

    @classmethod
    def load(cls, path: Path | None = None) -> Settings:
        """Read the settings; the defaults where there is no file.

        Raises CatalogueError when the file is not TOML or holds a key or value that labtrack does not know.
        """
        path = path or config_path()
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogueError(f"The settings file {path} cannot be read: {error}.", "Correct or remove it.") from error
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CatalogueError(f"The settings file {path} is not TOML: {error}.", "Correct or remove it.") from error
        unknown = sorted(set(table) - _KNOWN)
        if unknown:
            known = ", ".join(sorted(_KNOWN))
            raise CatalogueError(f"The settings file {path} has unknown keys: {', '.join(unknown)}.", f"Known: {known}.")
        rules = table.get("rules", {})
        if not isinstance(rules, dict):
            raise CatalogueError(f"In {path}, rules is not a table.", "Write [rules.RULE-ID] with the thresholds below it.")
        for name in ("region", "actor", "clinic_name", "backup_folder"):
            if not isinstance(table.get(name, ""), str):
                raise CatalogueError(f"In {path}, {name} is not a text.", f'Write {name} = "…".')
        try:
            region = parse_region(table.get("region", Region.US))
        except UsageError as error:
            raise CatalogueError(f"In {path}: {error.message}", error.next_step) from None
        return cls(
            region,
            table.get("actor", ""),
            table.get("clinic_name", ""),
            rules,
            text,
            _one_of(table.get("theme", THEMES[0]), THEMES, f"In {path}, theme"),
            _one_of(table.get("units", UNITS[0]), UNITS, f"In {path}, units"),
            _keys(table.get("keys", {}), path),
            _authorities(table.get("mrn_authorities", []), path),
            _minutes(table.get("lock_after_minutes", 10), path),
            _yes_or_no(table.get("daily_backups", True), path),
            _folder(table.get("backup_folder", ""), path),
        )

    def save(self, path: Path | None = None) -> None:
        """Write what differs from the file into it; everything else of it stays, comments and the rule table too.

        The file is for its owner alone. Raises CatalogueError when the file is faulty, or written in a way that this cannot change.
        """
        from labtrack.clinic.settings_text import changed_text
        from labtrack.clinic.toml_text import write_private

        path = path or config_path()
        before = Settings.load(path)
        wanted = {name: getattr(self, name) for name in _PLAIN if getattr(self, name) != getattr(before, name)}
        keys = dict(self.keys) if dict(self.keys) != dict(before.keys) else None
        if not wanted and keys is None:
            return
        write_private(path, changed_text(before.text, {name: str(value) for name, value in wanted.items()}, keys, path))


def _one_of(value: object, known: tuple[str, ...], what: str) -> str:
    if value not in known:
        raise CatalogueError(f"{what} is {value!r}.", f"Known: {', '.join(known)}.")
    return str(value)


def _keys(table: object, path: Path) -> Mapping[str, str]:
    if not isinstance(table, dict) or not all(isinstance(each, str) for each in table.values()):
        step = 'Write [keys] and below it "worklist.find" = "f3".'
        raise CatalogueError(f"In {path}, keys is not a table of keys by what they do.", step)
    return table


def _minutes(value: object, path: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1_440:
        step = "Write lock_after_minutes = 10, or 0 for never."
        raise CatalogueError(f"In {path}, lock_after_minutes is not a whole number of minutes up to 1440.", step)
    return value


def _yes_or_no(value: object, path: Path) -> bool:
    if not isinstance(value, bool):
        raise CatalogueError(f"In {path}, daily_backups is neither true nor false.", "Write daily_backups = false, or leave it out.")
    return value


def _folder(value: str, path: Path) -> str:
    if value and not (value.startswith("~/") or Path(value).is_absolute()):
        step = 'Write the whole path, for example backup_folder = "/mnt/backup/labtrack".'
        raise CatalogueError(f"In {path}, backup_folder is not a whole path.", step)
    return value


def _authorities(value: object, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise CatalogueError(f"In {path}, mrn_authorities is not a list of texts.", 'Write mrn_authorities = ["HOSPITAL"].')
    return tuple(value)


def config_path() -> Path:
    """The settings file: ``LABTRACK_CONFIG``, else in the platform's folder."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_config_dir("labtrack")) / "settings.toml"


def database_location(named: str | None = None) -> str:
    """The clinic's path or URL: as named, else ``LABTRACK_DB``, else in the platform's data folder."""
    named = named or os.environ.get(DATABASE_VARIABLE)
    if named:
        return named
    import platformdirs

    return str(Path(platformdirs.user_data_dir("labtrack")) / "clinic.db")


def parse_region(text: str) -> Region:
    """``US`` or ``EU``; UsageError for anything else."""
    try:
        return Region(text.strip().upper())
    except ValueError:
        raise UsageError(f"There is no region {text!r}.", "Use US or EU.") from None


def chosen_region(settings: Settings, named: str | None = None) -> Region:
    """The region: as named, else ``LABTRACK_REGION``, else the settings'."""
    text = named or os.environ.get(REGION_VARIABLE)
    return parse_region(text) if text else settings.region


def chosen_today(named: str | None = None) -> date:
    """The as-of date: as named, else ``LABTRACK_TODAY``, else the machine's local date."""
    text = named or os.environ.get(TODAY_VARIABLE)
    if not text:
        return date.today()
    day = parse_day(text)
    if isinstance(day, str):
        raise UsageError(f"{text!r} is not a date that labtrack takes: {day}.", "Write it as YYYY-MM-DD.")
    return day


def chosen_actor(settings: Settings) -> str:
    """Who the audit names: the settings' actor, else the account of the operating system."""
    if settings.actor:
        return settings.actor
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
