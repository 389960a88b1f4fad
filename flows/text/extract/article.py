"""article.py — What extraction hands on: one page as fields, and why it has no text when it has none."""

from dataclasses import dataclass
from datetime import datetime

from storage.records import Attachment, DroppedLine, Verdict


@dataclass(frozen=True, slots=True)
class Article:
    """One page or plain text as fields, nothing repaired.

    text: one paragraph a line. published_at: aware, +08:00. next_page: absolute URL, or "" when this is the last one.
    dropped: lines left out of the text, each with its rule, in the order of the page.
    verdict: "article", or why there is no text: image, pdf, external, blocked, error (soft 404), empty.
    notes: what a person who keeps the site file should know, such as a selector that matched nothing.
    """

    title: str = ""
    text: str = ""
    published_at: datetime | None = None
    source: str = ""
    author: str = ""
    attachments: tuple[Attachment, ...] = ()
    next_page: str = ""
    dropped: tuple[DroppedLine, ...] = ()
    verdict: Verdict = "article"
    notes: tuple[str, ...] = ()
