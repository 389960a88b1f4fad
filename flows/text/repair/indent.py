"""indent.py — Paragraph indents that became question marks or replacement characters."""

import re

from flows.text.provenance import substitute
from flows.text.repair.fix import FixResult, unchanged

INDENT = "\u3000\u3000"

_OPENS = "\u3400-\u9fff“‘《〈（【「『□■●◆▲△○①-⑩"
# Four or more marks are an indent whatever follows; two must stand before what opens a Chinese paragraph.
_MARKS = re.compile(
    rf"^(?:(?:\?\?){{2,4}}(?=[^?\s])|\?\?(?=[{_OPENS}])|(?:\ufffd\ufffd){{1,4}}(?=[{_OPENS}][^\ufffd\n]*$))",
    re.MULTILINE,
)


def restore_indent(text: str) -> FixResult:
    """Replace `????`, `??` or U+FFFD at the start of a paragraph by the two ideographic spaces they were.

    Leaves single and odd marks, which stand for lost characters, and U+FFFD on lines that hold more of them.

    >>> restore_indent("????抓实").text
    '\\u3000\\u3000抓实'
    """
    if "??" not in text and "\ufffd" not in text:
        return unchanged(text)
    fixed, changes = substitute(_MARKS, lambda _: INDENT, text)
    return FixResult(fixed, changes, "indent marks" if changes else "")
