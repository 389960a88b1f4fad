"""xml_tree.py — XML that strangers send: parsed without entities of its own, and mended where sites write it wrong. Pure."""

import re
from html import unescape
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([a-zA-Z]+);")
_ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
_PROLOG = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse_xml(text: str) -> Element | None:
    """Parse a document; None when it is no XML or declares entities, by which small files can be made to grow huge.

    Names lose their namespace. Named entities of HTML and bare ampersands, common in feeds, are put right first.

    >>> parse_xml("<rss><channel><title>开封 & 洛阳&nbsp;</title></channel></rss>").findtext("channel/title")
    '开封 & 洛阳\\xa0'
    >>> parse_xml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    """
    text = _NOT_XML.sub("", _DECLARATION.sub("", text.lstrip("\ufeff")))
    text = _BARE_AMPERSAND.sub("&amp;", _NAMED.sub(lambda found: unescape(found[0]), text))
    builder, parser = TreeBuilder(), expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: builder.start(
        name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: builder.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
        return builder.close()
    except (expat.ExpatError, ParseError, AssertionError):
        return None


def root_name(text: str) -> str:
    """Return the name of a document's first element without its prefix; "" when markup of another kind comes first.

    >>> root_name('<?xml version="1.0"?><!-- a > b --><rdf:RDF xmlns="x">'), root_name("User-agent: *")
    ('RDF', '')
    """
    at, text = 0, text.lstrip("\ufeff")
    while True:
        while text[at : at + 1].isspace():
            at += 1
        end = next((mark for start, mark in _PROLOG if text.startswith(start, at)), "")
        if not end:
            break
        closed = text.find(end, at)
        if closed < 0:
            return ""
        at = closed + len(end)
    found = _ELEMENT.match(text, at)
    return found[1].rpartition(":")[2] if found else ""


def _refuse(*declaration: object) -> None:
    message = "the document declares entities"
    raise ParseError(message)
