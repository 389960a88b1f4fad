"""declared.py — The charset that a page declares about itself, as browsers look for it, only further into the page.

Reads markup as bytes and only as far as needed. Whether the declaration is true is decided elsewhere: on the
target sites it is wrong often enough to be no more than a hint.
"""

import re

# Browsers stop at 1,024 bytes; real pages put long comments, styles and titles first.
_PRESCAN_BYTES = 100_000
_XML = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']\s*([^"'\s>]{1,40})""", re.IGNORECASE)
_META = re.compile(rb"<meta[\s/]", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([^\s"'/>;]{1,40})""", re.IGNORECASE)
_RAW = re.compile(rb"<(script|style|textarea)[\s/>]", re.IGNORECASE)
_MAX_TAG_BYTES = 1_000


def declared_charset(payload: bytes) -> str | None:
    """Return the label in the XML declaration or the first meta element that has one, or None.

    Comments, and what stands in scripts and styles (whose own charset attribute is about another file), do not count.

    >>> declared_charset(b'<!-- <meta charset=big5> --><script charset="utf-8"></script><meta charset="gb2312">')
    'gb2312'
    """
    head = payload[:_PRESCAN_BYTES]
    xml = _XML.match(head)
    if xml:
        return xml[1].decode("ascii", "replace")
    lower = head.lower()
    comments_end = True
    position = lower.find(b"<")
    while position >= 0:
        if comments_end and lower.startswith(b"<!--", position):
            end = lower.find(b"-->", position + 4)
            # A comment that never ends is a typing error: look behind its mark, once.
            comments_end = comments_end and end >= 0
            position = end + 3 if comments_end else position + 4
        elif _META.match(head, position):
            end = lower.find(b">", position, position + _MAX_TAG_BYTES)
            end = min(len(head), position + _MAX_TAG_BYTES) if end < 0 else end
            charset = _META_CHARSET.search(head, position, end)
            if charset:
                return charset[1].decode("ascii", "replace")
            position += 5
        elif raw := _RAW.match(head, position):
            end = lower.find(b"</" + raw[1].lower(), position)
            if end < 0:
                return None
            position = end + 2
        else:
            position += 1
        position = lower.find(b"<", position)
    return None
