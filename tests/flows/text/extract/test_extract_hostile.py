"""Input that no browser would send and some server does: nothing raises, nothing takes more than linear time to finish."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.text.extract import extract, extract_plain
from flows.text.extract.page import parse
from flows.text.extract.reading import read
from flows.text.extract.tags import COMMENT, TEXT

SENTENCE = "云岭县召开会议，部署冬季森林防火工作。"
N = 50_000

# Each of these takes minutes with a plain parse or a search that looks at elements again and again: that they end is the test.
MARKUP = {
    "deep divs": "<div>" * N + SENTENCE,
    "deep divs, closed": "<div>" * N + SENTENCE + "</div>" * N,
    "deep lists": "<ul><li>" * N + SENTENCE,
    "deep definition lists": "<dl><dd>" * N + SENTENCE,
    "deep tables": "<table><tr><td>" * 20_000 + SENTENCE,
    "unclosed fonts": "".join(f"<font size={n}>" for n in range(N)) + SENTENCE,
    "unclosed fonts in paragraphs": "".join(f"<font color={n}><p>{SENTENCE}" for n in range(20_000)),
    "unclosed bold": f"<b><p>{SENTENCE}" * 20_000,
    "unclosed links": f"<a href=x><div>{SENTENCE}" * 20_000,
    "crossed tags": f"<div><b></div></b>{SENTENCE}" * 20_000,
    "one tag of attributes": "<div " + " ".join(f"a{n}=1" for n in range(300_000)) + f">{SENTENCE}</div>",
    "one attribute": "<div title='" + "x" * 5_000_000 + f"'>{SENTENCE}</div>",
    "open comment": "<!--" * N + SENTENCE,
    "angle brackets": "<" * 1_000_000 + SENTENCE,
    "unclosed script": f"<p>{SENTENCE}</p><script>" + "x<y;" * 500_000,
    "entities": "&nbsp;&amp;&lt;" * 200_000 + SENTENCE,
    "blanks": f"<p>{' ' * 3_000_000}{SENTENCE}</p>",
    "one long line": "<p>" + SENTENCE * 50_000 + "</p>",
    "many short lines": f"<p>{SENTENCE}</p>" * 20_000,
    "many links": f"<a href=/1.html>{SENTENCE[:9]}</a>" * 50_000,
    "many headings": f"<h1>{SENTENCE}</h1>" * 20_000,
    "many emphasised": f"<title>x</title><b>{SENTENCE}</b>" * 20_000,
    "repeated markers": f"<!--enpcontent-->{SENTENCE}" * 20_000,
    "repeated properties": "<!--mpproperty <founder-title>" * 20_000,
    "pages": "<p>" + "1 2 3 " * 100_000 + "</p>",
    "page calls": "createPageHTML(" * 100_000,
    "brackets": "<p>" + "（" * 200_000 + "</p>",
    "notes": "<p>" + "業(yè)" * 300_000 + "</p>",
    "tool words": f"<p>{'大中小' * 40}x</p>" * 2_000,
    "dates": "<p>" + "2024-11-06 " * 200_000 + "</p>",
    "cells": "<table>" + f"<tr>{'<td>1</td>' * 50}</tr>" * 2_000 + "</table>",
}


@pytest.mark.parametrize("case", MARKUP)
def test_hostile_markup_ends(case: str) -> None:
    extract(MARKUP[case], "http://a.gov.cn/1.html")


@pytest.mark.parametrize(
    "case", ["deep divs", "deep divs, closed", "unclosed fonts", "one tag of attributes", "one attribute", "blanks"]
)
def test_the_sentence_is_still_found(case: str) -> None:
    assert extract(MARKUP[case]).text == SENTENCE


def test_ordinary_markup_is_not_flattened() -> None:
    html = f"<div><table><tr><td><b>{SENTENCE}</b></td></tr></table></div>" * 2_000

    assert len(parse(html).css("td")) == 2_000


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "<p>",
                    "</p>",
                    "<div class=article>",
                    "</div>",
                    "<table>",
                    "<td>",
                    "</table>",
                    "<a href=1.pdf>",
                    "</a>",
                    "<br>",
                ]
            ),
            st.sampled_from(
                [
                    "<title>",
                    "</title>",
                    "<h1>",
                    "</h1>",
                    "<!--",
                    "-->",
                    "<script>",
                    "</script>",
                    "</html>",
                    "<img src=x>",
                    "<pre>\n",
                    "<xmp>",
                    "<plaintext>",
                    "<textarea>",
                    "<iframe>",
                    "<template>",
                    "<select><option>",
                    "<svg>",
                    "<object>",
                ]
            ),
            st.sampled_from(
                [
                    SENTENCE,
                    "来源：云岭日报",
                    "2024-11-06 18:05",
                    "　　",
                    "&nbsp;",
                    "\ud83d",
                    "\x00",
                    "業(yè)",
                    "下一页",
                    "附件：",
                ]
            ),
            st.text(max_size=12),
        ),
        max_size=40,
    ).map("".join)
)
def test_extraction_never_raises_and_lines_are_trimmed(html: str) -> None:
    article = extract(html, "http://a.gov.cn/art/2024/11/6/art_1_2.html")

    for line in article.text.split("\n") if article.text else ():
        assert line and line == line.strip() and line[0] != "\u3000"
    assert (article.verdict == "article") is bool(article.text)
    assert article.published_at is None or article.published_at.utcoffset() is not None
    assert article.next_page == "" or article.next_page.startswith("http")


@settings(deadline=None)
@given(st.text())
def test_plain_text_never_raises_and_nothing_is_lost(text: str) -> None:
    article = extract_plain(text)

    kept = article.text.split("\n") if article.text else []
    assert all(line.strip() and line[0] not in " \u3000" for line in kept)
    lines = [line.strip().strip("\u200b\ufeff").strip() for line in text.splitlines()]
    assert len(kept) + len(article.dropped) == sum(map(bool, lines))


@pytest.mark.parametrize("tag", ["xmp", "plaintext"])
def test_what_is_shown_without_being_read_as_markup_is_text(tag: str) -> None:
    assert extract(f"<p>x</p><div><{tag}>{SENTENCE}<b></div>").text.startswith(SENTENCE)


@pytest.mark.parametrize("tag", ["script", "style", "textarea", "iframe"])
def test_what_is_not_shown_is_no_text(tag: str) -> None:
    assert extract(f"<{tag}>{SENTENCE}</{tag}>").text == ""


def test_lexbor_s_numbers_for_texts_and_comments() -> None:
    tree = parse("<p>a<!--enpcontent--></p>")

    assert tree.body is not None
    assert {TEXT, COMMENT} < {node.tag_id for node in tree.body.traverse(include_text=True)}
    assert (read(tree).texts, read(tree).marks) == (["a"], ["enpcontent"])
