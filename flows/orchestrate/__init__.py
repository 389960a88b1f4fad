"""The verbs as Prefect flows; the only package that imports Prefect. Wraps the job functions and adds no logic of its own.

A flow is one task per site (or shard), a failing site stops no other, and the run ends failed when any site failed,
after all ran. Parameters and results are JSON-simple; no payload passes through Prefect. Deployments name the flows
`flows.orchestrate.collect` and so on (deploy/prefect.yaml).

    api_settings.py what must stand in the environment before Prefect is imported
    verbs.py       the flows and their parameters
    tasks.py       a job as a task: in a thread, retried when that may help, stopped when the run is cancelled
    slots.py       one fetch per site at a time, and a limit for all of them
    ending.py      what a run leaves behind: artifacts, events, a true state
    recovery.py    puts right what a crash left behind: silent runs, slots, late runs
    automations.py what the server does by itself: messages, the end of silent runs
    local.py       runs a flow for the console script, here or on Dask
"""

import logging

from flows.orchestrate.api_settings import ENVIRONMENT  # before all that imports Prefect
from flows.orchestrate.ending import parse
from flows.orchestrate.local import run, run_on_dask
from flows.orchestrate.parameters import Days
from flows.orchestrate.verbs import FLOWS, backfill, collect, index, pack, process, reprocess, verify

__all__ = [
    "ENVIRONMENT",
    "FLOWS",
    "Days",
    "backfill",
    "collect",
    "index",
    "pack",
    "parse",
    "process",
    "reprocess",
    "run",
    "run_on_dask",
    "verify",
]

# Prefect hands its extra loggers a handler but no level: without one only warnings reach a run's log.
for _name in ("flows", "spiders", "storage"):
    logging.getLogger(_name).setLevel(logging.INFO)
