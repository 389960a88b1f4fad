"""Prefect's settings for our runs, put into the environment before anything imports Prefect, which reads them then."""

import os

ENVIRONMENT = {
    # Nothing may be looked up on the internet.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # A first start on a loaded machine takes longer than the 20 s that Prefect allows.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,spiders,storage",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # With a sign of life each 180 s, the default, a run cannot be told from a dead one in time.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    # The waits double from 2 s: a server that is away for some minutes costs a run those minutes and not its end.
    "PREFECT_CLIENT_MAX_RETRIES": "7",
}
"""Prefect's settings for our runs. Prefect reads them when it is imported, so deployed runs get them from prefect.yaml."""

for _name, _value in ENVIRONMENT.items():
    os.environ.setdefault(_name, _value)
