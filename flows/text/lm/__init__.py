"""lm — What Chinese official text looks like: character tables, readings, and small models of characters and of words.

Everything here is loaded on first use, never at import: clean text must not pay for it.
"""
