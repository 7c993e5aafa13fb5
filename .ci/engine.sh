#!/usr/bin/env bash
# Starts a container engine when none answers. It is left running: the next
# run finds its images. Arguments are passed to dockerd.
set -euo pipefail

answers() {
    timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

if answers; then
    exit 0
fi

log=$(mktemp -t dockerd-XXXXXX.log)
echo "starting dockerd, which writes to $log"
# In a session of its own and without our streams, so that neither the end of
# this script nor a reader of its output waits for it.
setsid dockerd "$@" </dev/null >"$log" 2>&1 &

deadline=$((SECONDS + 90))
until answers; do
    if ((SECONDS >= deadline)); then
        echo 'the engine does not answer; its last words:' >&2
        tail -n 30 "$log" >&2
        exit 1
    fi
    sleep 0.2
done
