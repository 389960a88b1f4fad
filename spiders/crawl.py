"""crawl.py — The child process of one crawl: `python -m spiders.crawl SITE …`.

Logs go to standard error; the last line of standard output is the RunReport, and the exit status is 1 when it says
failed. The report is made here and not by Scrapy, which ends with 0 whatever happened. The child stops cleanly
when its standard input reaches its end, which also happens when its parent dies, and on SIGTERM.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any, cast

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from twisted.python.failure import Failure as TwistedFailure

from spiders import memory
from spiders.archive import Archive
from spiders.coverage import Coverage
from spiders.families import load_family
from spiders.ledger import Ledger
from spiders.marks import Marks
from spiders.page_files import PageFiles
from spiders.plan import Plan, Verb
from spiders.scrapy_settings import crawl_settings
from spiders.site import Site, load_site
from spiders.spider import SiteSpider
from spiders.tally import Tally
from spiders.wire import REQUESTS
from storage.captures import load_history
from storage.documents import report_to_json
from storage.errors import FangzhiError, SiteError
from storage.objects import ObjectStore, open_store
from storage.records import RunReport
from storage.settings import Settings

logger = logging.getLogger(__name__)

# The parent kills a child that has not closed 20 s after its standard input did.
CLOSE_WITHIN_S = 8.0
SAVE_EVERY_S = 15.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawl one site as the arguments say, print its report, and return the exit status."""
    options = _parser().parse_args(arguments)
    report = crawl(**vars(options))
    with suppress(BrokenPipeError):  # the parent is gone: what was captured is stored all the same
        sys.stdout.write(report_to_json(report).decode().strip() + "\n")
        sys.stdout.flush()
    return 1 if report.failed else 0


def crawl(
    site: str,
    *,
    archive: str,
    run_id: str,
    verb: Verb,
    since: date | None = None,
    until: date | None = None,
    sites: str = "",
) -> RunReport:
    """Crawl one site in this process, which can do so once, and return what happened; raises nothing it can report."""
    started_at, tally = datetime.now(UTC), Tally()
    try:
        finish = _Crawl(load_site(site, sites), open_store(archive), tally).run(verb, since, until)
    except SiteError as error:
        tally.fail(site, "site", error)
        finish = "failed"
    except FangzhiError as error:
        tally.fail(archive, "store", error)
        finish = "store"
    return tally.report(
        run_id=run_id,
        verb=verb,
        site=site,
        started_at=started_at,
        ended_at=datetime.now(UTC),
        finish=finish,
        code_version=version("fangzhi"),
    )


class _Crawl:
    """One crawl: loads what is known of the site, runs Scrapy, and writes what was learned."""

    def __init__(self, site: Site, store: ObjectStore, tally: Tally) -> None:
        self.site, self.store, self.tally = site, store, tally
        self.coverage = Coverage(store, site.id)
        self.files = PageFiles(store, site.id)
        self.spider: SiteSpider | None = None
        self.closed = ""

    def run(self, verb: Verb, since: date | None, until: date | None) -> str:
        """Crawl, and return how it finished."""
        store, site = self.store, self.site
        plan = Plan(verb, site, datetime.now(UTC), since, until, memory.read_complete(store, site.id))
        archive = Archive(store, site, load_history(store, site.id), Marks(store, site.id), self.tally)
        if not memory.is_marked(store, site.id):
            if len(archive.history):
                logger.info("marking again site=%s captures=%s", site.id, len(archive.history))
                archive.mark_again()
            memory.write_marked(store, site.id)
        self.ledger = Ledger(plan, archive, self.coverage, self.tally)
        self.aside = memory.read_aside(store, site.id)
        parts = {"plan": plan, "archive": archive, "ledger": self.ledger, "tally": self.tally, "aside": self.aside}
        parts["files"] = self.files
        process = AsyncCrawlerProcess(crawl_settings(site, Settings().user_agent_contact))
        # The handler drops DEBUG records; not making them saves a few for each page.
        logging.getLogger("scrapy").setLevel(logging.INFO)
        crawler = process.create_crawler(SiteSpider)
        for handler, event in (
            (self._opened, signals.spider_opened),
            (self._closed, signals.spider_closed),
            (self._broken, signals.spider_error),
        ):
            crawler.signals.connect(handler, event)
        process.crawl(crawler, family=load_family(site.family), **parts)
        process.start(install_signal_handlers=False)
        return self._finish(crawler)

    # ── signals of Scrapy ────────────────────────────────────────────────────────────────────────────────

    def _opened(self, spider: SiteSpider) -> None:
        self.spider = spider
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        threading.Thread(target=_wait_for_end_of_input, args=(loop, self._stop), daemon=True).start()
        self._saving = asyncio.ensure_future(self._save_now_and_then())

    async def _closed(self, reason: str) -> None:
        self._saving.cancel()
        self.closed = reason
        await self._save()

    def _broken(self, failure: TwistedFailure, response: Any) -> None:
        uri = response.url if response is not None else self.site.id
        self.tally.fail(uri, "read", f"{type(failure.value).__name__}: {failure.value}")

    def _stop(self) -> None:
        if self.spider is None or self.closed:
            return
        self.spider.end("stopped")
        asyncio.get_running_loop().call_later(CLOSE_WITHIN_S, _leave_now)

    # ── what was learned ─────────────────────────────────────────────────────────────────────────────────

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            await self._save()

    async def _save(self) -> None:
        for key, data in (*self.coverage.changed(), *self.files.changed()):
            try:
                await asyncio.to_thread(self.store.put, key, data)
            except FangzhiError as error:
                self.tally.fail(key, "store", error)

    def _finish(self, crawler: Crawler) -> str:
        spider, tally = self.spider, self.tally
        counts = crawler.stats.get_stats() if crawler.stats else {}
        tally.counters["requests"] = counts.get(REQUESTS, 0)
        if spider is None:
            tally.fail(self.site.id, "crawl", "the crawl could not begin; the log says why")
            return "crashed"
        finish = spider.finish or self.closed or "crashed"
        if finish == "finished" and not tally.counters["failed"]:
            if self.ledger.walks:
                tally.fail(self.site.id, "crawl", f"{len(self.ledger.walks)} listings were left unread by an error")
            elif counts.get("log_count/ERROR"):
                tally.fail(self.site.id, "crawl", f"{counts['log_count/ERROR']} errors in the log")
        try:
            self._remember(spider)
        except FangzhiError as error:
            tally.fail(self.site.id, "store", error)
        return finish

    def _remember(self, spider: SiteSpider) -> None:
        finished = not spider.finish
        if finished:
            self.ledger.close_days()
        for key, data in (*self.coverage.changed(), *self.files.changed()):
            self.store.put(key, data)
        if spider.aside != self.aside:
            memory.write_aside(self.store, self.site.id, spider.aside)
        completed = self.ledger.completed() if finished or not spider.plan.daily else {}
        if completed:
            memory.write_complete(self.store, self.site.id, {**spider.plan.complete, **completed})


def _leave_now() -> None:
    """Leave slow downloads behind: the archive is whole without them, and a child that is killed has no report."""
    from twisted.internet import reactor  # noqa: PLC0415 — importing it earlier would install the wrong one

    # Not stop(): before that, Scrapy waits for the very downloads that hang.
    cast(Any, reactor).crash()


def _wait_for_end_of_input(loop: asyncio.AbstractEventLoop, stop: Any) -> None:
    with suppress(OSError):  # no standard input at all is the same as its end
        while os.read(0, 4096):
            pass
    with suppress(RuntimeError):  # the loop is closed: the crawl is over
        loop.call_soon_threadsafe(stop)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spiders.crawl", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("site", help="id of the site")
    parser.add_argument("--archive", required=True, help="directory or s3://bucket/prefix")
    parser.add_argument("--run-id", required=True)
    parser.add_argument("--verb", required=True, choices=("collect", "backfill"))
    parser.add_argument("--from", dest="since", type=date.fromisoformat, help="first day of a backfill, in China")
    parser.add_argument("--to", dest="until", type=date.fromisoformat, help="last day of a backfill, in China")
    parser.add_argument("--sites", default="", help="directories of site files, beside those of the package")
    return parser


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # a put that hangs in a thread must not keep a finished child alive
