"""The clinic at a glance: how many patients stand in which state, and any part of the worklist without what comes before it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from labtrack.clinic.arrivals import silences
from labtrack.clinic.judging import Judge
from labtrack.clinic.lines import NO_FINDING
from labtrack.clinic.taking import taken
from labtrack.core.errors import DatabaseLocked, DatabaseUnavailable, UsageError
from labtrack.core.judgment import GAPS, WorklistState
from labtrack.core.record import Patient
from labtrack.core.text import folded
from labtrack.store import Reader, Store
from labtrack.store.reader import FIRST, LAST, Filter, Place

#: Settings that name the last two days on which the worklist was brought up to date.
LAST_RUN, RUN_BEFORE = "worklist_run", "worklist_run_before"
#: A place is remembered about every so many lines that were read.
_APART = 500
#: Filters whose totals and places are remembered.
_FILTERS = 50


@dataclass(frozen=True, slots=True)
class Overview:
    """How many patients are in each state, and how many have each gap; ``last_run`` is the last day before today on which the
    worklist was brought up to date, None if there was none; ``silences`` say into which watched folders nothing comes any more."""

    states: Mapping[str, int]
    gaps: Mapping[str, int]
    patients: int
    last_run: date | None
    silences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorklistEntry:
    """One line of the worklist, as a screen shows it. Texts are empty where there is nothing.

    ``headline`` is the finding (or what cannot be evaluated) in a few words, ``basis`` whose threshold it is; ``message`` is the
    whole sentence. ``as_of`` is set where the line is out of date: the day on which the finding was judged.
    """

    mrn: str
    name: str
    age: int | None
    sex: str
    treatment: str
    state: str
    worst: str
    rule: str
    headline: str
    basis: str
    message: str
    next_panel: str
    next_due: date | None
    next_status: str
    cannot_evaluate: int
    last_result_on: str
    unreviewed: bool
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Some consecutive lines of the worklist: ``total`` lines in all, of which these begin at ``first``."""

    total: int
    first: int
    lines: tuple[WorklistEntry, ...]


@dataclass(slots=True)
class _Filtered:
    """What is known of one filter: how many lines it leaves, and some of them by position, in order."""

    total: int
    positions: list[int] = field(default_factory=lambda: [0])
    places: list[Place] = field(default_factory=lambda: [FIRST])

    def before(self, position: int) -> tuple[int, Place]:
        """The nearest place from which ``position`` can be counted: how many lines stand up to it, and it."""
        at = bisect_right(self.positions, position) - 1
        return self.positions[at], self.places[at]

    def remember(self, position: int, place: Place) -> None:
        """``position`` lines stand up to and with ``place``."""
        at = bisect_right(self.positions, position)
        if position - self.positions[at - 1] >= _APART:
            self.positions.insert(at, position)
            self.places.insert(at, place)


class Worklist:
    """The stored worklist, read in windows. What it remembers holds as long as nothing is written, by whomever."""

    def __init__(self, judge: Judge, today: date) -> None:
        self.judge = judge
        self.today = today
        self._version: object = None
        self._is_mixed = False
        self._filtered: dict[Filter, _Filtered] = {}

    def bring_up_to_date(self, store: Store) -> None:
        """Judge again who is out of date, and note the day. A clinic that cannot be written to now stays as it is."""
        with store.read() as reader:
            if self._is_known(reader):
                return
            stale = reader.out_of_date(self.judge.rule_set, self.today)
            noted = reader.settings().get(LAST_RUN, "")
        self._is_mixed = bool(stale)
        today = self.today.isoformat()
        if not store.database.read_only and (stale or noted < today):
            try:
                with store.write() as writer:
                    self.judge.store(writer, stale, self.today)
                    if noted < today:
                        writer.note(RUN_BEFORE, noted)
                        writer.note(LAST_RUN, today)
                self._is_mixed = False
            except (DatabaseLocked, DatabaseUnavailable):
                pass
        with store.read() as reader:
            self._filtered.clear()
            self._version = reader.session.version

    def _is_known(self, reader: Reader) -> bool:
        return self._version is not None and reader.session.version == self._version

    def overview(self, reader: Reader) -> Overview:
        """Counts of states and gaps, absence included."""
        settings = reader.settings()
        if self._is_mixed:
            kinds = [("", name) for name in GAPS] + [(state.value, "") for state in WorklistState]
            counted = {kind: reader.line_count(self._filter(*kind)) for kind in kinds}
            patients = reader.line_count(self._filter())
        else:
            counted = Counter()
            patients = 0
            for state, gaps, count in reader.tallies():
                patients += count
                counted[state, ""] += count
                for name, bit in GAPS.items():
                    counted["", name] += count if gaps & bit else 0
        return Overview(
            {state.value: counted.get((state.value, ""), 0) for state in WorklistState},
            {name: counted.get(("", name), 0) for name in GAPS},
            patients,
            self._last_run(settings),
            silences(settings, self.today),
        )

    def _last_run(self, settings: Mapping[str, str]) -> date | None:
        today = self.today.isoformat()
        found = [day for day in (settings.get(LAST_RUN, ""), settings.get(RUN_BEFORE, "")) if "" < day < today]
        return date.fromisoformat(max(found)) if found else None

    def window(self, reader: Reader, first: int, count: int, show: str, text: str) -> Window:
        """Lines ``first`` to ``first + count`` (fewer at the end) of those in a state or with a gap whose name, MRN or a met rule
        matches a text. UsageError for a state or gap that there is not."""
        if show and show not in GAPS and show not in set(WorklistState):
            raise UsageError(f"There is no state {show!r}.", f"Known: {', '.join([*WorklistState, *GAPS])}.")
        gap = show if show in GAPS else ""
        only = self._filter("" if gap else show, gap, text)
        known = self._filtered.get(only)
        if known is None:
            if len(self._filtered) >= _FILTERS:
                self._filtered.clear()
            known = self._filtered[only] = _Filtered(reader.line_count(only))
        first = max(0, min(first, known.total - 1))
        count = max(0, min(count, known.total - first))
        placed = _placed(reader, only, known, first, count) if count else []
        entry = partial(self._entry, reader, self._outdated(reader, [number for number, _ in placed]))
        return Window(known.total, first, tuple(entry(number) for number, _ in placed))

    def _filter(self, state: str = "", gap: str = "", text: str = "") -> Filter:
        words = [_escaped(word) for word in folded(text).split()]
        forward, backward = ("%".join(["", *order, ""]) if words else "" for order in (words, words[::-1]))
        return Filter(
            state,
            GAPS.get(gap, 0),
            forward,
            backward,
            self._rules(folded(text)) if words else "",
            self._is_mixed,
            self.judge.rule_set if self._is_mixed else "",
            self.today.isoformat() if self._is_mixed else "",
        )

    def _rules(self, text: str) -> str:
        """The ids of the rules that a text names, between semicolons; empty where it names none. One letter names none."""
        rules = self.judge.engine.rules.values()
        ids = [rule.id for rule in rules if len(text) > 1 and (text in folded(rule.id) or text in folded(rule.title))]
        return f";{';'.join(ids)};" if ids else ""

    def _outdated(self, reader: Reader, numbers: list[int]) -> set[int]:
        """Those of some patients whose line is out of date."""
        if not self._is_mixed or not numbers:
            return set()
        return set(reader.out_of_date(self.judge.rule_set, self.today)).intersection(numbers)

    def _entry(self, reader: Reader, outdated: set[int], number: int) -> WorklistEntry:
        stored = reader.patient_numbered(number)
        patient = stored.patient if stored else Patient("", "")
        line = reader.stored_assessment(number) or {"severity_rank": NO_FINDING}
        is_old = number in outdated
        due = "" if is_old else str(line.get("next_due", ""))
        said = {name: str(line.get(name, "")) for name in ("worst", "rule", "headline", "basis", "message", "last_result_on")}
        return WorklistEntry(
            mrn=patient.mrn,
            name=patient.name,
            age=age_on(patient.birth_date, self.today),
            sex=patient.sex.value,
            treatment=taken(reader.courses(number).get(number, []), self.today),
            state=WorklistState.NOT_ASSESSED.value if is_old else str(line["state"]),
            next_panel="" if is_old else str(line["next_panel"]),
            next_due=date.fromisoformat(due) if due else None,
            next_status="" if is_old else str(line["next_status"]),
            cannot_evaluate=0 if is_old else int(str(line["cannot_evaluate"])),
            unreviewed=bool(int(str(line.get("gaps", 0))) & GAPS["unreviewed"]),
            as_of=date.fromisoformat(str(line["as_of"])) if is_old and "as_of" in line else None,
            **said,
        )


def _placed(reader: Reader, only: Filter, known: _Filtered, first: int, count: int) -> list[tuple[int, Place]]:
    """Patient numbers and places, counted from the nearest place that is known, or from the end."""
    position, place = known.before(first)
    from_end = known.total - first - count
    if from_end < first - position:
        placed = reader.lines_before(only, LAST, from_end, count)
    else:
        placed = reader.lines_after(only, place, first - position, count)
    if placed:
        known.remember(first + len(placed), placed[-1][1])
    return placed


def _escaped(word: str) -> str:
    """A word as a part of a pattern of LIKE."""
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")


def age_on(born: date | None, on: date) -> int | None:
    """Completed years; None where the birth date is not known or lies ahead."""
    if born is None or born > on:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
