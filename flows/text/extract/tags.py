"""tags.py — Which tags end a line, which leave no trace in the text, and which hold no text at all."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

UNKNOWN = 1_000  # from here on numbers are of tags that lexbor's table lacks
TEXT, COMMENT = 2, 4  # lexbor's numbers for nodes that are no elements: LXB_TAG__TEXT, LXB_TAG__EM_COMMENT


def named(names: str) -> frozenset[str]:
    """Return names written with blanks between as a set.

    >>> sorted(named("td th"))
    ['td', 'th']
    """
    return frozenset(names.split())


INLINE = named(
    "span font strong b i em u s sub sup small big label mark ins del code q cite abbr time tt nobr bdo kbd strike acronym "
    "var"
)
BREAKS = named(
    "p div br li h1 h2 h3 h4 h5 h6 section article ul ol table dl dt dd blockquote pre figure figcaption header footer "
    "center hr form address tbody thead tfoot caption main aside nav details summary fieldset legend tr td th dir menu marquee"
)
SILENT = named("script style noscript template iframe select textarea svg object button video audio head title option")
VOID = named("area base br col embed hr img input link meta param source track wbr frame basefont bgsound keygen")
FORMATTING = named("a b big code em font i nobr s small strike strong tt u")
UNCLOSED = named(
    "p br img input meta link hr area base col embed source track wbr param option td th tr thead tbody tfoot html body "
    "head optgroup"
)


def numbers(*tags: str) -> frozenset[int]:
    """Return lexbor's numbers for tags: with 1,500 nodes a page it counts that comparing them is faster than names."""
    found: set[int] = set()
    for tag in tags:
        if ":" in tag:  # not in lexbor's table: its number is another one in each document
            continue
        table = tag in _IN_TABLES
        tree = LexborHTMLParser(f"<table><{tag}>x</table>" if table else f"<p></p><{tag}>x</{tag}>")
        node = tree.css_first(tag)
        if node is not None and node.tag_id < UNKNOWN:
            found.add(node.tag_id)
    return frozenset(found)


_IN_TABLES = named("caption colgroup col tbody thead tfoot tr td th")


_INLINE_NUMBERS = numbers(*INLINE)


def inline(name: str) -> bool:
    """Tell whether a tag of this name leaves no trace; every one with a prefix, such as Word's o:p, is one."""
    return name in INLINE or ":" in name


def is_inline(node: LexborNode) -> bool:
    """Tell whether a tag leaves no trace; every tag with a prefix, such as Word's o:p, is one."""
    number = node.tag_id
    return number in _INLINE_NUMBERS or (number >= UNKNOWN and ":" in (node.tag or ""))
