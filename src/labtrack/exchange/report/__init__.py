"""One page a patient, as HTML with inline SVG charts and as PDF: facts in, text and bytes out; nothing is judged here."""
