"""records.py — The nouns of Fangzhi as frozen dataclasses. Standard library only; no I/O.

Offsets are counted in code points of the text they point into. Times are aware; bytes stay bytes.
The stored forms (WARC, JSON) are written in captures.py and documents.py and described in LAYOUT.md.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Role = Literal["article", "listing", "robots", "attachment"]
"""Why a page was fetched. Only articles become documents; the rest is evidence."""

CaptureKind = Literal["response", "revisit", "gone"]
"""response: a new payload. revisit: same payload as the last original. gone: a held page answers 404 or 410."""

Verdict = Literal["article", "image", "pdf", "external", "listing", "gone", "error", "blocked", "empty", "binary"]
"""What a capture turned out to be. Only "article" becomes a document; every other verdict becomes an outcome."""


def payload_digest(payload: bytes) -> str:
    """Return `sha256:` and the lower-case hex digest of the bytes as received.

    >>> payload_digest(b"")[:14]
    'sha256:e3b0c44'
    """
    return "sha256:" + hashlib.sha256(payload).hexdigest()


@dataclass(frozen=True, slots=True)
class Capture:
    """One response as received.

    status_line: as sent, such as "HTTP/1.1 200 OK". headers: name and value in the order received.
    payload: the body bytes as received, content encoding (gzip …) still on; empty for a revisit.
    digest: of the payload; for a revisit of the payload it refers to, which is stored with the capture
    of `uri` at `refers_to_at`.
    """

    site: str
    uri: str
    captured_at: datetime
    status: int
    status_line: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    digest: str
    kind: CaptureKind = "response"
    role: Role = "article"
    refers_to_at: datetime | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Change:
    """One replaced stretch of a step: `before` at offset `start`, `after` at offset `new_start` of the result."""

    start: int
    new_start: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One named change on the way from bytes to text: an entry of the provenance.

    field: "text" or "title". name: the fix's name in its registry. detail: what was decided, for a reader.
    changes: in ascending order, not overlapping; offsets point into the text before and after this step.
    """

    field: str
    name: str
    detail: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def chars_changed(self) -> int:
        """Count the characters that this step replaced, inserted or removed."""
        return sum(max(len(change.before), len(change.after)) for change in self.changes)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A doubtful repair: stored beside the text, never applied.

    start: offset in the repaired text, where `before` stands. after, second: the best two readings.
    gain: how much better the best reading is than the text as it stands; gap: than the second (both in nats).
    reason: why it was not applied.
    """

    field: str
    name: str
    start: int
    before: str
    after: str
    second: str = ""
    gain: float = 0.0
    gap: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DroppedLine:
    """A line the extractor left out of the text, with the rule that decided it."""

    line: str
    rule: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that an article links to."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Document:
    """The normalized text of one capture with its provenance.

    text: what readers use. original: the text before script conversion, or "" when nothing was converted.
    Undoing `steps` on the text gives the extracted text; replaying them gives `text` again.
    published_at: aware, +08:00. fingerprint: of the text at `pipeline`, the pipeline version; "" when the text
    is too short to claim one.
    """

    capture: str
    site: str
    uri: str
    captured_at: datetime
    digest: str
    pipeline: int
    title: str
    text: str
    original: str = ""
    published_at: datetime | None = None
    source: str = ""
    author: str = ""
    attachments: tuple[Attachment, ...] = ()
    next_page: str = ""
    encoding: str = ""
    encoding_reason: str = ""
    replaced: int = 0
    margin: float = 0.0
    script: str = ""
    fingerprint: str = ""
    steps: tuple[Step, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    flags: tuple[str, ...] = ()
    dropped: tuple[DroppedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Why a processed capture gave no document; keeps what was learned all the same."""

    capture: str
    site: str
    uri: str
    captured_at: datetime
    pipeline: int
    verdict: Verdict
    reason: str = ""
    title: str = ""
    published_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that did not work: at which URI or key, in which stage, and what was said."""

    uri: str
    stage: str
    message: str


COUNTERS = (
    "requests",  # HTTP requests sent, retries included
    "listings",  # listing pages read
    "links",  # article links found on them, every link once
    "barren",  # listing pages that should hold links and hold none
    "files",  # pictures of newspaper pages and PDFs that listings name for the first time: recorded, not fetched
    "outside",  # links and redirects that lead out of the site's hosts, not fetched
    "disallowed",  # pages that robots.txt forbids, not fetched
    "captures",  # captures written, revisits and gone included
    "revisits",  # of these, payload unchanged
    "articles",  # of these, article pages with status 200 and a payload that is new for their address
    "gone",  # of these, a held page that answers 404 or 410
    "held",  # article links not fetched because the page is held and no revisit is due
    "dead",  # article links that answer 404 or 410, now or when last asked, and were never held
    "soft_404",  # of these, pages that say so with status 200
    "blocked",  # challenge pages instead of content
    "processed",  # captures read by process
    "documents",  # documents written
    "duplicates",  # of these, whose fingerprint another document claims already: of n equal texts n - 1
    "titled",  # of the documents, those with a title
    "dated",  # of the documents, those with a publication time
    "outcomes",  # captures that gave no document, by design
    "empty",  # of these, article pages without a text body
    "suggestions",  # doubtful repairs stored beside the text
    "learned",  # lines found to be furniture of a site
    "verified",  # records read back and found intact
    "indexed",  # lines added to the CDXJ index
    "packed",  # captures joined into WARC files
    "failed",  # captures, pages or records that could not be handled: see failures
)


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one verb did for one site: fixed counters (COUNTERS), repairs by kind, failures.

    finish: "finished", or why the run ended early, such as "stopped" or "crashed".
    """

    run_id: str
    verb: str
    site: str
    started_at: datetime
    ended_at: datetime
    counters: Mapping[str, int] = field(default_factory=dict)
    repairs: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    finish: str = "finished"
    code_version: str = ""

    @property
    def failed(self) -> bool:
        """Tell whether anything went wrong."""
        return self.finish != "finished" or bool(self.failures) or self.counters.get("failed", 0) > 0
