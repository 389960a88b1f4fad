"""spiders — Fetching. Knows Scrapy; knows nothing of text repair or Prefect."""
