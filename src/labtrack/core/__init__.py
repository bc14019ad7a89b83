"""Plain values of the domain: no input, no output, standard library only."""
