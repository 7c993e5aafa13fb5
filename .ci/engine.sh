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

# forget FILE PROGRAM removes a pid file that names no running PROGRAM: one that
# was killed leaves it behind, and its number may be another process's by now.
forget() {
    local file=$1 program=$2 pid
    [[ -f $file ]] || return 0
    pid=$(<"$file")
    if [[ $(readlink "/proc/$pid/exe" 2>/dev/null) != */"$program" ]]; then
        rm -f "$file"
    fi
}
forget /var/run/docker.pid dockerd
forget /var/run/docker/containerd/containerd.pid containerd

log=$(mktemp -t dockerd-XXXXXX.log)
echo "starting dockerd, which writes to $log"
# In a session of its own and without our streams, so that neither the end of
# this script nor a reader of its output waits for it.
setsid dockerd "$@" </dev/null >"$log" 2>&1 &
daemon=$!

deadline=$((SECONDS + 90))
until answers; do
    if ((SECONDS >= deadline)) || ! kill -0 "$daemon" 2>/dev/null; then
        echo 'the engine does not answer; its last words:' >&2
        tail -n 30 "$log" >&2
        exit 1
    fi
    sleep 0.2
done
