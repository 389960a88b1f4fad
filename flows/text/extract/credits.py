"""credits.py — Where a text is from (来源) and who wrote it."""

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborNode

from flows.text.extract.clues import Clues
from flows.text.extract.names import name_of
from flows.text.extract.rules import SURNAMES
from flows.text.script import fold

SOURCE_METAS = ("contentsource", "source", "article:source", "og:article:source", "laiyuan", "mediaid")
AUTHOR_METAS = ("author", "article:author", "og:article:author", "byline", "citation_authors", "citation_author")

_SOURCE = re.compile(
    r"(?:信息来源|文章来源|稿件来源|新闻来源|来源于?|來源|来\s+源|稿\s*源|出处|转载?自|摘自"
    r"|来自(?=\s*[:：]))\s*[:：/／丨|｜]\s*(?!作者|编辑|时间|日期|浏览"
    r"|点击)[\[【“]?\s*([^\s|｜【】\]\[<>　，。;；”]{2,30}(?:[ 　](?!www"
    r"|http)[^\s|｜【】\]\[<>　，。;；:：]{1,6}+(?![:：]))?)"
)
_OFFICE_NAME = "[\u3400-\u9fff]{2,20}(?:[报网社局委厅部室院会站科处所队办镇乡]|中心|公司|政府|街道)"
_PUBLISHER = re.compile(
    r"(?:发布机构|发布单位|公开单位|供稿单位|作者单位)\s*[:：]\s*([\u3400-\u9fff]{2,24})(?![\u3400-\u9fff])"
    rf"|供稿\s*[:：]\s*({_OFFICE_NAME})(?![\u3400-\u9fff])"
    rf"|(?<![\u3400-\u9fff])(?:信息|文章|稿件)?来源\s+({_OFFICE_NAME})(?![\u3400-\u9fff])"
)
"""Who published a page names its source where no label does, or where the label is an element of its own."""
_FIELD = (
    "(?:作\\s*者|记者|编\\s*辑|责编|责任编辑|发布(?:时间|日期|人|者)?|发表(?:时间|日期)?|更新(?:时间|日期)?|时间|日期"
    "|浏览(?:次数|量)?|点击(?:次数|量|数)?|阅读(?:次数|量|数)?|访问(?:次数|量)?|字号|字体|打印|分享(?:到|至)?|收藏|审核"
    "|文号|评论|关闭|人气)"
)
_NEXT_LABEL = re.compile(rf"\s*{_FIELD}\s*[:：].*$|\s+{_FIELD}.*$|\s*(?:【|\[|\(|（(?!记者)|\d{{4}}[-年/.](?!第)).*$")
_OWN = re.compile(r"^(?:null|undefined|none|无|未知|互联网|原创|-+)$|=", re.IGNORECASE)

_NAME = (
    r"(?:[\u3400-\u9fff]{1,8}·[\u3400-\u9fff]{1,10}|[\u3400-\u9fff·]{2,4}"
    r"|[\u3400-\u9fff][ \u3000\xa0][\u3400-\u9fff](?![\u3400-\u9fff]))"
)
_GAP = r"[、,，;；/&\u00a0\u3000 ]+"
_ROLE = r"(?:(?:全媒体|融媒体?|见习|实习|特约|本报)?记者|通讯员|实习生|见习生)"
_NAMES = rf"{_NAME}(?:{_GAP}(?:{_ROLE}\s*[:：]?\s*)?{_NAME}(?![\u3400-\u9fff:：]))*"
_NEXT_FIELD = "发[布表自]|来源|时间|编辑|责编|浏览|点击|阅读|字[号体]"
_END = f"(?:(?![\u3400-\u9fff])|(?={_NEXT_FIELD}|编|责|审|摄|更新|日期|图))"
"""Behind a name: 云岭县教 is none in 云岭县教育局."""
_AUTHOR = re.compile(
    rf"(?:作\s*者|撰\s*文|撰\s*稿|文字?|执\s*笔(?:\s*人)?|供稿人|(?:全媒体|融媒体?|见习|实习|特约|本报)?记者"
    rf"|通讯员)\s*[:：/／丨|]\s*({_NAMES}){_END}"
    rf"|(?:(?<!该)作者|记者|通讯员)[\u00a0\u3000 ]+({_NAMES})"
    rf"|□\s*(?:{_ROLE}\s*)?({_NAMES})"
    rf"|^作\s*者\n({_NAMES})$",
    re.MULTILINE,
)
_PHOTOGRAPHED = re.compile("[\u3400-\u9fff、 \u3000\xa0]{0,12}摄(?!像)")
_REPORTER = re.compile(
    rf"[（(【][^（()）【】]{{0,20}}?(?:记者|通讯员)\s*[:：]?\s*({_NAMES})(?![\u3400-\u9fff])[^）)】]{{0,24}}[）)】]"
    rf"|^[^，。]{{0,16}}记者\s*[:：]?\s*({_NAMES})\s*$"
    rf"|^□\s*(?:本报记者|记者|通讯员)?\s*({_NAMES})\s*$"
    rf"|日电\s*[（(](?![^（()）]{{0,20}}(?:记者|通讯员))({_NAMES})[）)]"
    rf"|[（(](?:[^\s（()）]{{2,14}}(?:[组站室部局委办府社校科队镇乡院]|中心)[ \u3000\xa0]+)?"
    rf"({_NAME}(?:{_GAP}{_NAME}){{0,3}})\s*(?:文/?图|图/?文)?[）)]$",
    re.MULTILINE,
)
_BYLINES = 4
_BYLINE = re.compile(rf".{{0,12}}?(?:记者|通讯员|实习生|见习生)\s*[:：]?\s*({_NAMES})\s*$")
_SPACED = re.compile("(?<![\u3400-\u9fff])([\u3400-\u9fff])[ \u3000\xa0]+([\u3400-\u9fff])(?![\u3400-\u9fff])")
_NO_NAME = re.compile(
    r"网易|新浪|腾讯|搜狐|凤凰|日报|晚报|政府|办公|记者|编辑|责任|来源|时间|作者|发[布表]|未知|佚名|不详|管理员|本站|本网"
    r"|本报|图片|资料|完|[网报社局厅委院部台站县市区省办]$|^[从在就对到走采获]|摄影|视频|通讯员|新闻|综合|原创|编译|翻译|浏览|楼主"
    r"|[发回]帖|快讯|观察|视点|[查只]看|供稿|整理|消息|提供|字数|年级|第.|^(?:[中英日韩法德俄]|朝鲜)文$"
)


_EDGES = " \t\u3000\u00a0|｜:：-—[]【】“”\"'"
_LABEL = re.compile(r"^\s*(?:信息|文章|稿件)?(?:来源|來源|稿源)\s*[:：]\s*")
_NO_WORD = re.compile(r"[\d\W]*")
_AUTHOR_LABEL = re.compile(r"^\s*(?:作\s*者|记者|文|by)\s*[:：/]?\s*", re.IGNORECASE)
_ONLY_NAMES = re.compile(_NAMES)
_NO_PERSON = re.compile(rf"{_ROLE}|摄影(?:报道)?|报道|文图|图文")
_CREDITED = re.compile(
    r"[记記]者|[执執]\s*[笔筆]|供稿人|通[讯訊]|作\s*者|撰|文[字/／丨|:：]|□|日[电電]|[)）]\s*(?:\n|$)"
)
_FOLLOWING = re.compile(_NEXT_FIELD)
_AUTHOR_NODES = "[class*=author],[id*=author]"
_OTHERS = re.compile(r"comment|feed|reply|recommend|relat(?!iv)|pinglun|rank|aside|sidebar", re.IGNORECASE)
_LEVELS = 8
_FIRST_POSTER = ".authi .xw1"
"""Discuz names who wrote a post beside it; the first opened the thread."""
_BETWEEN = re.compile(r"[、,，;；\s/&:：]+")


_SOURCE_NODES = "[class*=source],[id*=source],[class*=Source],[class*=laiyuan],#js_name,#media_span,.media"
_HANZI = re.compile("[\u3400-\u9fff]")
_WORDS = re.compile(r"[\s|｜]+")
_DATE = re.compile(r"(?:19|20)\d\d\s?(?:年|[-/.])\s?\d{1,2}")
_ISSUE = re.compile(r"《\s*([^《》\s]{2,14})\s*》\s*[（(]\s*(?=(?:19|20)\d\d\s?年)")
"""How newspapers' editions name themselves below a headline: 《青山日报》（2024年3月1日 第 02 版）."""
_MEDIA = re.compile(
    "《?[\u3400-\u9fffA-Za-z0-9·]{1,14}(?:报|网|社|刊|杂志|电视台|广播|电台|之声|在线|新闻|发布|传媒|融媒|融媒体中心|办公室"
    "|办公厅|周报|导报|信报|政府|频道|局|委|宣传部|信息港)》?"
)
_OFFICE = re.compile("(?:报|网|社|刊|台|府|办|局|委|厅|室|部|中心|院|会|站|科|处|所|队|行|公司|大学|频道|传媒)$")
_NO_MEDIA = re.compile(
    "^听|朗读|播[报放]|首页|导航|返回|正文|评论|订阅|下载|打印|手机|登录|微信|微博|更多|当前|来源|编辑|作者|相关|责任"
)


def source_of(clues: Clues) -> str:
    """Return the source a page names: from its metas and comments, the strip under the title, or the text's end."""
    told = ""
    for value in (*(clues.metas.get(name, "") for name in SOURCE_METAS), clues.marked.get("sourcename", "")):
        source = clean_source(value) if value else ""
        if source and len(source) <= 30 and not source.startswith("http"):
            told = source
            break
    if told and clues.metas.get(SOURCE_METAS[0]):
        return told
    labelled = _labelled(clues.strip)
    if told:
        # What the page shows is what its editors saw; some systems print their own name in the meta.
        return labelled or told
    return (
        labelled
        or _labelled(clues.strip, _ISSUE)
        or _beside_date(clues.strip)
        or _labelled("\n".join(clues.last))
        or _labelled(clues.above)
        or _named(clues.scope)
        or _labelled(clues.strip, _PUBLISHER)
    )


def _labelled(text: str, label: re.Pattern[str] = _SOURCE) -> str:
    for found in _read(label, text):
        source = clean_source(found)
        if source:
            return source
    return ""


def _read(pattern: re.Pattern[str], text: str, unless: re.Pattern[str] | None = None) -> Iterator[str]:
    """Yield what a pattern's group holds, as written; the patterns themselves are written in simplified characters.

    unless: what must not follow.
    """
    simplified = fold(text)
    for found in pattern.finditer(simplified):
        group = found.lastindex or 0
        if unless is None or not unless.match(simplified, found.end(group)):
            yield text[found.start(group) : found.end(group)]


def _beside_date(strip: str) -> str:
    """Return a newspaper's, agency's or office's name that stands beside the date without a label."""
    words = [word for word in _WORDS.split(strip) if word]
    dates = [place for place, word in enumerate(words) if _DATE.match(word)]
    for place in dates[:2]:
        for word in (*words[place + 1 : place + 4], *reversed(words[max(0, place - 3) : place])):
            simplified = fold(word)
            if _MEDIA.fullmatch(simplified) and not _NO_MEDIA.search(simplified):
                return word.strip("《》")
    return ""


def _named(scope: LexborNode | None) -> str:
    """Return the text of an element whose name says that it is the source."""
    for node in scope.css(_SOURCE_NODES)[:6] if scope is not None else ():
        source = clean_source(" ".join(node.text().split()))
        if 2 <= len(source) <= 16 and _HANZI.search(source) and not _NO_MEDIA.search(source):
            return source
    return ""


def clean_source(text: str) -> str:
    """Take the label and what follows the name off a source; values that say nothing become "".

    >>> clean_source("来源：青山日报 作者：王小川"), clean_source("null")
    ('青山日报', '')
    """
    text = _LABEL.sub("", text)
    following = _NEXT_LABEL.search(fold(text))
    if following is not None:
        # 云溪发布时间：… is the account 云溪发布 and 时间, while 中国政府网发布时间：… is a name and 发布时间.
        start = following.start()
        whole = fold(text[start : start + 2]) == "发布" and start > 0 and not text[start - 1].isspace()
        text = text[: start + 2 if whole and not _OFFICE.search(fold(text[:start])) else start]
    text = text.strip(_EDGES)
    if text.count("“") > text.count("”"):
        text += "”"
    if text.endswith(("）", ")")) and "（" not in text and "(" not in text:
        text = text[:-1]
    return "" if _OWN.search(text) or _NO_WORD.fullmatch(text) else text


def author_of(clues: Clues, source: str, title: str = "") -> str:
    """Return the writers' names with one space between, or "".

    A meta only counts when it looks like names: most systems print the site or an account there.
    """
    for value in (clues.marked.get("author", ""), *(clues.metas.get(name, "") for name in AUTHOR_METAS)):
        name = _SPACED.sub(r"\1\2", value.strip())
        is_name = _ONLY_NAMES.fullmatch(name) and name not in clues.window  # <title> names the site
        names = _valid(name, source) if is_name else ""
        if names:
            return names
    names = _valid(" ".join(_bylines(clues.first)), source) or _several_alone(clues.strip, source)
    if names:
        return names
    for pattern, text in (
        (_AUTHOR, clues.strip),
        (_REPORTER, "\n".join(clues.first[:2])),
        (_REPORTER, "\n".join(clues.ending)),
        (_AUTHOR, "\n".join((*clues.ending, *clues.last))),
    ):
        if not _CREDITED.search(text):
            continue
        for found in _read(pattern, text, _PHOTOGRAPHED):
            names = _valid(found, source)
            if names:
                return names
    return _named_author(clues, source) or (_alone(clues.first[0], title) if clues.first else "")


def _named_author(clues: Clues, source: str) -> str:
    """Return the names in an element whose class or id says that they are the writers'."""
    nodes = clues.scope.css(_AUTHOR_NODES)[:4] if clues.scope is not None else []
    for node in (*nodes, *(clues.tree.css(_FIRST_POSTER)[:1] if "authi" in clues.html else ())):
        text = _AUTHOR_LABEL.sub("", " ".join(node.text().split())).strip(_EDGES + "·")
        names = _valid(text, source) if _ONLY_NAMES.fullmatch(text) and not _of_others(node) else ""
        if names:
            return names
    return ""


def _of_others(node: LexborNode) -> bool:
    """Tell whether an element is in a comment or in a list of other articles, which name their writers too."""
    current: LexborNode | None = node
    for _ in range(_LEVELS):
        if current is None:
            break
        if _OTHERS.search(name_of(current)):
            return True
        current = current.parent
    return False


def _bylines(lines: Sequence[str]) -> list[str]:
    """Return the names in the lines with which a text begins and which hold nothing else."""
    names: list[str] = []
    for line in lines[:_BYLINES]:
        found = _BYLINE.match(fold(line))
        if found is not None:
            names.append(line[found.start(1) : found.end(1)])
        elif names:
            break
    return names


def _several_alone(strip: str, source: str) -> str:
    """Return the names of a line between headline and text that holds nothing but several of them: 崔远 刘思敏."""
    for line in strip.split("\n"):
        parts = _BETWEEN.split(_SPACED.sub(r"\1\2", line.strip()))
        if len(parts) > 1 and all(2 <= len(part) <= 3 and fold(part)[0] in SURNAMES for part in parts):
            return _valid(line, source)
    return ""


def _alone(line: str, title: str) -> str:
    """Return the first line of a text if it is a name, as newspapers print the writer's above the text."""
    line = line.strip()
    name = _SPACED.sub(r"\1\2", line)
    if not 2 <= len(name) <= 3 or not _ONLY_NAMES.fullmatch(name) or _NO_NAME.search(fold(name)):
        return ""
    # 范例 and 任务 begin like names: two characters count when they are spaced out as names are.
    surely = len(line) > 2 and fold(name)[0] in SURNAMES
    return name if surely or title.startswith((f"{name}：", f"{name}:")) else ""


def _valid(names: str, source: str) -> str:
    parts = [
        part for part in _BETWEEN.split(_SPACED.sub(r"\1\2", names)) if part and not _NO_PERSON.fullmatch(fold(part))
    ]
    while len(parts) > 1 and _FOLLOWING.match(fold(parts[-1])):
        parts.pop()
    bad = any(_NO_NAME.search(fold(part)) or _FOLLOWING.match(fold(part)) or part == source for part in parts)
    return "" if bad else " ".join(parts)
