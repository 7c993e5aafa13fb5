#!/usr/bin/env bash
# Installs the programs that the tests need and a bare Debian machine lacks.
set -euo pipefail

# Each line: a program, and the package that brings it.
readonly programs='
docker docker.io
dockerd docker.io
iptables iptables
debootstrap debootstrap
update-ca-certificates ca-certificates
tmux tmux
psql postgresql-client
gcc gcc
node nodejs
python3 python3
unzip unzip
zip zip
7z p7zip-full
minisign minisign
xmllint libxml2-utils
patch patch
'

packages=()
while read -r program package; do
    if [[ -n $program && " ${packages[*]} " != *" $package "* ]] && ! command -v "$program" >/dev/null; then
        packages+=("$package")
    fi
done <<<"$programs"
if ! busybox --list >/dev/null 2>&1 || ldd "$(command -v busybox)" >/dev/null 2>&1; then
    packages+=(busybox-static) # goes into images that hold no library
fi
if [[ ${packages[*]} == *gcc* ]]; then
    packages+=(libc6-dev) # what the race detector's runtime links with
fi

if ((${#packages[@]})); then
    echo "installing ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    options=(-o Acquire::Retries=3 -o DPkg::Lock::Timeout=120)
    if ! { apt-get "${options[@]}" update && apt-get "${options[@]}" install -y --no-install-recommends "${packages[@]}"; } >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        exit 1
    fi
fi

if ! command -v go >/dev/null; then
    echo 'go is not on the PATH: install the release that go.mod names, or a newer one' >&2
    exit 1
fi
