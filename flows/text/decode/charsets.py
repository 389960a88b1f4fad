"""charsets.py — Charset labels as browsers resolve them, and where Python's codecs differ from browsers' tables.

Follows the WHATWG Encoding Standard, decoding side. Encodings are named by the Python codec that serves them best:
gb2312 and gbk are gb18030, big5 is big5hkscs, euc-kr is cp949. Knows nothing of which encoding a page is in.
"""

import re
from collections.abc import Iterator

_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949",
    "cp866": "866 cp866 csibm866 ibm866",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
    "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
    "windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i iso-ir-138 "
    "iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 logical visual",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
}

# Not in the standard, met on Chinese pages. The standard gives up on HZ; here it is read.
_MORE_LABELS = {
    "gb18030": "936 cp936 ms936 windows-936 gb-2312 gb_18030 gb-18030 gb18030-2000 gb18030-2005 gb18030-2022 euc-cn x-euc-cn",
    "big5hkscs": "950 cp950 ms950 windows-950 big-5 big5-eten big5hkscs",
    "utf-8": "utf_8 utf-8-sig utf8mb4",
    "hz": "hz hz-gb-2312",
}

_ENCODINGS = {
    label: encoding
    for table in (_LABELS, _MORE_LABELS)
    for encoding, labels in table.items()
    for label in labels.split()
}

_CHARSET_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s;,\"']+)", re.IGNORECASE)


def resolve(declared: str | None) -> str | None:
    """Return the encoding that a label or a whole Content-Type value names, or None.

    >>> resolve("text/html; charset=GB2312"), resolve(" Big5 "), resolve("text/html"), resolve(None)
    ('gb18030', 'big5hkscs', None, None)
    """
    if not declared:
        return None
    parameter = _CHARSET_PARAMETER.search(declared)
    label = parameter[1] if parameter else declared
    return _ENCODINGS.get(label.strip(" \t\r\n\f;,\"'").lower())


# A3A0 stands 128 times on 2 of 121 real pages, as indent; Python reads it and 19 others as private use.
_GB_PRIVATE = (
    "\ue5e5\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7"
    "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864"
)
_GB_PUBLIC = (
    "\u3000\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f"
    "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb"
)
_GB_PATCH = str.maketrans(_GB_PRIVATE, _GB_PUBLIC)
_GB_PATCHED = re.compile(f"[{_GB_PRIVATE}]")

# A241 and A242 are patched as bytes: Python gives ／ and ＼ for them as well as for A1FE and A240.
_BIG5_PATCH = str.maketrans(
    "\u2022\uff64\u203e\u223c\u2641\u2609\u00a5\u00a2\u00a3", "\u2027\ufe51\u00af\uff5e\u2295\u2299\uffe5\uffe0\uffe1"
)
_BIG5_PATCHED = re.compile("[\u2022\uff64\u203e\u223c\u2641\u2609\u00a5\u00a2\u00a3]")
_BIG5_SLASHES = {b"\xa2A": "\u2215", b"\xa2B": "\ufe68"}
_BIG5_SLASH = re.compile(rb"\xa2[AB]|[\x81-\xfe].|[^\x81-\xfe]", re.DOTALL)

# Pairs that browsers know and Python's codec does not: the first code of a run, then its characters.
_BIG5_MISSING = {
    0x877A: "㡵𡵓𣚞𦀡㻬",
    0x87A1: "𥣞㫵竼龗𤅡𨤍𣇪𠪊𣉞䌊蒄龖鐯䤰蘓墖靊鈘秐稲晠権袝瑌篅枂稬剏遆㓦珄𥶹瓆鿇垳䤯呌䄱𣚎堘穲𧭥讏䚮𦺈䆁𥶙箮𢒼鿈𢓁𢓉𢓌鿉蔄𣖻䂴鿊䓡𪷿拁灮鿋",
    0x8E69: "箸",
    0x8E6F: "簆",
    0x8E7E: "糎",
    0x8EAB: "緒",
    0x8EB4: "縝",
    0x8ECD: "者",
    0x8ED0: "耨",
    0x8F57: "菁",
    0x8F69: "蒨",
    0x8F6E: "萏",
    0x8FCB: "覦覩",
    0x8FFE: "起",
    0x906D: "都",
    0x907A: "銹",
    0x90DC: "靜",
    0x90F1: "響",
    0x91BF: "鼖",
    0x9244: "蔃",
    0x92AF: "兙兛兝兞",
    0x92C8: "鍮",
    0x92D1: "瑹",
    0x9447: "浧",
    0x94CA: "禛",
    0x95D9: "邗",
    0x9644: "靝",
    0x96ED: "瀞",
    0x96FC: "嬨",
    0x9B76: "爁",
    0x9B78: "矗",
    0x9B7B: "纇",
    0x9BC6: "駖",
    0x9BDE: "釔",
    0x9BEC: "惞",
    0x9BF6: "澶",
    0x9C42: "輶",
    0x9C53: "侻",
    0x9C62: "營",
    0x9C68: "鄄",
    0x9C6B: "鷰",
    0x9C77: "菏",
    0x9CBC: "尐秣",
    0x9CD0: "婧",
    0x9D57: "輋",
    0x9D5A: "筑",
    0x9DC4: "拐",
    0x9EA9: "恢",
    0x9EEF: "痹",
    0x9EFD: "汊",
    0x9F60: "鬮",
    0x9F66: "鼗",
    0x9FCB: "僭",
    0x9FD8: "弌",
    0xA063: "蠏",
    0xA077: "拎",
    0xA0D5: "瑨",
    0xA0DF: "煢",
    0xA0E4: "牐",
    0xA3C0: "␀␁␂␃␄␅␆␇␈␉␊␋␌␍␎␏␐␑␒␓␔␕␖␗␘␙␚␛␜␝␞␟␡€",
    0xC6CF: "廴",
    0xC6D3: "无",
    0xC6D5: "癶",
    0xC6D7: "隶",
    0xC6DE: "〃仝",
    0xFA5F: "倩",
    0xFA66: "偽",
    0xFABD: "包",
    0xFAC5: "卄",
    0xFAD5: "卿",
    0xFB48: "嘅",
    0xFBB8: "婷",
    0xFBF3: "幵",
    0xFBF9: "廐",
    0xFC4F: "彘",
    0xFC6C: "悤",
    0xFCB9: "撐",
    0xFCE2: "晴",
    0xFCF1: "杞",
    0xFDB7: "沜渝",
    0xFDBB: "港",
    0xFDF1: "煮",
    0xFE52: "猪",
    0xFE6F: "瑜",
    0xFEAA: "瓩",
    0xFEDD: "砉",
}
_BIG5_MORE = {
    (first + offset).to_bytes(2, "big"): character
    for first, characters in _BIG5_MISSING.items()
    for offset, character in enumerate(characters)
}


def read(data: bytes, encoding: str) -> str:
    """Decode as browsers do where the bytes are well-formed and assigned; UnicodeDecodeError elsewhere.

    >>> read(b"\\xa3\\xa0\\xd6\\xd0", "gb18030"), read(b"\\xa4\\xa4\\xa2\\x41", "big5hkscs")
    ('\\u3000中', '中∕')
    """
    text = data.decode(encoding)
    if encoding == "big5hkscs" and (b"\xa2A" in data or b"\xa2B" in data):
        characters = _BIG5_SLASH.findall(data)
        text = "".join(_BIG5_SLASHES.get(character) or character.decode(encoding) for character in characters)
    return _patch(text, encoding)


def _patch(text: str, encoding: str) -> str:
    if encoding == "gb18030":
        return text.translate(_GB_PATCH) if _GB_PATCHED.search(text) else text
    if encoding == "big5hkscs":
        return text.translate(_BIG5_PATCH) if _BIG5_PATCHED.search(text) else text
    return text


def read_character(data: bytes, encoding: str) -> str | None:
    """Decode the bytes of one character, or return None where browsers know none.

    >>> read_character(b"\\x80", "gb18030"), read_character(b"\\x8e\\x69", "big5hkscs"), read_character(b"\\xd6<", "gb18030")
    ('€', '箸', None)
    """
    try:
        return read(data, encoding)
    except UnicodeDecodeError:
        if encoding == "gb18030":
            return "€" if data == b"\x80" else None
        return _BIG5_MORE.get(data) if encoding == "big5hkscs" else None


def read_pairs(encoding: str) -> Iterator[tuple[int, str]]:
    """Yield every two-byte character of gb18030 or big5hkscs: its code and its text."""
    for lead in range(0x81, 0xFF):
        codes = [lead << 8 | trail for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF))]
        # A line end after each keeps an unassigned pair from taking the next one with it.
        joined = b"".join(code.to_bytes(2, "big") + b"\n" for code in codes).decode(encoding, "replace")
        for code, text in zip(codes, _patch(joined, encoding).split("\n"), strict=False):
            pair = code.to_bytes(2, "big")
            character = read_character(pair, encoding) if "\ufffd" in text or pair in _BIG5_SLASHES else text
            if character is not None:
                yield code, character
