"""repair — The named fixes of damaged text, their registry and their order."""
