"""storage — The lowest layer: what is stored, and where. Imports neither spiders nor flows."""
