"""queries.py — Addresses of calls that answer with data: their parameters read, set, and stepped from page to page. Pure."""

import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_CALLBACK = re.compile(r"[\w.$]+ ?")
_LONGEST_CALLBACK = 200


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """Return an address with some query parameters set, the others left as they are and in their order.

    >>> with_query("http://x.cn/a?page=1&sid=7", {"page": "2", "n": "名"})
    'http://x.cn/a?page=2&sid=7&n=%E5%90%8D'
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | dict(parameters)
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote, safe="/:,[]{}'"), fragment=""))


def parameter(url: str, name: str, default: str = "") -> str:
    """Return a query parameter of an address."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)).get(name, default)


def number(text: object, default: int = 0) -> int:
    """Read a whole number out of what JSON or a query holds for one.

    >>> number("15"), number(15), number(None, 1)
    (15, 15, 1)
    """
    try:
        return int(str(text))
    except ValueError:
        return default


def json_object(text: str) -> dict[str, object] | None:
    """Read an answer as a JSON object, also when it is wrapped in a callback; None when it is none.

    >>> json_object('null({"total": 3});')
    {'total': 3}
    >>> json_object("<html>")
    """
    text = text.lstrip("\ufeff \r\n\t")
    if not text.startswith("{"):
        callback, opened, _ = text[:_LONGEST_CALLBACK].partition("(")
        inside = text[len(callback) + 1 :].rstrip("; \r\n\t").removesuffix(")").strip()
        if not opened or not _CALLBACK.fullmatch(callback) or not inside.startswith("{"):
            return None
        text = inside
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def member(value: object, *path: str) -> object:
    """Return what stands at a path of keys in JSON, or None."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def objects(value: object) -> list[dict[str, object]]:
    """Return the objects of a JSON list; what else may stand there is left out."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def text_of(value: object) -> str:
    """Return a JSON string or number as text, "" for anything else."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
