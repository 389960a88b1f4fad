"""lm — What Chinese official text looks like: character tables, readings, and a small language model.

Everything here is loaded on first use, never at import: clean text must not pay for it.
"""
