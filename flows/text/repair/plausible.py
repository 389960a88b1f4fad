"""plausible.py — How ordinary a stretch of text looks, character by character.

The cheap judgement in front of the language model, on the character costs of flows/text/decode: no context, one
table. It accepts or refuses a reading whose bytes fit; it never chooses between two that look alike.
"""

from flows.text.decode.costs import beyond_ascii, cost


def bits(text: str) -> float:
    """Return the mean cost of the characters beyond ASCII: 8 to 10 bits in prose, over 14 in mojibake.

    A text with nothing beyond ASCII costs 99.

    >>> bits("人民政府") < 10 < 14 < bits("鏂囧瓧")
    True
    """
    chars = beyond_ascii(text)
    return cost(chars) / len(chars) if chars else 99.0
