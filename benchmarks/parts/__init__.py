"""The parts of the table, one module each. `measure(sites, wanted)` yields rows."""
