"""HL7 v2 messages in: framing, character sets, segments, values and times, as a feed of people and reports."""
