"""scrapy_settings.py — The Scrapy settings of every crawl: polite, closed to the outside, and with the archive in front.

Not the environment's settings (storage.settings): nothing here is meant to be changed from outside, except the
contact in the user agent.
"""

from typing import Any

from spiders.agent import user_agent
from spiders.archive import ArchiveMiddleware
from spiders.guard import GuardMiddleware, RobotsMiddleware, ScopeMiddleware
from spiders.site import Site
from spiders.wire import WireHandler


def crawl_settings(site: Site, contact: str) -> dict[str, Any]:
    """Return the Scrapy settings for one site."""
    return {
        "USER_AGENT": user_agent(contact),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.3",
            "Accept-Encoding": "gzip, deflate",  # what Python inflates without another library, now and in ten years
        },
        # politeness
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": site.delay_s,
        "CONCURRENT_REQUESTS_PER_DOMAIN": site.concurrency,
        # More than are on the way: answers being archived count too, and wait for the disk about as long as a page
        # takes to come; on a busy disk that is a fifth faster. Not much more, since a stop waits for what is queued.
        "CONCURRENT_REQUESTS": site.concurrency + max(2, site.concurrency),
        "AUTOTHROTTLE_ENABLED": site.delay_s > 0,
        "AUTOTHROTTLE_START_DELAY": site.delay_s,
        "AUTOTHROTTLE_MAX_DELAY": max(60.0, site.delay_s),
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(site.concurrency),
        "DOWNLOAD_TIMEOUT": 60,
        "DOWNLOAD_MAXSIZE": site.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "RETRY_TIMES": 2,
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # every failure is in the report; the log need not say it again
        "REDIRECT_MAX_TIMES": 6,
        # closed to the outside, and nobody told
        "TEST_SITE": site.test_site,
        "DOWNLOAD_HANDLERS": {
            "http": WireHandler,
            "https": WireHandler,
            "data": None,
            "file": None,
            "ftp": None,
            "s3": None,
        },
        "HTTPPROXY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES": {
            ScopeMiddleware: 50,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            RobotsMiddleware: 100,
            GuardMiddleware: 650,
            ArchiveMiddleware: 950,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # ScopeMiddleware
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.stats.DownloaderStats": None,  # WireHandler counts requests
        },
        # A callback gets bytes and yields requests; nothing else is wanted from Scrapy. Each response costs as many
        # tasks as CONCURRENT_ITEMS, whose default is 100, and each middleware some time: a fifth of the CPU in all.
        "CONCURRENT_ITEMS": 1,
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
            "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
        },
        "METAREFRESH_ENABLED": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # reads the callback's source again and again
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "%(asctime)s %(levelname)s %(name)s %(message)s",
        "STATS_DUMP": False,
        "LOGSTATS_INTERVAL": 60.0,
    }
