"""agent.py — The name under which every request goes out."""

from importlib.metadata import version


def user_agent(contact: str) -> str:
    """Name the program honestly, with an address to complain to when one is set.

    >>> user_agent("archive@example.org").partition("/")[0], user_agent("archive@example.org")[-22:]
    ('Fangzhi', '(+archive@example.org)')
    """
    name = f"Fangzhi/{version('fangzhi')}"
    return f"{name} (+{contact})" if contact else name
