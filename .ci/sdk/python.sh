#!/usr/bin/env bash
# Lints, tests and builds the SDK for Python, by itself and against the local
# Controller, and runs the platform's code sample from the built packages in empty
# environments. Packages come through pip, as it is configured.
#
#   .ci/sdk/python.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "sdk/python: skipped, Python 3.11 or newer is missing"
    [[ -z ${CI:-} ]]
    exit
fi
if ! command -v go >/dev/null; then
    echo "sdk/python: skipped, go is missing, which builds the local Controller"
    [[ -z ${CI:-} ]]
    exit
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/netstacks-plugin-ci
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND... shows what a command says only when it fails.
quietly() {
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 60 "$work/log" >&2
        printf 'sdk/python: this failed: %s\n' "$*" >&2
        exit 1
    fi
}

binary=${NETSTACKS_PLUGIN:-$work/netstacks-plugin}
if [[ -z ${NETSTACKS_PLUGIN:-} ]]; then
    go build -o "$binary" .
fi
live=$work/live
go build -o "$live" ./controller/live
mkdir -p "$cache"
cd sdk/python

venv=$cache/sdk-python
if ! "$venv/bin/python" -c '' 2>/dev/null; then
    quietly python3 -m venv --clear "$venv"
fi
bin=$venv/bin
quietly "$bin/pip" install --disable-pip-version-check -r requirements-dev.txt -e .

quietly "$bin/ruff" check .
quietly "$bin/ruff" format --check .
quietly "$bin/mypy"
export COVERAGE_FILE=$work/coverage
quietly "$bin/coverage" run -m pytest -q -rs -k 'not test_controller'
tail -n 1 "$work/log" | sed 's/^/sdk\/python: /'
quietly "$bin/coverage" report
tail -n 1 "$work/log" | awk '{print "sdk/python: " $NF " covered"}'
# against NAME [FLAG...] runs the vectors that the local Controller answers: with both
# clients, and with the template's file.
against() {
    local name=$1
    shift
    quietly "$live" "$@" "$bin/python" -m pytest -q -rs -k test_controller
    tail -n 1 "$work/log" | sed "s/^/sdk\/python: vectors against the $name Controller: /"
}
against stand-alone -alone "$binary"
against in-process
quietly "$bin/python" -W error -m pdoc --docformat google -o "$work/site" netstacks_sdk netstacks_sdk.testing

# What a plugin gets: the wheel, and the sdist, each in an environment of its own.
quietly "$bin/python" -m build --no-isolation --outdir "$work/dist" .
sample=$PWD/examples/platform_sample.py
cd "$work"
for package in dist/*.whl dist/*.tar.gz; do
    quietly python3 -m venv --clear empty
    quietly empty/bin/pip install --disable-pip-version-check "$package"
    quietly empty/bin/pip check
    if ! "$live" -alone "$binary" empty/bin/python -W error "$sample" >said; then
        echo "sdk/python: the sample failed from $package" >&2
        exit 1
    fi
    for words in '(switch)' 'netops example-password'; do
        if ! grep -qF "$words" said; then
            echo "sdk/python: the sample from $package does not say $words:" >&2
            cat said >&2
            exit 1
        fi
    done
    echo "sdk/python: the sample runs from ${package#dist/}"
done
