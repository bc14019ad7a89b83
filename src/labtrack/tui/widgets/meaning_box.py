"""What recording the typed values would mean, beneath the form: gravest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from labtrack.tui.show import joined, lines, shown, sign
from labtrack.tui.widgets.banner import short_day

if TYPE_CHECKING:
    from labtrack.clinic.meaning import Meaning
    from labtrack.core.judgment import Check, Finding


class MeaningBox(VerticalScroll):
    """The box. It is told what to show, and scrolls when it holds more than it has room for."""

    HELP = """## This would mean

What labtrack would say once these values are recorded: findings that they newly meet, those that stay, those that would end, what
could still not be evaluated, and the next checks. It is worked out by the same rules as after saving. Nothing is recorded yet.
"""

    def __init__(self) -> None:
        super().__init__(can_focus=False)
        self.border_title = "This would mean"
        self._text = Static()
        self._said: Content | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield self._text

    def tell(self, meaning: Meaning | None) -> None:
        """Show what the values mean; without any, what is to be done."""
        if meaning is None:
            self.say(shown("Nothing is typed yet.", "$text-muted"))
            return
        self.say(lines(told_lines(meaning)) if meaning.entries else shown("Nothing is typed yet.", "$text-muted"))

    def say(self, content: Content) -> None:
        """Show something else."""
        if self._said is None or not content.is_same(self._said):
            self._said = content
            self._text.update(content)
            self.scroll_home(animate=False)


def told_lines(meaning: Meaning) -> Iterator[Content]:
    """Line by line, what matters most first."""
    refused = sum(bool(each.problem) for each in meaning.entries)
    if refused:
        what = "value cannot" if refused == 1 else "values cannot"
        yield joined(("✗ ", "$text-error"), (f"{refused} {what} be recorded as typed: the reason stands below the field", "$text-error"))
    for question in meaning.questions:
        yield joined(sign("cannot evaluate"), f" {question}")
    yield from finding_lines(meaning.gravest(meaning.newly), "new")
    yield from finding_lines(meaning.gravest(meaning.still), "still")
    for finding, _ in meaning.gravest(meaning.ended):
        mark, word = (sign("no-schedule"), f"no longer listed, as {meaning.silent}") if meaning.silent else (sign("not met"), "ends")
        yield joined(mark, f" {word}: {finding.headline or finding.rule}", (f"  {finding.rule}", "$text-muted"))
    if not (meaning.newly or meaning.still or meaning.ended):
        yield nothing_met(meaning)
    for finding in meaning.unknown:
        yield joined(sign("cannot evaluate"), (f" {finding.headline or finding.message}", "$text-muted"))
    if meaning.checks:
        yield checks_line(meaning.checks)


def nothing_met(meaning: Meaning | None) -> Content:
    """That no rule is met; not as good news where none speaks because no drug is taken."""
    if meaning is not None and meaning.silent:
        return joined(sign("no-schedule"), f" {meaning.silent}: rules on treatment say nothing of these values")
    return joined(sign("not met"), " no rule is met")


def finding_lines(findings: Iterable[tuple[Finding, int]], when: str = "") -> Iterator[Content]:
    """Findings, each with what it rests on and how many of its family stand behind it."""
    for finding, more in findings:
        parts: list[Content | tuple[object, str] | str] = [sign(finding.severity.value), " "]
        if when == "new":
            parts.append(("new ", "bold"))
        elif when:
            parts.append((f"{when} ", "$text-muted"))
        parts.append(finding.headline or finding.rule)
        basis = ", ".join(each for each in (finding.rule, finding.basis) if each)
        parts.append((f"  ({basis}{f', and {more} milder' if more else ''})", "$text-muted"))
        yield joined(*parts)


def checks_line(checks: Iterable[Check]) -> Content:
    """The next checks in one line."""
    told = [f"{each.panel} {short_day(each.due_on)} {each.due_on.year}, {each.reason}" for each in checks]
    return joined(("next ", "$text-muted"), " · ".join(told))
