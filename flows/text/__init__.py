"""flows.text — From bytes to comparable text: pure functions, no I/O, no clock, no settings, no logging."""
