"""tags.py — Which tags end a line, which leave no trace in the text, and which hold no text at all."""


def named(names: str) -> frozenset[str]:
    """Return names written with blanks between as a set.

    >>> sorted(named("td th"))
    ['td', 'th']
    """
    return frozenset(names.split())


INLINE = named(
    "span font strong b i em u s sub sup small big label mark ins del code q cite abbr time tt nobr bdo kbd strike acronym "
    "var o:p st1:chsdate v:shape center"
)
BLOCKS = named(
    "p div br li h1 h2 h3 h4 h5 h6 section article ul ol table dl dt dd blockquote pre figure figcaption header footer "
    "center hr form address tbody thead tfoot caption main aside nav details summary fieldset legend body html "
    "founder-content founder-title ucapcontent ucaptitle pagebreak tr dir menu marquee colgroup"
)
CELLS = named("td th")
VOID = named("br hr img pagebreak col input area wbr embed link meta")
SILENT = named("script style noscript template iframe select textarea svg object button video audio head title option")
FORMATTING = named("a b big code em font i nobr s small strike strong tt u")
UNCLOSED = named(
    "p br img input meta link hr area base col embed source track wbr param option td th tr thead tbody tfoot html body "
    "head optgroup"
)
