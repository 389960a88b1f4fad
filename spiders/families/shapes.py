"""shapes.py — What an address must look like to be an article, and the plain beginning of a listing walk. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from spiders.families import Ask
from spiders.site import Site


def site_entries(site: Site) -> Iterator[Ask]:
    """Yield the site's listings as they stand in its file: where most families begin."""
    for listing in site.listings:
        yield Ask(listing)


def is_article(site: Site, shape: re.Pattern[str], url: str) -> bool:
    """Tell whether an address is an article: by the pattern of the site file, else by the family's shape.

    The site's pattern is searched in the whole address, the family's shape in path and query.
    """
    if site.article:
        return bool(_compiled(site.article).search(url))
    return bool(shape.search(path_of(url)))


def path_of(url: str) -> str:
    """Return path and query of an address.

    >>> path_of("http://x.gov.cn/list.jsp?wbtreeid=7")
    '/list.jsp?wbtreeid=7'
    """
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
