#!/usr/bin/env bash
# Lints, tests and builds the SDK for Python, and runs the platform's code sample
# from the built packages in empty environments against the local Controller.
# Packages come through pip, as it is configured.
#
#   .ci/sdk/python.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "sdk/python: skipped, Python 3.11 or newer is missing"
    [[ -z ${CI:-} ]]
    exit
fi
if [[ -z ${NETSTACKS_PLUGIN:-} ]] && ! command -v go >/dev/null; then
    echo "sdk/python: skipped, go is missing, which builds the local Controller"
    [[ -z ${CI:-} ]]
    exit
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/netstacks-plugin-ci
work=$(mktemp -d)
controller=
finish() {
    if [[ -n $controller ]]; then
        kill -INT "$controller" 2>/dev/null || true
        wait "$controller" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

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
NETSTACKS_PLUGIN=$binary quietly "$bin/coverage" run -m pytest -q -rs
tail -n 1 "$work/log" | sed 's/^/sdk\/python: /'
quietly "$bin/coverage" report
tail -n 1 "$work/log" | awk '{print "sdk/python: " $NF " covered"}'
quietly "$bin/python" -W error -m pdoc --docformat google -o "$work/site" netstacks_sdk netstacks_sdk.testing

# What a plugin gets: the wheel, and the sdist, each in an environment of its own.
quietly "$bin/python" -m build --no-isolation --outdir "$work/dist" .
sample=$PWD/examples/platform_sample.py
cd "$work"
"$binary" controller --listen 127.0.0.1:0 --capability read_devices --capability read_credentials --capability invoke_llm \
    --capability search_knowledge >environment 2>controller.log &
controller=$!
for ((i = 0; i < 100; i++)); do
    grep -q NETSTACKS_CA_CERT environment && break
    sleep 0.1
done
for package in dist/*.whl dist/*.tar.gz; do
    quietly python3 -m venv --clear empty
    quietly empty/bin/pip install --disable-pip-version-check "$package"
    quietly empty/bin/pip check
    # shellcheck disable=SC1091
    if ! (source ./environment && empty/bin/python -W error "$sample" >said); then
        cat controller.log >&2
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
