"""Other languages in Chinese pages are clean text: minority languages, foreign names, phonetic signs stay as they are."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.text.repair import repair

WORDS = (
    "شىنجاڭ ئۇيغۇر ئاپتونوم رايونى",
    "བོད་རང་སྐྱོང་ལྗོངས",
    "ᠥᠪᠥᠷ ᠮᠣᠩᠭᠣᠯ",
    "ꆈꌠꁱꂷ",
    "Gvangjsih Bouxcuengh Swcigih",
    "Российская Федерация",
    "Қазақстан Республикасы",
    "Монгол улс Улаанбаатар",
    "Ελληνική Δημοκρατία",
    "Tiếng Việt: Hà Nội, Đà Nẵng",
    "Crème brûlée à la française",
    "Größe, Straße, Äpfel",
    "สวัสดีครับ ประเทศไทย",
    "नमस्ते भारत",
    "대한민국 서울특별시",
    "무릎팍도사",
    "나의 아저씨 응답하라",
    "Zażółć gęślą jaźń, Łódź i Kraków",
    "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "Türkiye Büyük Millet Meclisi'nin İstanbul'daki toplantısı",
    "Съешь же ещё этих мягких французских булок, да выпей чаю",
    "Жёлтый, зелёный, синий, фиолетовый",
    "Η Βουλή των Ελλήνων συνεδρίασε στην Αθήνα",
    "║ ═══ ╔══════╗ ▓▒░ ╚══════╝",
    "ありがとうございます",
    "カタカナ",
    "ﾃﾚﾋﾞｼﾞｮﾝ",
    "ㄅㄆㄇㄈ ㄓㄨㄤˋ",
    "hànyǔ pīnyīn fāng'àn",
    "[ˈæpl] [θɪŋk]",
    "E=mc² ∑∫√∞≈≠≤≥ α+β=γ",
    "😀🎉👍🇨🇳👨‍👩‍👧❤️",
    "🀄︎♨️1️⃣",
    "𠮷𡈽𤭢㙍䶮㸆㛃",
    "啲嘢喺 冇乜嘢 咗嘅",
    "氵冫讠钅饣纟礻衤疒",
)
FRAMES = (
    "{}",
    "据介绍，{}是当地的常见写法，受到群众欢迎。",
    "标题：{}",
    "{}（外文名）",
    "歌曲\n{}\n时间\n2020年",
    "由{}和",
    "a {} 12",
)

ALPHABETS = {
    "Cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗ",
    "Thai": "".join(map(chr, range(0x0E01, 0x0E3B))),
    "Central European": "ąćęłńóśźżčďěňřšťůýžőű",
    "Turkish": "ğışçöüĞİŞÇÖÜâîû",
    "boxes": "".join(map(chr, range(0x2550, 0x2594))),
    "Greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "hiragana": "".join(map(chr, range(0x3041, 0x3094))),
    "katakana": "".join(map(chr, range(0x30A1, 0x30F7))),
    "half-width katakana": "".join(map(chr, range(0xFF71, 0xFF9E))),
    "bopomofo": "".join(map(chr, range(0x3105, 0x312A))),
    "Hangul": "".join(chr(c) for c in range(0xAC00, 0xD7A4) if chr(c).encode("euc-kr", "ignore")),
    "pinyin": "aeioubcdgmnstāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ",
}


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("words", WORDS)
def test_words_of_other_languages_stay(words: str, frame: str) -> None:
    text = frame.format(words)

    repaired = repair(text)

    assert (repaired.text, repaired.suggestions) == (text, ())


@pytest.mark.parametrize("alphabet", ALPHABETS)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_of_their_letters_stay(alphabet: str, data: st.DataObject) -> None:
    word = st.text(st.sampled_from(ALPHABETS[alphabet]), min_size=1, max_size=9)
    words = " ".join(data.draw(st.lists(word, min_size=1, max_size=5)))
    text = data.draw(st.sampled_from(FRAMES)).format(words)

    assert repair(text).text == text


def test_a_row_of_one_letter_stays() -> None:
    # Found by the test above: 곹 reads as 來.
    assert repair("곹 곹 곹 곹").text == "곹 곹 곹 곹"


@pytest.mark.parametrize("encoding", ["cp949", "cp932"])
def test_chinese_read_as_korean_or_japanese_is_still_repaired(encoding: str) -> None:
    original = "市人民政府公布通知"

    assert repair(original.encode("gbk").decode(encoding)).text == original


SIGNS = "".join(
    chr(code)
    for first, last in ((0x2010, 0x2027), (0x2100, 0x27BF), (0x3220, 0x3243), (0x3300, 0x33FE), (0xFE30, 0xFE6B))
    for code in range(first, last + 1)
    if unicodedata.normalize("NFC", chr(code)) == chr(code) and unicodedata.category(chr(code)) != "Cn"
)


@settings(deadline=None, max_examples=300)
@given(
    sign=st.sampled_from(SIGNS),
    number=st.integers(3, 9),
    words=st.lists(st.sampled_from(("通知", "公示公告", "领导活动", "目录", "附件1", "2024年", "王小明")), max_size=3),
)
def test_what_is_decorated_with_rows_of_a_sign_stays(sign: str, number: int, words: list[str]) -> None:
    text = sign * number + "".join(words) + sign * number

    assert repair(text).text == text
