"""script.py — Which characters have a simplified form, and what it is: one character at a time.

Words are not looked at here: 乾 folds to 干 in 乾隆 too. Text that people read is converted in normalize.py; the
fold is for comparing (line filter, language model, fingerprint), where both sides go through it.
The table is the character dictionary of opencc-python-reimplemented, read once, at the first call, and a few
variants that it lacks.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

# Variants of Hong Kong, of Taiwan and of old type that stand on real pages and that the 0.1.7 dictionary keeps.
_VARIANTS = (
    "衞卫敍叙枱台粧妆糭粽舖铺幷并痺痹簷檐睪睾劵券鬭斗鬪斗尅克槪概歩步毎每栢柏潄漱硏研緜绵翺翱脇胁"
    "蔴麻蘓苏覇霸谿溪賍赃輭软閙闹陜陕隷隶餠饼騐验鬂鬓兎兔擡抬寜宁堿碱榖谷劄札"
)


def fold(text: str) -> str:
    """Replace every traditional character by its (first) simplified form; the length stays the same.

    Leaves punctuation, quotation marks, digits, kana and everything simplified alone. A few characters that
    are correct in simplified text too fold with the rest: 乾 to 干, 於 to 于, 後 to 后, 甯 to 宁.

    >>> fold("版權與免責聲明")
    '版权与免责声明'
    """
    if _candidates().search(text) is None:
        return text
    return text.translate(_by_code())


def converts(text: str) -> bool:
    """Tell whether fold would change anything; a few microseconds for an article that it would not.

    >>> converts("简体字，㎡"), converts("後記")
    (False, True)
    """
    found = _candidates().search(text)
    if found is None:
        return False
    return found[0] in simplified_forms() or text != fold(text)


@cache
def simplified_forms() -> Mapping[str, str]:
    """Return the characters that have another simplified form, with the first form listed for each."""
    forms = {key: value[0] for key, value in read_dictionary("TSCharacters.txt").items() if value[0] != key}
    # Step over a form that is itself listed with another (薴 has 苧, which has 苎): folding twice changes nothing.
    forms = {key: forms.get(form, form) for key, form in forms.items()}
    return forms | dict(zip(_VARIANTS[::2], _VARIANTS[1::2], strict=True))


@cache
def simplified_only() -> frozenset[str]:
    """Return the characters that simplified text has and traditional text has not, such as 们 and 这.

    Left out are those that are also traditional characters of their own, such as 后, 里 and 面.
    """
    return frozenset(
        key for key, forms in read_dictionary("STCharacters.txt").items() if key not in forms and len(key) == 1
    ) - frozenset(simplified_forms())


def in_gb2312(char: str) -> bool:
    """Tell whether a character is one of the 7,445 that simplified text of the time before GBK was limited to.

    >>> in_gb2312("乾"), in_gb2312("韓")
    (True, False)
    """
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def is_common(char: str) -> bool:
    """Tell whether a simplified character is in the first level of GB 2312, the 3,755 common ones.

    >>> is_common("乾"), is_common("翀"), is_common("，")
    (True, False, False)
    """
    try:
        return b"\xb0\xa1" <= char.encode("gb2312") <= b"\xd7\xf9"
    except UnicodeEncodeError:
        return False


def read_dictionary(name: str) -> dict[str, list[str]]:
    """Read one dictionary of the opencc package: key, tabulator, forms with a space between, the best one first."""
    entries: dict[str, list[str]] = {}
    for line in (files("opencc") / "dictionary" / name).read_text("utf-8").splitlines():
        key, _, forms = line.strip().partition("\t")
        entries[key] = forms.split(" ")
    return entries


@cache
def _by_code() -> dict[int, str]:
    return {ord(key): form for key, form in simplified_forms().items()}


@cache
def _candidates() -> re.Pattern[str]:
    # The rare characters beyond the basic plane enter as one range: listed one by one they are compared one by
    # one at every position, which makes the search seventy times slower (measured, CPython 3.11).
    basic = "".join(key for key in simplified_forms() if ord(key) < 0x10000)
    return re.compile(f"[{basic}\U00020000-\U0003ffff]")
