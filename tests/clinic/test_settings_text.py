"""The settings file's own text with some values changed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from labtrack.clinic.settings_text import changed_text
from labtrack.core.errors import CatalogueError

PLACE = Path("settings.toml")
FILE = """# Ours since May.
region = "US"  # the labels of the US
clinic_name = 'City'

# Agreed in the meeting of 3 May.
[rules.anc-below-1]
threshold = 0.9  # stricter

[keys]
# the left hand's
"worklist.find" = "f3"
"""


def test_only_what_is_meant_is_changed() -> None:
    changed = changed_text(FILE, {"region": "EU", "actor": 'm. "ruiz"'}, None, PLACE)
    assert changed.replace('region = "EU"', 'region = "US"').replace('actor = "m. \\"ruiz\\""\n', "") == FILE
    assert 'region = "EU"  # the labels of the US\n' in changed
    assert changed.index("actor") < changed.index("# Agreed")


def test_keys_are_put_into_their_table() -> None:
    changed = changed_text(FILE, {}, {"worklist.find": "f4", "page.back": "f2"}, PLACE)
    assert changed == FILE.replace('"f3"', '"f4"\n"page.back" = "f2"')
    assert changed_text(FILE, {}, {}, PLACE) == FILE.replace('"worklist.find" = "f3"\n', "")
    assert changed_text("", {}, {"a.b": "f4"}, PLACE) == '[keys]\n"a.b" = "f4"\n'
    assert changed_text("", {}, {}, PLACE) == "\n"
    middle = FILE + "\n[rules.other]\nthreshold = 1\n"
    assert changed_text(middle, {}, {"worklist.find": "f9"}, PLACE) == middle.replace("f3", "f9")


@pytest.mark.parametrize("text", ["", "# only a comment", 'region = "US"', "\ufeffregion = 'US'\n", "[rules]\n", "[rules]"])
def test_any_plain_file_takes_any_value(text: str) -> None:
    changed = changed_text(text.removeprefix("\ufeff"), {"region": "EU", "theme": "mono"}, {"a.b": "f4"}, PLACE)
    assert tomllib.loads(changed) == tomllib.loads(text.removeprefix("\ufeff")) | {"region": "EU", "theme": "mono", "keys": {"a.b": "f4"}}


@pytest.mark.parametrize(
    "text",
    [
        'clinic_name = """\nregion = "US"\n"""\n',
        'region = """US"""\n',
        'keys = {"a" = "f1"}\n',
        'keys.a = "f1"\n',
    ],
)
def test_what_cannot_be_changed_line_by_line_is_left_to_a_person(text: str) -> None:
    with pytest.raises(CatalogueError, match="by hand"):
        changed_text(text, {"region": "EU"}, {"b": "f2"}, PLACE)
