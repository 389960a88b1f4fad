"""keys.py — Every object key is built and parsed here. Pure; LAYOUT.md shows them all with examples.

Keys are the portable subset of object stores: `[0-9a-z/._-]`, no empty, "." or ".." segment, segments under 255
bytes. A capture's key says when, which URI and which payload, so that listing answers most questions.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from storage.errors import InputError, RecordError
from storage.records import RunReport

URI_HASH_CHARS = 16
"""64 bits: with a million URIs in one site, two share a hash once in forty million such sites."""

DIGEST_CHARS = 32
"""128 bits: a payload equal in them is taken for equal, so nobody must be able to make two such payloads."""

MAX_SEGMENT_BYTES = 254

_KEY = re.compile(r"[0-9a-z._-]+(?:/[0-9a-z._-]+)*")
_SITE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_CAPTURE = re.compile(
    rf"captures/([a-z0-9][a-z0-9-]{{0,62}})/(\d{{4}})/(\d{{2}})/(\d{{2}})"
    rf"/(\2\3\4\d{{6}})-([0-9a-f]{{{URI_HASH_CHARS}}})-([0-9a-f]{{{DIGEST_CHARS}}})\.warc\.gz"
)
_CLAIM = re.compile(r"fingerprints/v\d+/[0-9a-f]{2}/[0-9a-f]+/([0-9a-f-]+)\.([a-z0-9-]+)\.json")
_MARK = re.compile(rf"index/[a-z0-9-]+/marks/([0-9a-f]{{{URI_HASH_CHARS}}})\.([a-z]+)")


def check_key(key: str) -> str:
    """Return a key that every store accepts, unchanged. Raises InputError for any other.

    >>> check_key("captures/kaifeng/2025/03/08/x.warc.gz")
    'captures/kaifeng/2025/03/08/x.warc.gz'
    """
    segments = key.split("/")
    if _KEY.fullmatch(key) and not any(s in (".", "..") or len(s) > MAX_SEGMENT_BYTES for s in segments):
        return key
    message = (
        f"key {key[:300]!r}: expected segments of 0-9 a-z . _ - joined by single slashes, none of them '.' or '..' "
        f"or longer than {MAX_SEGMENT_BYTES} bytes; other keys mean different things to different stores"
    )
    raise InputError(message)


@lru_cache(maxsize=4096)  # a crawl asks several times for each page it has under way
def uri_hash(uri: str) -> str:
    """Return the hash by which keys name a URI.

    >>> uri_hash("http://www.kaifeng.gov.cn/")
    'fdf422ee780e0178'
    """
    return hashlib.sha256(uri.encode("utf-8", "surrogatepass")).hexdigest()[:URI_HASH_CHARS]


# ── captures ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CaptureKey:
    """What the key of a capture says. digest: the first hex digits of the payload's sha256."""

    site: str
    captured_at: datetime
    uri_hash: str
    digest: str

    @property
    def stem(self) -> str:
        """The part that documents, outcomes and claims of this capture share."""
        return f"{_time14(self.captured_at)}-{self.uri_hash}-{self.digest}"

    @property
    def key(self) -> str:
        """The whole key."""
        at = self.captured_at
        return f"captures/{self.site}/{at.year:04}/{at.month:02}/{at.day:02}/{self.stem}.warc.gz"


def capture_key(site: str, captured_at: datetime, uri: str, digest: str) -> str:
    """Return the key of a capture. digest: `algorithm:value`, as in the record.

    >>> capture_key("kaifeng", datetime(2025, 3, 8, 1, 2, 3, tzinfo=UTC), "http://www.kaifeng.gov.cn/", "sha256:" + 64 * "e")
    'captures/kaifeng/2025/03/08/20250308010203-fdf422ee780e0178-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.warc.gz'
    """
    at = captured_at.astimezone(UTC).replace(microsecond=0)
    return CaptureKey(_site(site), at, uri_hash(uri), digest_prefix(digest)).key


def parse_capture_key(key: str) -> CaptureKey:
    """Read a capture key. Raises RecordError for any other string.

    >>> parse_capture_key(capture_key("a", datetime(2025, 3, 8, tzinfo=UTC), "http://x/", "sha256:" + 64 * "e")).stem[:14]
    '20250308000000'
    """
    match = _CAPTURE.fullmatch(key)
    at = _parse_time14(match[5]) if match else None
    if match is None or at is None:
        message = (
            f"{key[:300]!r}: expected a capture key such as captures/<site>/<yyyy>/<mm>/<dd>/<yyyymmddhhmmss>-"
            f"<{URI_HASH_CHARS} hex digits>-<{DIGEST_CHARS} hex digits>.warc.gz"
        )
        raise RecordError(message)
    return CaptureKey(match[1], at, match[6], match[7])


def digest_prefix(digest: str) -> str:
    """Return the digits of a `sha256:` digest that stand in keys. Raises RecordError for another digest."""
    match = re.fullmatch(r"sha256:([0-9a-f]{64})", digest)
    if match is None:
        message = f"digest {digest!r}: expected sha256: and 64 lower-case hex digits"
        raise RecordError(message)
    return match[1][:DIGEST_CHARS]


def captures_prefix(site: str, year: int | None = None, month: int | None = None, day: int | None = None) -> str:
    """Return the prefix of a site's captures, of a year, a month or a UTC day.

    >>> captures_prefix("kaifeng"), captures_prefix("kaifeng", 2025, 3)
    ('captures/kaifeng/', 'captures/kaifeng/2025/03/')
    """
    parts = [f"{year:04}"] if year is not None else []
    parts += [f"{part:02}" for part in (month, day) if part is not None]
    return "/".join(["captures", _site(site), *parts, ""])


# ── what is made of captures ─────────────────────────────────────────────────────────────────────────────


def documents_prefix(pipeline: int, site: str) -> str:
    """Return the prefix of a site's documents at one pipeline version."""
    return f"documents/v{pipeline}/{_site(site)}/"


def outcomes_prefix(pipeline: int, site: str) -> str:
    """Return the prefix of a site's outcomes at one pipeline version."""
    return f"outcomes/v{pipeline}/{_site(site)}/"


def document_key(pipeline: int, capture: str) -> str:
    """Return the key of the document made of a capture, which is given by its key."""
    return documents_prefix(pipeline, parse_capture_key(capture).site) + _month_and_stem(capture)


def outcome_key(pipeline: int, capture: str) -> str:
    """Return the key of the outcome of a capture, which is given by its key."""
    return outcomes_prefix(pipeline, parse_capture_key(capture).site) + _month_and_stem(capture)


def claims_prefix(pipeline: int, fingerprint: str) -> str:
    """Return the prefix of all claims of one fingerprint."""
    if not re.fullmatch(r"[0-9a-f]{8,128}", fingerprint):
        message = f"fingerprint {fingerprint!r}: expected lower-case hex digits"
        raise RecordError(message)
    return f"fingerprints/v{pipeline}/{fingerprint[:2]}/{fingerprint}/"


def claim_key(pipeline: int, fingerprint: str, capture: str) -> str:
    """Return the key of a capture's claim on a fingerprint.

    Stem first, so that the least key is the earliest capture; then the site, which leads back to the capture.

    >>> claim_key(1, "ab" * 32, capture_key("a", datetime(2025, 3, 8, tzinfo=UTC), "http://x/", "sha256:" + 64 * "e"))[-56:]
    '37844e1d35c3b9ff-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.a.json'
    """
    parsed = parse_capture_key(capture)
    return f"{claims_prefix(pipeline, fingerprint)}{parsed.stem}.{parsed.site}.json"


def parse_claim_key(key: str) -> CaptureKey:
    """Return the capture that a claim is for. Raises RecordError for a key that is no claim."""
    match = _CLAIM.fullmatch(key)
    if match is None:
        message = f"{key[:300]!r}: expected a claim key such as fingerprints/v1/<2>/<fingerprint>/<stem>.<site>.json"
        raise RecordError(message)
    stem, site = match[1], match[2]
    return parse_capture_key(f"captures/{site}/{stem[:4]}/{stem[4:6]}/{stem[6:8]}/{stem}.warc.gz")


def report_key(report: RunReport) -> str:
    """Return the key of a run report, by the UTC day on which the run started."""
    return f"{reports_prefix(report.started_at.astimezone(UTC).date())}{_name(report.run_id, 'run id')}.json"


def reports_prefix(day: date | None = None) -> str:
    """Return the prefix of all reports, or of those that started on a UTC day."""
    return f"reports/{day.year:04}/{day.month:02}/{day.day:02}/" if day else "reports/"


# ── derived: may be deleted and rebuilt ──────────────────────────────────────────────────────────────────


def pack_key(site: str, day: date, part: int) -> str:
    """Return the key of a part of a day's pack; its index has the same key, ending in .cdxj."""
    return f"{packs_prefix(site)}{day.year:04}/{day.month:02}/{day.isoformat().replace('-', '')}-{part:03}.warc.gz"


def packs_prefix(site: str) -> str:
    """Return the prefix of a site's packs."""
    return f"packs/{_site(site)}/"


def index_key(site: str, year: int, month: int) -> str:
    """Return the key of the CDXJ index of a site's month of captures."""
    return f"{index_prefix(site)}{year:04}-{month:02}.cdxj"


def index_prefix(site: str) -> str:
    """Return the prefix of a site's CDXJ indexes."""
    return f"index/{_site(site)}/cdxj/"


def learned_key(site: str, name: str) -> str:
    """Return the key of something a job learned about a site."""
    return f"index/{_site(site)}/learned/{_name(name, 'name')}.json"


def coverage_key(site: str, month: str) -> str:
    """Return the key of what is known of a site's listings in a month, such as "2025-03"."""
    return f"{coverage_prefix(site)}{_name(month, 'month')}.json"


def coverage_prefix(site: str) -> str:
    """Return the prefix of a site's coverage."""
    return f"index/{_site(site)}/coverage/"


def files_key(site: str, month: str) -> str:
    """Return the key of the page pictures and PDFs that a site's issues of a month name."""
    return f"{files_prefix(site)}{_name(month, 'month')}.json"


def files_prefix(site: str) -> str:
    """Return the prefix of what is known of a site's page pictures and PDFs."""
    return f"index/{_site(site)}/files/"


def mark_key(site: str, hashed: str, mark: str) -> str:
    """Return the key of a mark on an address that is not settled; hashed: its uri_hash."""
    return f"{marks_prefix(site)}{hashed}.{mark}"


def marks_prefix(site: str) -> str:
    """Return the prefix of a site's marks."""
    return f"index/{_site(site)}/marks/"


def parse_mark_key(key: str) -> tuple[str, str]:
    """Return the address's hash and the mark. Raises RecordError for another key.

    >>> parse_mark_key(mark_key("kaifeng", "fdf422ee780e0178", "dead"))
    ('fdf422ee780e0178', 'dead')
    """
    match = _MARK.fullmatch(key)
    if match is None:
        message = f"{key[:300]!r}: expected a mark key such as index/<site>/marks/<uri hash>.<mark>"
        raise RecordError(message)
    return match[1], match[2]


# ── pieces ───────────────────────────────────────────────────────────────────────────────────────────────


def _month_and_stem(capture: str) -> str:
    parsed = parse_capture_key(capture)
    return f"{parsed.captured_at.year:04}/{parsed.captured_at.month:02}/{parsed.stem}.json"


def _time14(at: datetime) -> str:
    # Not strftime: %Y has no leading zeros on some platforms, and formatting is six times as fast.
    return f"{at.year:04}{at.month:02}{at.day:02}{at.hour:02}{at.minute:02}{at.second:02}"


def _parse_time14(text: str) -> datetime | None:
    year, month, day, clock = int(text[:4]), int(text[4:6]), int(text[6:8]), text[8:]
    try:
        return datetime(year, month, day, int(clock[:2]), int(clock[2:4]), int(clock[4:]), tzinfo=UTC)
    except ValueError:
        return None


def _site(site: str) -> str:
    if _SITE.fullmatch(site):
        return site
    message = f"site id {site!r}: expected a-z, 0-9 and '-', starting with a letter or digit, at most 63 characters"
    raise InputError(message)


def _name(name: str, what: str) -> str:
    if _NAME.fullmatch(name) and len(name) < MAX_SEGMENT_BYTES - 5:
        return name
    message = f"{what} {name!r}: expected 0-9 a-z . _ -, starting with a letter or digit"
    raise InputError(message)
