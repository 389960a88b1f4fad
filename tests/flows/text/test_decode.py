"""Claims about flows.text.decode: what is chosen, what damage costs, what is never touched."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.text.decode import BINARY, CERTAIN, Declared, decode
from flows.text.decode.build_weights import held_out, lines
from flows.text.decode.charsets import read

HANS = "县政府办公室今天上午召开会议，研究部署防汛抗旱和粮食生产工作，要求各乡镇落实责任、加强值守。"
HANT = "鄉公所上週舉辦環境清潔活動，邀請居民與學生一同參與，並說明資源回收的方法。"
CANTONESE = "佢哋喺度諗緊啲嘢，唔知幾時先至嚟。"
LABELS = (None, "gb2312", "gbk", "gb18030", "utf-8", "big5", "iso-8859-1", "windows-1252", "shift_jis", "unset", "")


def page(title: str, body: str, meta: str = "") -> str:
    charset = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    return f"<html><head>{charset}<title>{title}</title></head>\r\n<body><p>{body}</p>\r\n</body></html>"


# --- declarations are hints


@pytest.mark.parametrize("http", LABELS)
@pytest.mark.parametrize("meta", ["", "gb2312", "utf-8", "big5", "iso-8859-1"])
@pytest.mark.parametrize(
    ("encoding", "body"), [("gb18030", HANS), ("gb18030", HANT), ("big5hkscs", HANT), ("utf-8", HANS)]
)
def test_no_declaration_overrules_the_bytes(encoding: str, body: str, http: str | None, meta: str) -> None:
    text = page("本地要闻" if body is HANS else "地方新聞", body, meta)

    decoded = decode(text.encode(encoding), Declared(http=http))

    assert (decoded.text, decoded.encoding, decoded.replaced) == (text, encoding, 0)


def test_whole_content_type_and_bare_label_are_both_accepted() -> None:
    payload = "镇长".encode("gb18030")

    assert decode(payload, Declared(http="text/html; charset=GBK")) == decode(payload, Declared(http="gbk"))


@pytest.mark.parametrize("how", ["http", "meta", "hint"])
def test_declarations_settle_a_tie(how: str) -> None:
    # Four bytes, two characters as common in one encoding as in the other.
    payload = "疆累".encode("big5")

    def read_as(label: str) -> str:
        return decode(
            payload, Declared(**({} if how == "hint" else {how: label})), label if how == "hint" else None
        ).text

    assert (read_as("big5"), read_as("gb2312")) == ("疆累", "忙仓")


# --- structure


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_byte_order_mark_decides_and_is_not_part_of_the_text(encoding: str) -> None:
    decoded = decode(("\ufeff" + HANS).encode(encoding), Declared(http="gb2312"))

    assert (decoded.text, decoded.encoding, decoded.margin) == (HANS, encoding, CERTAIN)


def test_second_byte_order_mark_is_left_to_repair() -> None:
    assert decode(("\ufeff头条\ufeff新闻" + HANS).encode()).text == "头条\ufeff新闻" + HANS


def test_utf8_mark_before_gbk_bytes_is_not_believed() -> None:
    decoded = decode(b"\xef\xbb\xbf" + page("公告", HANS).encode("gb18030"))

    assert (decoded.text, decoded.encoding) == (page("公告", HANS), "gb18030")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["关于调整公交线路的通告", HANS, HANT, page("通知", HANS)])
def test_utf16_without_a_mark_is_recognised(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding))

    assert (decoded.text, decoded.encoding) == (text, encoding)


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf32_without_a_mark_is_recognised(encoding: str) -> None:
    assert decode(HANS.encode(encoding)).text == HANS


def test_utf16_cut_within_a_unit_costs_one_replacement() -> None:
    decoded = decode(("\ufeff" + HANS).encode("utf-16-le")[:-1])

    assert (decoded.text, decoded.replaced) == (HANS[:-1] + "\ufffd", 1)


@pytest.mark.parametrize("text", ["春耕备耕工作会议", "郝瑾", page("春耕", HANS), "价格~上涨，" + HANS])
def test_hz_is_read_by_its_escapes(text: str) -> None:
    decoded = decode(text.replace("~", "〜").encode("gb2312", "ignore").decode("gb2312").encode("hz"))

    assert decoded.encoding == "hz"
    assert decoded.text == text.replace("~", "")


def test_ascii_with_tildes_and_braces_is_not_hz() -> None:
    text = "<a href='/~user/'>x</a><script>var a = b ~{} c;</script> ~{abc~}"

    assert decode(text.encode()).text == text


def test_empty_payload_is_empty_text() -> None:
    decoded = decode(b"")

    assert (decoded.text, decoded.reason) == ("", "empty")


@pytest.mark.parametrize(
    "payload",
    [
        b"%PDF-1.7\n",
        b"PK\x03\x04" + bytes(30),
        b"\xff\xd8\xff\xe0" + bytes(20),
        b"\x89PNG\r\n\x1a\n" + bytes(9),
        bytes(range(256)) * 4,
        bytes(400),
    ],
    ids=["pdf", "zip", "jpeg", "png", "every byte", "zeros"],
)
def test_what_is_no_text_is_binary_and_empty(payload: bytes) -> None:
    decoded = decode(payload)

    assert (decoded.encoding, decoded.text) == (BINARY, "")


def test_stray_nul_bytes_do_not_make_a_page_binary() -> None:
    payload = page("公示", HANS).encode("gb18030").replace(b"<p>", b"\0<p>")

    assert decode(payload).text == page("公示", HANS).replace("<p>", "\0<p>")


# --- short texts


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize(
    "text", ["通知", "市长信箱", "今日要闻", "政务公开", "第三批", "一", "统一", "县里的新路", "他们"]
)
def test_a_few_simplified_characters_are_enough(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs", "utf-8"])
@pytest.mark.parametrize("text", ["縣長信箱", "最新消息", "新聞發佈", "圖書館開放時間", "學校與社區"])
def test_a_few_traditional_characters_are_enough(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("text", ["© 2020 County Government", "café", "naïve · résumé", "“quoted”"])
def test_little_utf8_on_an_ascii_page_is_utf8(text: str) -> None:
    assert decode(text.encode()).text == text


def test_utf8_that_gbk_would_read_as_characters_is_utf8() -> None:
    # The six bytes of 文字 are also 鏂囧瓧.
    assert decode("文字".encode()).text == "文字"


def test_hkscs_characters_are_read() -> None:
    assert decode(CANTONESE.encode("big5hkscs")).text == CANTONESE


def test_four_byte_characters_are_read_from_a_page_that_says_gb2312() -> None:
    text = page("公示名单", HANS + "拟任人选：刘𬭎、陈㛃、马𫖮。", "gb2312")

    assert decode(text.encode("gb18030"), Declared(http="gb2312")).text == text


# --- damage


@pytest.mark.parametrize(
    ("encoding", "text"), [("gb18030", HANS), ("gb18030", HANT), ("big5hkscs", HANT), ("utf-8", HANS)]
)
def test_text_cut_within_its_last_character_keeps_the_rest(encoding: str, text: str) -> None:
    whole = text[:-1] + "会"

    decoded = decode(whole.encode(encoding)[:-1])

    assert (decoded.text, decoded.replaced, decoded.encoding) == (text[:-1] + "\ufffd", 1, encoding)


def test_lead_byte_before_a_tag_costs_one_replacement_and_keeps_the_tag() -> None:
    payload = "<title>关于开展安全生产大检查的通</title>".encode("gb18030").replace(b"</title>", b"\xd6</title>")

    decoded = decode(payload)

    assert (decoded.text, decoded.replaced) == ("<title>关于开展安全生产大检查的通\ufffd</title>", 1)


@pytest.mark.parametrize(("encoding", "text"), [("gb18030", HANS), ("big5hkscs", HANT), ("utf-8", HANS)])
def test_every_single_byte_turned_bad_costs_at_most_three_characters(encoding: str, text: str) -> None:
    payload = text.encode(encoding)
    for place in range(len(payload)):
        decoded = decode(payload[:place] + b"\xff" + payload[place + 1 :])

        assert decoded.encoding == encoding
        assert decoded.replaced <= 3
        assert _missing(text, decoded.text) <= 3, place


@pytest.mark.parametrize(
    ("encoding", "text", "most"), [("gb18030", HANS, 4), ("big5hkscs", HANT, 6), ("utf-8", HANS, 1)]
)
def test_every_single_byte_lost_costs_a_few_characters(encoding: str, text: str, most: int) -> None:
    payload = text.encode(encoding)
    for place in range(len(payload)):
        decoded = decode(payload[:place] + payload[place + 1 :])

        assert decoded.encoding == encoding
        assert _missing(text, decoded.text) <= most, place


def test_a_clause_paired_wrongly_to_its_end_is_paired_anew() -> None:
    # The codec itself reads the whole clause as 蔺裾 … and errs only at the tag.
    payload = b"<p>" + "人民政府办公室关于印发实施方案的通知".encode("gb18030")[1:] + b"</p>"
    assert "政府" not in payload.decode("gb18030", "replace")

    assert decode(payload).text == "<p>\ufffd民政府办公室关于印发实施方案的通知</p>"


def _missing(truth: str, text: str) -> int:
    """Count the characters of truth that a common start and a common end of both do not cover."""
    head = 0
    while head < min(len(truth), len(text)) and truth[head] == text[head]:
        head += 1
    tail = 0
    while tail < min(len(truth), len(text)) - head and truth[-1 - tail] == text[-1 - tail]:
        tail += 1
    return len(truth) - head - tail


# --- mixed pages


@pytest.mark.parametrize(("main", "other"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_runs_of_another_encoding_are_read_in_it(main: str, other: str) -> None:
    before, inside, after = (
        f"<p>{HANS}</p>\r\n",
        "<div><a href='/'>网站地图</a>｜<b>首页</b></div>\r\n",
        f"<p>{HANS[::-1]}</p>",
    )

    decoded = decode(before.encode(main) + inside.encode(other) + after.encode(main))

    assert (decoded.text, decoded.replaced) == (before + inside + after, 0)
    assert "some runs in" in decoded.reason


def test_utf8_lines_in_a_big5_page_are_read() -> None:
    lines = [(f"<p>{HANT}</p>\n", "big5hkscs"), ("<p>最新消息與活動</p>\n", "utf-8"), (f"<p>{HANT}</p>\n", "big5hkscs")]

    decoded = decode(b"".join(line.encode(encoding) for line, encoding in lines))

    assert decoded.text == "".join(line for line, _ in lines)


# --- clean text stays as it is


@pytest.mark.parametrize(
    "text",
    [
        "饕餮、魑魅魍魉、耄耋、踟蹰、氤氲、龃龉、蹀躞、邋遢、旖旎、逶迤",
        "".join(bytes((lead, trail)).decode("gb2312") for lead in range(0xD8, 0xF8) for trail in range(0xA1, 0xFF)),
        "".join(chr(code) for code in range(0x4E00, 0x9FA6)),
        HANS + "记者郄喆、仝翀、逯鋆、佘赟、昝犇、芈玥报道。",
        "┌─────┬─────┐\n│甲　　│乙　　│\n└─────┴─────┘" + HANS,
    ],
    ids=["rare words", "second level", "every character of Unicode 1", "rare names", "box drawing"],
)
def test_rare_characters_are_not_taken_for_damage(text: str) -> None:
    decoded = decode(text.encode("gb18030"))

    assert (decoded.text, decoded.replaced) == (text, 0)


CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus lies beside the checkout, not in it")


@needs_corpus
def test_real_pages_without_invalid_bytes_are_read_as_they_stand() -> None:
    checked = 0
    for path in sorted((CORPUS / "pages").glob("*.html")):
        payload = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        for encoding in ("utf-8", "gb18030"):
            try:
                text = read(payload, encoding)
            except UnicodeDecodeError:
                continue
            assert decode(payload).text == text, path.name
            checked += 1
            break
    assert checked > 30


@needs_corpus
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_held_out_lines_are_read_as_they_stand(encoding: str) -> None:
    checked = 0
    for number, line in enumerate(lines(CORPUS / "text")):
        if line and number % 8 == 0 and held_out(line):
            assert decode(line.encode(encoding)).text == line
            checked += 1
    assert checked > 1000


# --- what is not Chinese


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp949", "시청은 오늘 오전 회의를 열고 올해 사업 계획과 예산 집행 상황을 점검하였다고 밝혔습니다."),
        ("euc-jp", "市役所では、きょうの午前に会議をひらき、ことしの事業について話し合いました。"),
        ("cp932", "市役所では、きょうの午前に会議をひらき、ことしの事業について話し合いました。"),
        ("iso2022-jp", "市役所では、きょうの午前に会議をひらきました。"),
        ("cp1251", "Сегодня утром в администрации района прошло совещание о ходе весенних работ."),
        ("cp1252", "Le maire a présenté hier l’état des travaux près de l’école ; l’été prochain, ils seront achevés."),
    ],
)
def test_other_languages_are_read_by_the_detector(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).text == text


# --- laws

chinese = st.text(
    st.sampled_from(
        sorted(
            set(
                HANS
                + "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市"
            )
        )
    ),
    min_size=12,
    max_size=80,
)
labels = st.sampled_from(LABELS)


@given(text=chinese, http=labels, meta=labels, hint=labels)
def test_common_gb18030_text_survives_whatever_is_declared(text: str, http: str, meta: str, hint: str) -> None:
    decoded = decode(text.encode("gb18030"), Declared(http, meta), hint)

    assert (decoded.text, decoded.replaced) == (text, 0)


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=0, max_size=60), http=labels)
def test_any_utf8_text_beside_chinese_survives_whatever_is_declared(text: str, http: str) -> None:
    assert decode((HANS + text).encode(), Declared(http)).text == HANS + text


@given(cuts=st.lists(st.sampled_from(re.findall("[^，、。]+[，、。]", HANT)), min_size=2, max_size=8), http=labels)
def test_big5_text_survives_whatever_is_declared(cuts: list[str], http: str) -> None:
    text = "".join(cuts)

    assert decode(text.encode("big5hkscs"), Declared(http)).text == text


@given(
    payload=st.binary(max_size=400),
    http=st.one_of(st.none(), st.text(max_size=30)),
    hint=st.one_of(st.none(), st.text(max_size=9)),
)
@settings(max_examples=400)
def test_no_bytes_and_no_declarations_raise(payload: bytes, http: str | None, hint: str | None) -> None:
    decoded = decode(payload, Declared(http), hint)

    assert 0 <= decoded.replaced <= decoded.text.count("\ufffd")


pieces = st.lists(
    st.one_of(
        st.sampled_from([HANS, HANT, "<p>", "</p>\n", "abc", "2024", "~{", "\ufffd"]).map(
            lambda text: text.encode("gb18030")
        ),
        st.sampled_from([HANS, "\ufffd", "·"]).map(str.encode),
        st.sampled_from([HANT]).map(lambda text: text.encode("big5hkscs")),
        st.binary(max_size=3),
    ),
    max_size=12,
)


@given(pieces=pieces)
def test_damaged_mixtures_never_raise_and_replacements_are_counted(pieces: list[bytes]) -> None:
    payload = b"".join(pieces)

    decoded = decode(payload)

    own = (
        payload.count(b"\xef\xbf\xbd")
        + payload.count(b"\x84\x31\xa4\x37")
        + payload.count(b"\xfd\xff")
        + payload.count(b"\xff\xfd")
    )
    assert decoded.text.count("\ufffd") - own <= decoded.replaced <= decoded.text.count("\ufffd")


@given(place=st.integers(0, len(HANS) - 1), bad=st.sampled_from([b"\xff", b"\x80", b"\xfe"]), where=st.integers(0, 1))
def test_one_bad_byte_in_a_long_text_leaves_the_rest_alone(place: int, bad: bytes, where: int) -> None:
    text = HANS * 6
    payload = bytearray(text.encode("gb18030"))
    at = 2 * (len(HANS) * 3 + place) + where
    payload[at : at + 1] = bad

    assert _missing(text, decode(bytes(payload)).text) <= 2
