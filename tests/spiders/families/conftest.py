"""What the tests of families share: a replica driven by a family, and one page read by it."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from replica.driver import Crawl, make_site
from replica.driver import drive as drive_replica

from spiders.families import Ask, Found, Page, Window, load_family
from spiders.site import Site


@pytest.fixture
def drive() -> Callable[..., Crawl]:
    """Return the function that lets a family read a replica to its end."""
    return drive_replica


@pytest.fixture
def site_of() -> Callable[..., Site]:
    """Return the function that makes a site of a family from addresses."""
    return make_site


@pytest.fixture
def read() -> Callable[..., Found]:
    """Return a function that lets a family read one page given as text."""

    def _read(family: str, html: str, url: str, *, ask: Ask | None = None, status: int = 200, **keys: object) -> Found:
        site = make_site(family, urlsplit(url).netloc, [url], **keys)
        return load_family(site.family).read(site, ask or Ask(url), Page(url, html, status), Window())

    return _read
