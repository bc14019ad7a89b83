"""FHIR R4 (4.0.1): what labtrack writes and reads of it, as plain JSON values."""
