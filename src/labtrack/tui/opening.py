"""What the screens are opened on: which clinic, as of when, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtrack.clinic import Clinic, Settings
    from labtrack.clinic.accounts import Account
    from labtrack.core.judgment import Region


@dataclass(frozen=True, slots=True)
class Opening:
    """Where the clinic is and how it is to be opened; the clinic itself is opened later, on a thread of its own.

    ``mrn`` opens one patient's own page, read-only, and nothing else. ``is_today_set`` says that ``today`` is not the machine's
    date. ``account`` is who signed in, ``user`` the name that the sign-in screen begins with. Where the clinic has no accounts ``actor`` is
    who the audit names; empty takes the settings', else the account of the operating system. ``keeps_backups``: the backup of the day is
    made behind the screens.
    """

    location: str
    today: date
    settings: Settings
    region: Region
    mrn: str = ""
    actor: str = ""
    is_today_set: bool = False
    user: str = ""
    account: Account | None = None
    keeps_backups: bool = False

    @property
    def path(self) -> Path | None:
        """The clinic's file; None where it is a database on a server."""
        text = self.location.removeprefix("sqlite:///")
        return None if "://" in text else Path(text).expanduser()

    @property
    def is_missing(self) -> bool:
        """Whether the clinic's file is not there. Where that cannot be told, opening it tells why."""
        try:
            return self.path is not None and not self.path.exists()
        except OSError:
            return False

    def open(self, *, create: bool = False) -> Clinic:
        """Open the clinic; read-only for a patient's own page. LabtrackError as :meth:`labtrack.clinic.Clinic.open` raises."""
        from labtrack.clinic import Clinic

        return Clinic.open(
            self.location,
            today=self.today,
            settings=self.settings,
            region=self.region,
            actor=self.actor,
            create=create,
            read_only=bool(self.mrn),
            account=self.account,
        )
