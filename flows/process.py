"""process.py — The chain for one capture: decode, extract, repair, normalize, fingerprint.

Pure: a capture and what is known of its site go in, a document or an outcome comes out. Reading and writing
are the jobs' business (jobs.py).
"""

from dataclasses import dataclass, replace
from datetime import timedelta, timezone

from flows.payload import Media, PayloadError, media_of, undo_content_encoding
from flows.text.decode import BINARY, Declared, Decoded, decode
from flows.text.extract import Article, extract, extract_plain
from flows.text.fingerprint import claimable, fingerprint
from flows.text.normalize import normalize
from flows.text.repair import repair
from flows.text.reread import Origin, Reread, reread_page
from spiders.site import Layout, Site
from storage.records import Capture, Document, Outcome, Step, Suggestion, Verdict

PIPELINE_VERSION = 1
"""Raised whenever the same bytes would give another text; documents of every version are kept side by side."""

CHINA = timezone(timedelta(hours=8))


class ProcessError(ValueError):
    """A capture that could not be processed; `stage` names the step of the chain."""

    def __init__(self, message: str, *, stage: str) -> None:
        """Remember the stage beside the message."""
        super().__init__(message)
        self.stage = stage


@dataclass(frozen=True, slots=True)
class Derived:
    """One capture after decoding and extraction, before the repair of what was extracted.

    reread: the page read again, from which the article comes, when it was garbled as a whole.
    """

    media: Media
    decoded: Decoded
    article: Article
    complete: bool
    reread: Reread | None = None

    @property
    def extracted(self) -> str:
        """The article's text as the page shows it: what the steps of a document begin with."""
        return self.reread.origin(self.article.text, "text").shown if self.reread else self.article.text


@dataclass(frozen=True, slots=True)
class Clean:
    """One field after repair and normalization: the text, the text before script conversion, and its provenance."""

    text: str
    original: str
    script: str
    steps: tuple[Step, ...]
    suggestions: tuple[Suggestion, ...]
    flags: tuple[str, ...]


def process_capture(
    key: str, capture: Capture, site: Site | None, furniture: frozenset[str] = frozenset()
) -> Document | Outcome:
    """Turn one capture, payload included, into a document, or into the reason why it gives none.

    site: charset hint and layouts; None for a site without a file (imports).
    furniture: shadow lines that many pages of the site share, learned by a job.
    Raises ProcessError for a payload whose content encoding cannot be undone.
    """
    verdict = verdict_before_reading(capture)
    if verdict is not None:
        return _outcome(key, capture, verdict, f"{capture.role}, status {capture.status}")
    derived = derive(capture, site, furniture)
    article = derived.article
    if derived.media in ("pdf", "image", "binary"):
        return _outcome(
            key,
            capture,
            derived.media,
            f"{capture.header('Content-Type') or 'no content type'}, {len(capture.payload)} bytes",
        )
    if article.verdict != "article":
        return _outcome(key, capture, article.verdict, derived.decoded.reason, article)
    reread = derived.reread
    text = clean(article.text, "text", reread=reread)
    title, source, author = (
        clean(value, field, article.text, reread)
        for value, field in ((article.title, "title"), (article.source, "source"), (article.author, "author"))
    )
    fields = (title, text, source, author)
    flags = [flag for field in fields for flag in field.flags]
    flags += [] if derived.complete else ["truncated payload"]
    flags += ["replaced characters"] if derived.decoded.replaced else []
    return Document(
        capture=key,
        site=capture.site,
        uri=capture.uri,
        captured_at=capture.captured_at,
        digest=capture.digest,
        pipeline=PIPELINE_VERSION,
        title=title.text,
        text=text.text,
        original=text.original if text.original != text.text else "",
        published_at=article.published_at,
        source=source.text,
        author=author.text,
        attachments=article.attachments,
        next_page=article.next_page,
        encoding=derived.decoded.encoding,
        encoding_reason=derived.decoded.reason,
        replaced=derived.decoded.replaced,
        margin=round(derived.decoded.margin, 3),
        script=text.script,
        fingerprint=fingerprint(text.text) if claimable(text.text) else "",
        steps=tuple(step for field in fields for step in field.steps),
        suggestions=tuple(suggestion for field in fields for suggestion in field.suggestions),
        flags=tuple(dict.fromkeys(flags)),
        dropped=tuple(replace(each, line=reread.origin(each.line, "").shown) for each in article.dropped)
        if reread
        else article.dropped,
    )


def verdict_before_reading(capture: Capture) -> Verdict | None:
    """Tell from the record alone why a capture gives no document, or None when its payload must be read."""
    if capture.kind == "gone":
        return "gone"
    if capture.role != "article":
        return "listing"
    if capture.status >= 300 or capture.status < 200:
        return "error"
    return None


def derive(capture: Capture, site: Site | None, furniture: frozenset[str] = frozenset()) -> Derived:
    """Decode and extract one capture.

    The layout is the one that was in force on the capture's day in China, so that old pages meet the selectors
    of their time.
    """
    content_type = capture.header("Content-Type")
    try:
        body = undo_content_encoding(capture.payload, capture.header("Content-Encoding"))
    except PayloadError as error:
        raise ProcessError(str(error), stage="decode") from error
    media = media_of(body.data, content_type)
    if media not in ("html", "text"):
        return Derived(
            media, Decoded("", BINARY, f"{media}, by its first bytes or header", 0, 0.0), Article(), body.complete
        )
    decoded = decode(body.data, Declared(http=content_type), (site.charset if site else "") or None)
    if decoded.encoding == BINARY:
        return Derived("binary", decoded, Article(), body.complete)
    if media != "html":
        return Derived(media, decoded, extract_plain(decoded.text), body.complete)
    layout = _layout(capture, site, furniture)
    article = extract(decoded.text, capture.uri, layout)
    reread = reread_page(decoded.text, article.title, article.text)
    if reread:
        article = extract(reread.html, capture.uri, layout)
    return Derived(media, decoded, article, body.complete, reread)


def _layout(capture: Capture, site: Site | None, furniture: frozenset[str]) -> Layout | None:
    layout = site.layout_on(capture.captured_at.astimezone(CHINA).date()) if site else None
    if furniture:
        layout = (layout or Layout()).model_copy(update={"furniture": furniture})
    return layout


def clean(extracted: str, field: str, document: str = "", reread: Reread | None = None) -> Clean:
    """Repair and normalize one field; its steps carry the field's name.

    document: the text a short field belongs to. reread: the page it was extracted from, if that was read again.
    """
    origin = reread.origin(extracted, field) if reread else Origin(extracted)
    repaired = repair(extracted, document, suggestions=origin.suggestions)
    normalized = normalize(repaired.text, document)
    steps = tuple(replace(step, field=field) for step in (*origin.steps, *repaired.steps, *normalized.steps))
    return Clean(
        text=normalized.text,
        original=repaired.text,
        script=normalized.script,
        steps=steps,
        suggestions=tuple(replace(suggestion, field=field) for suggestion in repaired.suggestions),
        flags=(*origin.flags, *repaired.flags),
    )


def _outcome(key: str, capture: Capture, verdict: Verdict, reason: str, article: Article | None = None) -> Outcome:
    return Outcome(
        capture=key,
        site=capture.site,
        uri=capture.uri,
        captured_at=capture.captured_at,
        pipeline=PIPELINE_VERSION,
        verdict=verdict,
        reason=reason,
        title=article.title if article else "",
        published_at=article.published_at if article else None,
        attachments=article.attachments if article else (),
    )
