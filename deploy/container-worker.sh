#!/bin/sh
# container-worker.sh — Runs a Prefect worker in a container and stops it together with everything it started.
#
# Prefect gives flow runs sessions of their own, and a worker told to end leaves them: with the container they would
# be killed, and their runs stay "Running". Told at once, they report themselves crashed and their spiders close.
set -u
: "${FANGZHI_CONTAINER:?only in a container: on TERM this signals every process it can see}"

stop() {
    trap '' TERM
    kill -TERM -1
    wait "$worker"
    # Flows and spiders may end after the worker, and would be killed with the container.
    tries=40
    while [ "$tries" -gt 0 ] && kill -0 -1 2>/dev/null; do
        sleep 0.5
        tries=$((tries - 1))
    done
    exit 0
}
trap stop TERM INT
prefect worker start --pool fangzhi --type process --with-healthcheck "$@" &
worker=$!
wait "$worker"
