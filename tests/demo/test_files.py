"""The sample's files: the import layouts' headers, each laboratory's own format."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from labtrack.demo import SampleClinic
from labtrack.demo.laboratories import LABORATORIES
from labtrack.exchange.layouts import LAYOUTS, recognize


@pytest.fixture(scope="module")
def folder(sample: SampleClinic, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files") / "new" / "folder"
    sample.write(made)
    return made


def test_files_stand_in_order_of_dependency(sample: SampleClinic, tmp_path: Path) -> None:
    names = [path.stem.split("-")[0] for path in sample.write(tmp_path)]
    order = [layout.name for layout in LAYOUTS]
    assert [order.index(name) for name in names] == sorted(order.index(name) for name in names)
    assert names.count("results") == len(LABORATORIES)


def test_every_header_is_that_of_its_layout(folder: Path) -> None:
    for path in folder.iterdir():
        header = path.read_text(encoding="utf-8-sig").splitlines()[0]
        columns = header.split(";" if ";" in header else ",")
        layout = recognize(columns)
        assert layout is not None
        assert layout.name == path.stem.split("-")[0]
        assert set(columns) <= set(layout.columns)


def test_decimal_commas_come_with_semicolons_and_a_byte_order_mark(folder: Path) -> None:
    raw = (folder / "results-saint-anne.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert any("," in row["value"] for row in rows)
    assert not any("." in row["value"] for row in rows)


def test_results_stand_in_order_of_time(folder: Path) -> None:
    for path in folder.glob("results-*.csv"):
        text = path.read_text(encoding="utf-8-sig").splitlines()
        days = [row["collected_at"][:10] for row in csv.DictReader(text, delimiter=";" if ";" in text[0] else ",")]
        assert days == sorted(days)


def test_writing_again_replaces(sample: SampleClinic, tmp_path: Path) -> None:
    first = {path: path.read_bytes() for path in sample.write(tmp_path)}
    assert {path: path.read_bytes() for path in sample.write(tmp_path)} == first


def test_the_sample_has_the_texts_that_laboratories_print(folder: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8-sig") for path in folder.glob("results-*.csv"))
    for sign in (
        "hemolyzed",
        "10*12/L",
        "see comment",
        ">60",
        ",<0.5,",
        "preliminary",
        "corrected",
        "entered-in-error",
        "ukat/L",
        "+01:00",
    ):
        assert sign in text, sign
