"""channels.py — Every way of damaging a text that the repair is measured on, as code.

A channel is a function from text to damaged text, or None where the text cannot go through it or is not harmed.
Loaded by conftest.py and by tests/bench_repair.py; imports nothing of the product.
"""

import html
import quopri
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

Channel = Callable[[str], str | None]

CP1252_HOLES = (0x81, 0x8D, 0x8F, 0x90, 0x9D)


def windows_1252(payload: bytes) -> str:
    """Read bytes as browsers read windows-1252: the five holes stay C1 controls."""
    return "".join(chr(b) if b in CP1252_HOLES else bytes((b,)).decode("cp1252") for b in payload)


def encoded(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None


def reread(text: str | None, written: str, read: str) -> str | None:
    """Write in one encoding, read in another without loss; None where that fails or changes nothing."""
    if text is None:
        return None
    try:
        damaged = text.encode(written).decode(read)
    except UnicodeError:
        return None
    return damaged if damaged != text else None


def browser_gbk(payload: bytes, keep_private: bool = True) -> str:
    """Read bytes as browsers read GBK: 80 is the euro sign, a bad lead is one U+FFFD and the next byte is kept."""
    out: list[str] = []
    i = 0
    while i < len(payload):
        lead = payload[i]
        if lead < 0x80:
            out.append(chr(lead))
        elif lead == 0x80:
            out.append("€")
        elif lead == 0xFF or i + 1 == len(payload) or payload[i + 1] < 0x40 or payload[i + 1] in (0x7F, 0xFF):
            out.append("\ufffd")
        else:
            char = payload[i : i + 2].decode("gb18030")
            out.append(WHATWG_GB.get(payload[i : i + 2], char) if keep_private or not is_private(char) else "\ufffd")
            i += 1
        i += 1
    return "".join(out)


WHATWG_GB = {
    b"\xa3\xa0": "\u3000",
    b"\xa8\xbc": "\u1e3f",
    **{bytes((0xA6, 0xD9 + i)): char for i, char in enumerate("︐︒︑︓︔︕︖")},
    b"\xa6\xec": "︗",
    b"\xa6\xed": "︘",
    b"\xa6\xf3": "︙",
    **dict(
        zip(
            (bytes((0xFE, trail)) for trail in (0x59, 0x61, 0x66, 0x67, 0x6D, 0x7E, 0x90, 0xA0)),
            "龴龵龶龷龸龹龺龻",
            strict=True,
        )
    ),
}


def is_private(char: str) -> bool:
    return "\ue000" <= char <= "\uf8ff"


def windows_cp936(payload: bytes) -> str:
    """Read bytes as the Windows function does: a pair it cannot read is one '?', and swallows an ASCII byte."""
    out: list[str] = []
    i = 0
    while i < len(payload):
        lead = payload[i]
        if lead < 0x80:
            out.append(chr(lead))
        elif lead == 0x80:
            out.append("€")
        elif lead == 0xFF:
            out.append("\uf8f5")
        elif i + 1 == len(payload):
            out.append("?")
        else:
            trail = payload[i + 1]
            char = "?"
            if trail >= 0x40 and trail not in (0x7F, 0xFF):
                pair = payload[i : i + 2]
                try:
                    char = pair.decode("gbk")
                except UnicodeDecodeError:
                    char = pair.decode("gb18030", "replace")
                    char = char if is_private(char) else "?"
            out.append(char)
            i += 1
        i += 1
    return "".join(out)


def mbstring(payload: bytes) -> str:
    """Read bytes as GBK the way mbstring does: an undefined pair, or a lead with ASCII behind it, is one '?'."""
    out: list[str] = []
    i = 0
    while i < len(payload):
        lead = payload[i]
        if lead < 0x80:
            out.append(chr(lead))
        elif lead in (0x80, 0xFF):
            out.append("?")
        else:
            try:
                out.append(payload[i : i + 2].decode("gbk"))
            except UnicodeDecodeError:
                out.append("?")
            i += 1
        i += 1
    return "".join(out)


def damaged_only(channel: Callable[[str], str | None]) -> Channel:
    def run(text: str) -> str | None:
        damaged = channel(text)
        return None if damaged == text else damaged

    return run


def marked(channel: Callable[[str], str], mark: str) -> Channel:
    """Keep only results that show a loss."""

    def run(text: str) -> str | None:
        damaged = channel(text)
        return damaged if damaged.count(mark) > text.count(mark) else None

    return run


def twice(text: str) -> str | None:
    return reread(reread(text, "utf-8", "gb18030"), "utf-8", "gb18030")


SINGLE_BYTE: dict[str, Channel] = {
    "utf8_as_latin1": damaged_only(lambda t: t.encode().decode("latin-1")),
    "utf8_as_1252": damaged_only(lambda t: windows_1252(t.encode())),
    "utf8_as_1252_twice": damaged_only(lambda t: windows_1252(windows_1252(t.encode()).encode())),
    "gbk_as_latin1": lambda t: reread(t, "gb18030", "latin-1"),
    "gbk_as_1252": lambda t: None if t.isascii() else windows_1252(t.encode("gb18030")),
    "gbk_as_latin1_then_utf8_as_latin1": lambda t: reread(reread(t, "gbk", "latin-1"), "utf-8", "latin-1"),
    "big5_as_latin1": lambda t: reread(t, "big5", "latin-1"),
    "big5_as_1252": lambda t: windows_1252(b) if not t.isascii() and (b := encoded(t, "big5")) else None,
    "utf8_as_cp437": lambda t: reread(t, "utf-8", "cp437"),
    "utf8_as_mac_roman": lambda t: reread(t, "utf-8", "mac_roman"),
}


def code_page(page: str) -> Callable[[bytes], str]:
    """Return a reader of a single-byte code page that shows a byte without a character as its control."""

    def read(payload: bytes) -> str:
        return "".join(c if (c := bytes((b,)).decode(page, "replace")) != "\ufffd" else chr(b) for b in payload)

    return read


for _written, _page in (
    ("gbk", "cp1250"),
    ("gbk", "cp1251"),
    ("gbk", "cp1253"),
    ("gbk", "cp874"),
    ("gbk", "iso8859-9"),
    ("gbk", "koi8_r"),
    ("gbk", "mac_roman"),
    ("gbk", "cp437"),
    ("gbk", "cp850"),
    ("big5", "cp1251"),
    ("big5", "cp850"),
    ("utf-8", "cp1251"),
    ("utf-8", "koi8_r"),
    ("utf-8", "cp850"),
):
    SINGLE_BYTE[f"{_written.replace('-', '')}_as_{_page.replace('-', '_')}"] = lambda t, written=_written, page=_page: (
        None if t.isascii() or (payload := encoded(t, written)) is None else code_page(page)(payload)
    )

SINGLE_BYTE_LOSSY: dict[str, Channel] = {
    "utf8_as_cp1252_holes_lost": marked(lambda t: t.encode().decode("cp1252", "replace"), "\ufffd"),
    "utf8_as_cp1252_holes_question": marked(
        lambda t: t.encode().decode("cp1252", "replace").replace("\ufffd", "?"), "?"
    ),
    "utf8_as_1252_nbsp_as_space": lambda t: (
        g.replace("\xa0", " ") if "\xa0" in (g := windows_1252(t.encode())) else None
    ),
}

DOUBLE_BYTE: dict[str, Channel] = {
    "utf8_as_gb18030": lambda t: reread(t, "utf-8", "gb18030"),
    "utf8_as_gb18030_twice": twice,
    "utf8_as_big5": lambda t: reread(t, "utf-8", "big5hkscs"),
    "utf8_as_cp949": lambda t: reread(t, "utf-8", "cp949"),
    "utf8_as_cp932": lambda t: reread(t, "utf-8", "cp932"),
    "gbk_as_big5": lambda t: reread(t, "gbk", "big5hkscs"),
    "big5_as_gbk": lambda t: reread(t, "big5", "gb18030"),
    "gbk_as_cp949": lambda t: reread(t, "gbk", "cp949"),
    "gbk_as_cp932": lambda t: reread(t, "gbk", "cp932"),
    "big5_as_cp949": lambda t: reread(t, "big5", "cp949"),
    "big5_as_cp932": lambda t: reread(t, "big5", "cp932"),
}

DOUBLE_BYTE_LOSSY: dict[str, Channel] = {
    "utf8_as_gbk_browser": marked(lambda t: browser_gbk(t.encode()), "\ufffd"),
    "utf8_as_gbk_browser_euro": marked(lambda t: browser_gbk(t.encode()), "€"),
    "utf8_as_gb18030_replace": marked(lambda t: t.encode().decode("gb18030", "replace"), "\ufffd"),
    "utf8_as_gbk_replace": marked(lambda t: t.encode().decode("gbk", "replace"), "\ufffd"),
    "utf8_as_gbk_question": marked(lambda t: t.encode().decode("gbk", "replace").replace("\ufffd", "?"), "?"),
    "utf8_as_cp936": marked(lambda t: windows_cp936(t.encode()), "?"),
    "utf8_as_gbk_browser_saved_as_gbk": marked(
        lambda t: browser_gbk(t.encode()).encode("gbk", "replace").decode("gbk"), "?"
    ),
    "utf8_as_gbk_mbstring": marked(lambda t: mbstring(t.encode()), "?"),
}

for _name, _written, _read in (
    ("gbk_as_big5_replace", "gbk", "big5hkscs"),
    ("gbk_as_cp950_replace", "gbk", "cp950"),
    ("big5_as_gbk_replace", "big5", "gbk"),
    ("gbk_as_cp949_replace", "gbk", "cp949"),
    ("gbk_as_cp932_replace", "gbk", "cp932"),
):
    DOUBLE_BYTE_LOSSY[_name] = marked(
        lambda t, written=_written, read=_read: (encoded(t, written) or b"").decode(read, "replace"), "\ufffd"
    )

NAMED = {"“": "ldquo", "”": "rdquo", "‘": "lsquo", "’": "rsquo", "—": "mdash", "…": "hellip", "·": "middot"}


def references(text: str, form: str) -> str:
    return "".join(form % ord(c) if c > "\x7f" else c for c in text)


def named(text: str, form: str) -> str | None:
    damaged = "".join(form % NAMED[c] if c in NAMED else c for c in text)
    return damaged if damaged != text else None


def escaped_units(text: str, form: str) -> str | None:
    return "".join(form % ord(c) if "\x7f" < c <= "\uffff" else c for c in text) if not text.isascii() else None


def shown_bytes(payload: bytes | None) -> str | None:
    """Show bytes as Python does, but for controls and quotes."""
    if not payload or payload.isascii():
        return None
    return "".join(f"\\x{b:02x}" if b > 0x7F else "\\\\" if b == 0x5C else chr(b) for b in payload)


ESCAPES: dict[str, Channel] = {
    "decimal": damaged_only(lambda t: references(t, "&#%d;")),
    "hexadecimal": damaged_only(lambda t: references(t, "&#x%x;")),
    "decimal_twice": damaged_only(lambda t: references(t, "&amp;#%d;")),
    "decimal_bare": lambda t: None if re.search("[\x80-\uffff][0-9;]", t) or t.isascii() else references(t, "&#%d"),
    "named": lambda t: named(t, "&%s;"),
    "named_twice": lambda t: named(t, "&amp;%s;"),
    "named_bare": lambda t: None if re.search("[“”‘’—…·][A-Za-z0-9;]", t) else named(t, "&%s"),
    "escaped_all": lambda t: html.escape(h) if (h := references(t, "&#%d;")) != t else None,
    "percent_u": lambda t: escaped_units(t, "%%u%04X"),
    "backslash_u": lambda t: escaped_units(t, "\\u%04x"),
    "backslash_u_twice": lambda t: escaped_units(t, "\\\\u%04x"),
    "backslash_x_utf8": lambda t: shown_bytes(t.encode()),
    "backslash_x_gbk": lambda t: shown_bytes(encoded(t, "gbk")),
    "quoted_printable": damaged_only(lambda t: quopri.encodestring(t.encode()).decode().replace("=3D", "=")),
    "percent_utf8_twice": lambda t: None if t.isascii() else quote(quote(t, safe=" ,.!?:;()-\n"), safe=" ,.!?:;()-\n"),
    "percent_utf8": lambda t: None if t.isascii() else quote(t, safe=" ,.!?:;()-\n"),
    "percent_gbk": lambda t: quote(b, safe=" ,.!?:;()-\n") if not t.isascii() and (b := encoded(t, "gbk")) else None,
}

COMPATIBILITY = {
    n: chr(c) for c in range(0xF900, 0xFA6E) if (n := unicodedata.normalize("NFC", chr(c))) != chr(c) and len(n) == 1
}
KANGXI = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0x2F00, 0x2FD6)}
SUPPLEMENT = dict(zip("民西长车见贝马鱼鸟黄龙门风飞页齐", "⺠⻄⻓⻋⻅⻉⻢⻥⻦⻩⻰⻔⻛⻜⻚⻬", strict=True))
QUOTES_C1 = str.maketrans({"“": "\x93", "”": "\x94"})


def mapped(table: dict[str, str]) -> Channel:
    return damaged_only(lambda t: "".join(table.get(c, c) for c in t))


def zero_width(text: str) -> str:
    return "\u200b".join(text[i : i + 7] for i in range(0, len(text), 7)) + "\u200b"


CHARACTERS: dict[str, Channel] = {
    "compatibility": mapped(COMPATIBILITY),
    "kangxi": mapped(KANGXI),
    "radicals_supplement": mapped(SUPPLEMENT),
    "zero_width": zero_width,
    "marks": lambda t: "\ufeff" + t[:5] + "\u2060" + t[5:9] + "\xad" + t[9:],
    "directions": lambda t: "\u202a" + t[:6] + "\u202c\u200e" + t[6:],
    "c1_quotes": damaged_only(lambda t: t.translate(QUOTES_C1)),
    "surrogates": lambda t: (
        None
        if t.isascii() or max(t) <= "\uffff"
        else "".join(
            c if c <= "\uffff" else chr(0xD800 + (ord(c) - 0x10000 >> 10)) + chr(0xDC00 + (ord(c) & 0x3FF)) for c in t
        )
    ),
}

INDENTS: dict[str, Channel] = {
    "question_marks": lambda t: "????" + t[2:] if t.startswith("\u3000\u3000") else None,
    "replacements": lambda t: "\ufffd\ufffd" + t[2:] if t.startswith("\u3000\u3000") else None,
}

LOST: dict[str, Channel] = {
    "gbk_as_utf8": lambda t: b.decode("utf-8", "replace") if not t.isascii() and (b := encoded(t, "gbk")) else None,
    "gbk_as_utf8_as_gbk": lambda t: (
        b.decode("utf-8", "replace").encode().decode("gb18030", "replace")
        if not t.isascii() and (b := encoded(t, "gbk"))
        else None
    ),
}
