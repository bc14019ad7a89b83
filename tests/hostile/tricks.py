"""What somebody hostile, or a careless interface, may put into a text; and what must never come of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Found in what labtrack writes, wherever a trick went.
MARK = "EVIL"
#: Colors that no theme of labtrack has.
INK, PAPER = "#fe01dc", "#dcfe01"

_ESC, _BEL = "\x1b", "\x07"
#: Characters that labtrack's own ways of entering something refuse or take out: no record can hold them but one written by other means.
CONTROLS = {
    "colour": f"{_ESC}[31;5m{MARK}",
    "erase": f"{MARK}{_ESC}[2J{_ESC}[H",
    "report": f"{_ESC}[6n{_ESC}[c{MARK}",
    "link": f"{_ESC}]8;;https://evil.example{_BEL}{MARK}{_ESC}]8;;{_BEL}",
    "clipboard": f"{_ESC}]52;c;cm0gLXJmIH4={_BEL}{MARK}",
    "title": f"{_ESC}]0;{MARK}{_ESC}\\",
    "device": f'{_ESC}P$q"p{_ESC}\\{MARK}',
    "eight-bit": f"\x9b31m{MARK}\x9d0;x\x9c\x85",
    "overwritten": f"clear\b\b\b\b\b{MARK}\x7f",
    "bell": f"{_BEL}{MARK}",
    "nothing": f"{MARK}\0hidden",
    "feeds": f"{MARK}\x0b\x0c\x1c\x1e",
}
#: Lines within a cell.
LINES = {
    "carriage": f"harmless\r{MARK}",
    "lines": f"{MARK}\nroot: done\r\nBEGIN:VEVENT\r\nSUMMARY:{MARK}\r\nEND:VEVENT",
    "separators": f"{MARK}\u2028next\u2029paragraph",
}
FORMULAS = {
    "command": f"=cmd|' /C calc'!A0{MARK}",
    "equals": f"=HYPERLINK(\"https://evil.example\",\"{MARK}\")",
    "plus": f"+1+1{MARK}",
    "minus": f"-2+3{MARK}",
    "at": f"@SUM(1){MARK}",
    "tab": f"\t=1+1{MARK}",
    "return": f"\r=1+1{MARK}",
    "feed": f"\n=1+1{MARK}",
    "blank": f"  =1+1{MARK}",
    "hard-blank": f"\u00a0=1+1{MARK}",
    "wide": f"\uff1d1+1{MARK}",
    "wide-plus": f"\uff0b1+1{MARK}",
    "wide-minus": f"\uff0d2+3{MARK}",
    "wide-at": f"\uff20SUM(1){MARK}",
    "guarded": f"'=1+1{MARK}",
    "quoted": f"\"=1+1\",\"{MARK}",
}  # fmt: skip
MARKUP = {
    "style": f"[{INK} on {PAPER}]{MARK}[/]",
    "action": f"[@click=app.bell('{MARK}')]x[/]",
    "reference": f"[link=https://evil.example]{MARK}[/link]",
    "unbalanced": f"[/]]] [[{MARK} [/bold",
    "escaped": f"\\[b]{MARK}\\",
    "variable": f"[$error]{MARK}[/$error] $MARK {{MARK}}",
    "emoji-name": f":smile: {MARK}",
    "script": f"<script>alert('{MARK}')</script><img src=x onerror=alert(1)>&amp;&#x202e;",
    "attribute": f'" onload="{MARK}" x=\'',
    "comment": f"--> ]]> </style></svg>{MARK}",
}
ORDER = {
    "override": f"\u202e{MARK}\u202c",
    "isolate": f"\u2066\u2067{MARK}\u2069\u200f\u061c",
    "zero-width": f"{MARK}\u200b\u2060\ufeff\u00ad\u200d",
    "flood": "Z" + "\u0301\u0489\u20dd" * 60 + MARK,
    "tags": f"{MARK}\U000e0041\U000e0042",
    "wide-letters": f"漢字🏳️\u200d🌈👩\u200d👩\u200d👧{MARK}",
    "long": MARK + "n" * 300,
}
PLACES = {
    "table": f"'; DROP TABLE patient; -- {MARK}",
    "like": f"%_/{MARK}%' OR 1=1",
    "format": f"%s%n{{0}}{{{MARK}}}${{HOME}}",
    "up": f"../../{MARK}",
    "root": f"/etc/passwd{MARK}",
    "device-name": "CON",
    "home": f"~/{MARK}",
    "shell": f"$HOME `id` $(id) {MARK};|&",
    "option": f"--db={MARK}",
    "hl7": f"|^~\\&{MARK}\\X0D\\OBX|1|",
    "json": f'","x":"{MARK}"}}\\u202e',
    "toml": f"\"\"\"\n[{MARK}]\nx = '''",
}
#: Everything that a database can hold.
TRICKS: dict[str, str] = {**CONTROLS, **LINES, **FORMULAS, **MARKUP, **ORDER, **PLACES}
#: All of it at once. The first character makes it a formula as well.
ALL = " ".join(["=1+1", *TRICKS.values()])
#: Some of each kind, short enough for every field and every argument: no argument holds a NUL.
BRIEF = f"=[{INK}]{MARK}[/] \x1b[31m\x9b\b\u202e\r\n{{0}}%s" + "\u0301" * 20
#: Half of a character: no file and no database can hold it.
HALF = f"\ud83d{MARK}"

_RISKY = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def harms(text: str) -> Iterator[str]:
    """What in a text a terminal would obey, or what would turn or bury the line; line feeds, which part lines, are let be."""
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if (category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in "\n\u200c\u200d") or marks == 16:
            yield f"U+{ord(character):04X} in {text[max(place - 40, 0) : place + 20]!r}"


def runs(cell: str) -> bool:
    """Whether a spreadsheet may run a cell: after blanks and quotes it begins a formula, or it begins with what parts cells and lines."""
    text = cell.lstrip(' \t\r\n\u00a0\u3000"')
    return cell.startswith(("\t", "\r", "\n")) or (text.startswith(_RISKY) and not _NUMBER.fullmatch(text))
