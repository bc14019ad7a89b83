"""Tests of labtrack.clinic.preview."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.clinic.homes import ADA, START, TODAY, open_clinic, record

from labtrack.clinic import Clinic
from labtrack.core.errors import NotFound


def test_of_a_patient_without_results_it_says_so(ada: Clinic) -> None:
    preview = ada.preview(ADA.mrn)
    assert (preview.name, preview.birth_date, preview.treatment) == (ADA.name, ADA.birth_date, "baricitinib 2 mg w37")
    assert not preview.has_results
    assert preview.to_acknowledge() == ""
    assert {each.kind for each in preview.findings} == {"cannot evaluate"}


def test_the_analyte_of_the_gravest_finding_comes_first(ada: Clinic) -> None:
    for weeks, plt in enumerate(("210", "180", "62"), 1):
        record(ada, START + timedelta(7 * weeks), plt=f"{plt} 10*9/L", hb="13.1 g/dL")
    record(ada, TODAY, anc="<1.5 10*9/L")
    preview = ada.preview(ADA.mrn)
    first, *others = preview.series
    assert (first.short, first.values, first.first, first.last) == ("Plt", (210.0, 180.0, 62.0), "210", "62")
    assert [each.short for each in others] == ["ANC", "Hb"]
    assert (others[0].values, others[0].last, others[0].on) == ((), "<1.5", TODAY)


def test_what_is_acknowledged_comes_after_what_waits(ada: Clinic) -> None:
    record(ada, TODAY, anc="0.8 10*9/L", plt="62 10*9/L")
    assert ada.preview(ADA.mrn).to_acknowledge() == "anc-below-1"
    ada.acknowledge(ADA.mrn, "anc-below-1", "repeat ordered")
    preview = ada.preview(ADA.mrn)
    assert preview.to_acknowledge() == "platelets-below-75"
    kinds = [each.kind for each in preview.findings]
    assert kinds[:3] == ["action", "watch", "acknowledged"]


def test_long_fractions_are_shortened_and_bounds_are_not(ada: Clinic) -> None:
    record(ada, TODAY, creatinine="1.09 mg/dL")
    (egfr,) = [each for each in ada.preview(ADA.mrn).series if each.short == "eGFR"]
    assert len(egfr.last) <= 5


def test_it_is_judged_live(ada: Clinic, tmp_path: object) -> None:
    record(ada, TODAY, anc="0.8 10*9/L")
    folder = ada.store.database.path.parent  # type: ignore[union-attr]
    ada.close()
    with open_clinic(folder, TODAY + timedelta(400), read_only=True) as late:
        assert late.overview().states["not-assessed"] == 1
        assert late.preview(ADA.mrn).findings[0].finding.rule == "anc-below-1"


def test_who_is_not_there_has_none(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        clinic.preview("7")
