"""One rule: what it says, why, when it cannot tell, its sources, where article and label differ; and its verdict on one patient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from labtrack.core.errors import NotFound
from labtrack.core.quantity import format_number
from labtrack.tui.keys import key
from labtrack.tui.page import BackPage
from labtrack.tui.show import joined, lines, shown, sign
from labtrack.tui.widgets.cells import moment
from labtrack.tui.widgets.patient_header import who
from labtrack.tui.widgets.patient_tab import main_app

if TYPE_CHECKING:
    from labtrack.clinic.patient_page import PatientPage
    from labtrack.clinic.rulebook import RuleInfo
    from labtrack.clinic.verdict_page import EvidenceLine, VerdictPage

_HEAD, _MUTED = "bold $primary", "$text-muted"


class RuleText(VerticalScroll, can_focus=True):
    """The text, to be scrolled."""

    HELP = """## A rule

What the rule says and why, when it cannot tell, what it means for the patient, where article and label differ, and every source with how
well it was verified and on which day. Opened from a finding, the verdict and the results it rests on stand first, as reported.

A threshold marked *local* was changed by this clinic's settings.
"""


class RuleScreen(BackPage[None]):
    """The rule reader."""

    CSS_PATH = "../styles/rule.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    HELP = """## The rule reader

*Arrows* and *Page up/down* scroll, *Esc* goes back. *a* acknowledges the finding, if it was opened from one that is met. It says what label
and article say; what to do is yours to decide.
"""
    BINDINGS = [
        key("rule.acknowledge", "a", "acknowledge", "Acknowledge", "Mark this finding as seen, with a reason. The finding stays."),
        key("rule.patient", "o", "patient", "Patient", "Open the patient whose finding this is."),
    ]

    def __init__(self, rule_id: str, mrn: str | None = None) -> None:
        super().__init__()
        self.rule_id = rule_id
        self.mrn = mrn
        self.verdict: VerdictPage | None = None
        self.seen = -1

    def compose_body(self) -> ComposeResult:
        """Title and text."""
        yield Static("Loading …", id="rule-title")
        with RuleText(id="rule-text"):
            yield Static("", id="verdict")
            yield Static("", id="rule")

    def on_mount(self) -> None:
        """The text scrolls by keyboard."""
        self.query_one(RuleText).focus()

    def on_screen_resume(self) -> None:
        """Read, again if anything changed."""
        if self.seen != self.base.desk.changes:
            self.run_worker(self._read(), exclusive=True, group="load", exit_on_error=False)

    async def _read(self) -> None:
        changes, mrn = self.base.desk.changes, self.mrn
        with self.telling():
            try:
                rule, marks = await self.ask(lambda clinic: (clinic.rule(self.rule_id), _marks()))
                page = await self.ask(lambda clinic: clinic.patient_page(mrn)) if mrn else None
                self.verdict = await self.ask(lambda clinic: clinic.verdict(mrn, self.rule_id)) if mrn else None
            except NotFound:
                self.dismiss(None)
                raise
            self.query_one("#rule-title", Static).update(joined((rule.title.rstrip("."), "bold"), (f"   {rule.id}", _MUTED)))
            verdict = self.query_one("#verdict", Static)
            verdict.display = page is not None
            if page is not None:
                verdict.update(lines(verdict_lines(page, self.verdict)))
            self.query_one("#rule", Static).update(lines(rule_lines(rule, marks)))
            self.seen = changes
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a met finding can be acknowledged; only a patient opened."""
        if action == "acknowledge":
            return self.verdict is not None and self.verdict.finding.verdict.value == "met"
        return self.mrn is not None if action == "patient" else True

    def action_acknowledge(self) -> None:
        """Ask for the reason and acknowledge."""
        self.run_worker(self._acknowledge(), exclusive=True, group="acknowledge", exit_on_error=False)

    async def _acknowledge(self) -> None:
        await main_app(self).answer("acknowledge", self.mrn, self.rule_id)

    def action_patient(self) -> None:
        """Open the patient; back to them if that is where this came from."""
        stack = self.app.screen_stack
        if len(stack) > 1 and getattr(stack[-2], "mrn", None) == self.mrn:
            self.dismiss(None)
        else:
            main_app(self).go("patient", self.mrn)


def _marks() -> dict[str, str]:
    from labtrack.clinic.rulebook import MARKS

    return dict(MARKS)


def verdict_lines(page: PatientPage, verdict: VerdictPage | None) -> Iterator[Content]:
    """Who, the verdict, and the readings it rests on."""
    yield joined((page.patient.name, "bold"), "   ", who(page.patient, page.age))
    yield shown(page.treatment.text)
    yield Content("")
    if verdict is None:
        yield shown("This rule is not in force.")
        return
    finding = verdict.finding
    kind = finding.severity.value if finding.verdict.value == "met" else finding.verdict.value
    yield joined(sign(kind), (f" {finding.verdict.value.capitalize()}", "bold"), f" ({kind})" if kind != finding.verdict.value else "")
    yield shown(finding.message)
    for each in verdict.evidence:
        yield from _evidence_lines(each)
    yield Content("")


def _evidence_lines(line: EvidenceLine) -> Iterator[Content]:
    how = f"   calculated: {line.method}" if line.method else ""
    limit = f"   limit {line.limit}" if line.limit else ""
    yield joined(("  • ", _MUTED), (f"{line.analyte} {line.value} {line.unit}", "bold"), f"   {line.collected_on}{how}{limit}")
    if line.baseline:
        change = f"   change {'' if line.change.startswith('-') else '+'}{line.change} %" if line.change else ""
        yield shown(f"    baseline {line.baseline} on {line.baseline_on}{change}")
    for each in line.reported:
        limits = f"   limits {each.ref_low}–{each.ref_high}" if each.ref_low or each.ref_high else ""
        where = "   ".join(filter(None, (each.lab, each.note)))
        text = f"    as reported: {each.analyte} {each.value_text} {each.unit}   {moment(each.collected_at)}{limits}   {where}"
        yield shown(text.rstrip(), _MUTED)
    if line.in_doubt:
        yield shown("    a newer report of it cannot be read", "$text-warning")


def rule_lines(rule: RuleInfo, marks: dict[str, str]) -> Iterator[Content]:
    """Everything about the rule itself."""
    local = " (local: changed by this clinic's settings)" if rule.is_local else ""
    limits = ", ".join(f"{name.replace('_', ' ')} {format_number(limit)}" for name, limit in rule.limits.items()) or "none"
    facts = {
        "Severity": rule.severity.value,
        "Thresholds": limits + local,
        "Panel": rule.panel or "none",
        "Repeat": f"{rule.recheck_days} days after the result" if rule.recheck_days is not None else "none",
        "Drugs": ", ".join(rule.drugs),
        "Regions": ", ".join(rule.regions),
        "Version": rule.version,
    }
    for name, text in facts.items():
        yield joined((f"{name:<12}", _MUTED), (text, "bold" if name == "Thresholds" and rule.is_local else ""))
    for heading, text in rule.sections.items():
        yield Content("")
        yield shown(heading, _HEAD)
        yield shown(text)
    yield Content("")
    yield shown("Sources", _HEAD)
    for source in rule.sources:
        mark = marks.get(source.mark, source.mark)
        yield joined((f"[{source.mark}] ", "bold"), source.text, (f"  ({mark}; checked on {source.checked_on.isoformat()})", _MUTED))
