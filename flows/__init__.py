"""flows — Turning captures into documents, and running things."""
