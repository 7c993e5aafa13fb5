#!/usr/bin/env bash
# Asks the stand-alone local Controller whatever the contract of the internal API
# allows and much that it forbids, with schemathesis, a property-based tester: no
# answer may be a 5xx or one that the contract does not document. About a minute.
#
#   .ci/contract.sh [EXAMPLES]     for each operation; 30 when not given
set -euo pipefail
cd "$(dirname "$0")/.."

readonly version=4.32.5 # of schemathesis
cache=${XDG_CACHE_HOME:-$HOME/.cache}/netstacks-plugin-ci
work=$(mktemp -d)
controller=
trap '[[ -z $controller ]] || kill "$controller" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$cache"

for tool in go python3; do
    if ! command -v "$tool" >/dev/null; then
        echo "contract: $tool is missing; install its toolchain first" >&2
        exit 3
    fi
done
venv=$cache/schemathesis-$version
if [[ ! -x $venv/bin/schemathesis ]]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi

go build -o "$work/netstacks-plugin" .
capabilities=()
for capability in $(sed -n 's/^ *x-capability: //p' sdk/contract/openapi.yaml | sort -u); do
    capabilities+=(--capability "$capability")
done
"$work/netstacks-plugin" controller --listen 127.0.0.1:0 "${capabilities[@]}" >"$work/environment" 2>"$work/log" &
controller=$!
for _ in $(seq 100); do
    if grep -q ADMIN_JWT "$work/environment"; then
        break
    fi
    sleep 0.1
done
# shellcheck disable=SC1091 # the exports that the Controller prints
source "$work/environment"
if [[ -z ${CONTROLLER_API_URL:-} ]]; then
    cat "$work/log" >&2
    echo 'contract: the Controller did not start' >&2
    exit 1
fi

# All checks but one: that a string is XML, or a path not the whole device, is
# nothing that the schemas can say, so a request may pass them and be refused.
cd "$work"
if ! "$venv/bin/schemathesis" run "$OLDPWD/sdk/contract/openapi.yaml" --url "$CONTROLLER_API_URL" --tls-verify "$NETSTACKS_CA_CERT" \
    --header "Authorization: Bearer $NETSTACKS_SERVICE_TOKEN" --checks all --exclude-checks positive_data_acceptance \
    --phases examples,coverage,fuzzing --max-examples "${1:-30}" --continue-on-failure --no-color >report 2>&1; then
    cut -c1-2000 report | tail -n 150 >&2
    exit 1
fi
grep -E 'Tested:|generated' report
