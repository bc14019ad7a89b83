"""A sample clinic of about forty patients, made from a seed, in the import layouts. Nobody in it exists."""

from labtrack.demo.sample import CASES, SEED, Acknowledgement, SampleClinic, mrn_of_case, sample_clinic

__all__ = ["CASES", "SEED", "Acknowledgement", "SampleClinic", "mrn_of_case", "sample_clinic"]
