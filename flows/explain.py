"""explain.py — The provenance of one page, gathered from the archive: bytes, choices, steps, text.

Finds what is stored under a URL or key, derives the text again from the bytes, and checks that the stored steps
lead from it to the stored text. Shows nothing: show.py draws it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.process import PIPELINE_VERSION, derive
from flows.text.provenance import ReplayError, replay
from spiders.site import Sites
from storage.captures import load_history, read_capture
from storage.documents import original_of, read_document, read_outcome
from storage.errors import InputError, ObjectNotFoundError
from storage.keys import document_key, outcome_key, parse_capture_key
from storage.objects import ObjectStore
from storage.records import Capture, Document, Outcome, Step


@dataclass(frozen=True, slots=True)
class Passage:
    """One step with the text it was applied to."""

    step: Step
    before: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything known of one page.

    captures: keys of all captures of its URI, oldest first. capture: the one explained. result: its document or
    outcome; None when it was not processed yet. extracted: the text as derived from the bytes now. passages: the
    steps of the text in order, each with the text before it. proven: the steps lead from `extracted` to the stored
    text. duplicate_of: key of the earliest capture with the same fingerprint, or "" when this is it.
    """

    captures: tuple[str, ...]
    key: str
    capture: Capture
    result: Document | Outcome | None
    extracted: str = ""
    passages: tuple[Passage, ...] = ()
    proven: bool = False
    duplicate_of: str = ""


def explain(store: ObjectStore, target: str, sites: Sites) -> Explanation:
    """Explain a page by its URL (newest capture with a document first) or by the key of a capture or document.

    Raises InputError when nothing is stored under the target.
    """
    captures = tuple(_captures_of(store, target, sites))
    if not captures:
        message = f"{target}: expected the URL or key of a stored capture, found none; `fangzhi collect` or `fangzhi import` it first"
        raise InputError(message)
    results = {key: result for key in reversed(captures) if (result := _result_of(store, key)) is not None}
    key = next((k for k, result in results.items() if isinstance(result, Document)), next(iter(results), captures[-1]))
    capture = read_capture(store, key)
    result = results.get(key)
    if not isinstance(result, Document):
        return Explanation(captures, key, capture, result)
    extracted = derive(capture, sites.get(capture.site)).extracted
    steps = [step for step in result.steps if step.field == "text"]
    passages, proven = _passages(extracted, steps, result.text)
    original = original_of(store, PIPELINE_VERSION, result.fingerprint) if result.fingerprint else None
    return Explanation(
        captures, key, capture, result, extracted, passages, proven, original if original and original != key else ""
    )


def _passages(extracted: str, steps: list[Step], stored: str) -> tuple[tuple[Passage, ...], bool]:
    passages: list[Passage] = []
    text = extracted
    for step in steps:
        passages.append(Passage(step, text))
        try:
            text = replay(text, [step])
        except ReplayError:
            return tuple(passages), False
    return tuple(passages), text == stored


def _result_of(store: ObjectStore, key: str) -> Document | Outcome | None:
    try:
        return read_document(store, document_key(PIPELINE_VERSION, key))
    except ObjectNotFoundError:
        pass
    try:
        return read_outcome(store, outcome_key(PIPELINE_VERSION, key))
    except ObjectNotFoundError:
        return None


def _captures_of(store: ObjectStore, target: str, sites: Sites) -> Iterator[str]:
    if target.startswith("captures/"):
        parse_capture_key(target)
        yield target
        return
    if target.startswith(("documents/", "outcomes/")):
        stem = target.rsplit("/", 1)[1].removesuffix(".json")
        site = target.split("/")[2]
        yield from (key for key in store.list(f"captures/{site}/") if parse_capture_key(key).stem == stem)
        return
    for site in _sites_of(store, target, sites):
        found = [key.key for key in load_history(store, site).captures_of(target)]
        if found:
            yield from found
            return


def _sites_of(store: ObjectStore, uri: str, sites: Sites) -> Iterator[str]:
    """Yield the sites that may hold a URI: those whose hosts match first, then all that have captures."""
    host = urlsplit(uri).hostname or ""
    likely = [site.id for site in sites if host in site.hosts]
    yield from likely
    seen = set(likely)
    for key in store.list("captures/"):
        site = key.split("/")[1]
        if site not in seen:
            seen.add(site)
            yield site
