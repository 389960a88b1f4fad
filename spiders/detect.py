"""detect.py — Which family a page comes from, why, and a site file to begin with. Pure: the page is fetched elsewhere."""

import re
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from spiders.families import Page, load_family
from spiders.families.dates import day_of_address
from spiders.families.redirect import leads_to
from spiders.site import FamilyName, site_skeleton

# What a person can look for in the page's source to agree or to differ.
_MARKS: dict[str, tuple[tuple[str, str], ...]] = {
    "hanweb": (
        ("calls dataproxy.jsp", r"dataproxy\.jsp"),
        ("an XML island with a datastore", r"<datastore>"),
        ("comments ZJEG_RSS", r"ZJEG_RSS"),
        ("comments <$[…]>", r"<\$\["),
    ),
    "jpaas": (("a queryData attribute", r"(?i)querydata="), ("calls jpaas-publish-server", r"jpaas-publish-server")),
    "trs": (
        ("createPageHTML with a number first", r"createPageHTML\s*\(\s*\d"),
        ("var countPage", r"var\s+countPage\s*="),
        ("an editor of TRS", r"TRS_Editor|TRS_UEDITOR|Custom_UnionStyle|trs_editor_view"),
        ("class CurrChnlCls", r"CurrChnlCls"),
        ("files named t<day>_<number>", r"/t20\d{6}_\d+\.s?html?"),
    ),
    "vsb": (
        ("VSB's pager classes", r"pb_sys_common|p_pages"),
        ("VSB's body", r"v_news_content|vsb_content"),
        ("a CustomerNO comment", r"CustomerNO:"),
        ("numbered style classes", r"winstyle\d"),
    ),
    "epaper": (
        ("an image map of a page", r"(?i)PagePicMap"),
        ("a page list", r"(?i)id=[\"']?pageLink"),
        ("Founder's elements", r"founder-|enpcontent|mpproperty"),
        ("leads to an issue of a day", r"(?i)html/\d{4}-\d\d/\d\d/|layout/\d{6}/\d\d/"),
    ),
    "ucap": (
        ("createPageHTML with an element first", r"createPageHTML\s*\(\s*['\"][A-Za-z_]"),
        ("UCAP's elements", r"(?i)<UCAP|UCAP-CONTENT"),
        ("a JSON list", r"_isAgg=true|getInfoCommon"),
    ),
    "nfcms": (("variables NFCMS_", r"NFCMS_"), ("files named post_<number>", r"/content/post_\d+")),
    "gkmlpt": (("the word gkmlpt", r"gkmlpt"), ("a SID", r"\bSID\s*[:=]")),
    "links": (("a block of long links with numbers in their addresses", ""),),
    "feed": (("RSS or Atom", ""),),
    "sitemap": (("a sitemap", ""),),
}
_NO_REGION = "000000"
_TITLE_CUT = re.compile(r"[-_|—－–·]+")


@dataclass(frozen=True)
class Guess:
    """A family that a page may come from. score: 0 to 1. why: the marks that speak for it, for a person to check."""

    family: FamilyName
    score: float
    why: str


def detect(url: str, page: Page) -> list[Guess]:
    """Rank the families that a page may come from, the surest first; [] when not even a list of links is in it.

    url: the address asked for, when the page stands elsewhere after redirects.

    >>> page = Page("http://x.gov.cn/yw/", "<script>createPageHTML(34, 0, 'index', 'html')</script><a href=./202304/t20230410_1.html>")
    >>> detect(page.url, page)[0].family
    'trs'
    """
    guesses = []
    for family in get_args(FamilyName):
        score = max(
            load_family(family).detect(page), load_family(family).detect(Page(url, "")) if url != page.url else 0
        )
        if score > 0:
            guesses.append(Guess(family, round(score, 2), _why(family, page)))
    return sorted(guesses, key=lambda guess: -guess.score)


def skeleton(url: str, page: Page, family: FamilyName | None = None, *, test_site: bool = False) -> str:
    """Return the text of a site file for a listing page: it loads, and collects, before anyone has edited it.

    family: the surest guess by default. Id and name come from host and title, the region from the site's code
    (标识码) where the page prints it; a newspaper's edition from the day in the address. Raises SiteError when no
    usable file can be made, as for an address without a host.
    """
    if family is None:
        guesses = detect(url, page)
        family = guesses[0].family if guesses else "links"
    tree = LexborHTMLParser(page.text)
    text = site_skeleton(_identity(url), _name(tree, url), _region(tree), family, [url], test_site=test_site)
    front = _front(tree, page) if family == "epaper" else ""
    if front:
        text += f'\n[[editions]]\nfront = "{front}"\n'
    return text


def _why(family: str, page: Page) -> str:
    found = [said for said, mark in _MARKS[family] if not mark or re.search(mark, page.text)]
    return ", ".join(found) or "the shape of the address"


def _identity(url: str) -> str:
    """Make an id of a host: "www.kaifeng.gov.cn" gives "kaifeng"."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    bare = re.sub(r"\.(?:gov|com|net|org|edu)?\.?cn$|\.(?:com|net|org)$", "", host)
    name = re.sub(r"[^a-z0-9]+", "-", bare or host).strip("-")
    return name if len(name) > 1 else f"site-{name}"


def _name(tree: LexborHTMLParser, url: str) -> str:
    meta = tree.css_first("meta[name='SiteName' i]")
    said = (meta.attributes.get("content") or "").strip() if meta else ""
    title = tree.css_first("title")
    parts = [part.strip() for part in _TITLE_CUT.split(title.text() if title else "") if part.strip()]
    return said or (parts[-1] if parts else "") or (urlsplit(url).hostname or url)


def _region(tree: LexborHTMLParser) -> str:
    """Return the first six digits of the site's code, which are the region of GB/T 2260; 000000 says unknown."""
    meta = tree.css_first("meta[name='SiteIDCode' i]")
    code = re.match(r"\d{6}", (meta.attributes.get("content") or "").strip()) if meta else None
    return code[0] if code else _NO_REGION


def _front(tree: LexborHTMLParser, page: Page) -> str:
    """Return a front page's address with the day left open; "" when no address around has a day."""
    for address in (page.url, leads_to(tree, page.url)):
        day = day_of_address(address)
        if day is None:
            continue
        parts = {"{yyyy}": f"{day.year}", "{mm}": f"{day.month:02}", "{dd}": f"{day.day:02}"}
        joined = rf"(?<!\d){parts['{yyyy}']}(-?/?){parts['{mm}']}([-/]?){parts['{dd}']}(?!\d)"
        return re.sub(joined, r"{yyyy}\1{mm}\2{dd}", address)
    return ""
