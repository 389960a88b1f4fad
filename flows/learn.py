"""learn.py — What a site's own pages teach: the lines that many of them share."""

import json
from collections.abc import Iterator
from itertools import islice

from flows.originals import iter_originals
from flows.process import ProcessError, derive, verdict_before_reading
from flows.run import Progress, Run, ignore
from flows.text.extract.shadow import learn_furniture
from spiders.site import load_sites
from storage.captures import read_capture
from storage.errors import ObjectNotFoundError, RecordError
from storage.keys import learned_key
from storage.objects import ObjectStore, open_store
from storage.records import RunReport

# More pages teach no more: furniture is on a third of them.
LEARN_FROM = 400


def learn_site(site: str, archive: str, *, sites: str = "", on_progress: Progress = ignore) -> RunReport:
    """Learn which lines many pages of a site share, so that later processing leaves them out, and store them.

    Reads the newest LEARN_FROM article captures. Documents made before keep their text until `reprocess`.
    """
    store = open_store(archive)
    run = Run("learn", site)
    definition = load_sites(sites).get(site)
    pages: list[list[str]] = []
    for key in islice(_newest(store, site), LEARN_FROM):
        on_progress(1)
        try:
            capture = read_capture(store, key)
            if capture.kind == "revisit" or verdict_before_reading(capture):
                continue
            article = derive(capture, definition).article
        except (RecordError, ProcessError) as error:
            run.fail(key, "learn", error)
            continue
        run.counters["processed"] += 1
        if article.verdict == "article":
            pages.append([*article.text.split("\n"), *(dropped.line for dropped in article.dropped)])
    furniture = learn_furniture(pages)
    store.put(learned_key(site, "furniture"), json.dumps(sorted(furniture), ensure_ascii=False).encode() + b"\n")
    run.counters["learned"] = len(furniture)
    return run.report(store)


def _newest(store: ObjectStore, site: str) -> Iterator[str]:
    return iter(sorted(iter_originals(store, site, None, None), reverse=True))


def read_furniture(store: ObjectStore, site: str) -> frozenset[str]:
    """Return the learned furniture of a site: shadow lines that many of its pages share; empty when none is learned."""
    try:
        return frozenset(json.loads(store.get(learned_key(site, "furniture"))))
    except ObjectNotFoundError:
        return frozenset()
