#!/usr/bin/env bash
# Lints and tests the SDK for Go, packs its module, and runs the sample from the
# packed module in an empty project against the local Controller.
#
#   .ci/sdk/go.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
readonly module=github.com/netstacks/netstacks-plugin/sdk/go
readonly least=90 # per cent of the lines

if ! command -v go >/dev/null; then
    echo "sdk/go: skipped, go is missing"
    [[ -z ${CI:-} ]]
    exit
fi
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

binary=${NETSTACKS_PLUGIN:-$work/netstacks-plugin}
if [[ -z ${NETSTACKS_PLUGIN:-} ]]; then
    go build -o "$binary" .
fi

cd sdk/go
unformatted=$(gofmt -l .)
if [[ -n $unformatted ]]; then
    echo "sdk/go: gofmt would change $unformatted" >&2
    exit 1
fi
go mod tidy -diff
go vet ./...
GOFLAGS='' go run "$staticcheck" -checks all ./...

NETSTACKS_PLUGIN=$binary go test -race -parallel 16 -coverpkg=".,./netstackstest" -coverprofile="$work/cover" ./...
covered=$(go tool cover -func "$work/cover" | awk '/^total:/ {sub("%", "", $3); print $3}')
echo "sdk/go: $covered % of the statements are covered"
awk -v covered="$covered" -v least="$least" 'BEGIN {exit covered < least}'

for package in . ./netstackstest; do
    go doc -all "$package" >/dev/null
done

# What a plugin gets: the module alone, from a proxy, into an empty project.
go run ./internal/release "$work/proxy"
mkdir "$work/sample"
cp examples/sample/main.go "$work/sample/"
cd "$work/sample"
export GOPROXY="file://$work/proxy" GONOSUMDB="$module" GOMODCACHE="$work/modules" GOFLAGS=-modcacherw GOWORK=off
if ! { go mod init example.com/sample && go get "$module"; } 2>"$work/log"; then
    cat "$work/log" >&2
    exit 1
fi
go vet .
go build -o sample .

"$binary" controller --listen 127.0.0.1:0 --capability read_devices --capability read_credentials --capability invoke_llm \
    --capability search_knowledge >environment 2>/dev/null &
controller=$!
for ((i = 0; i < 100; i++)); do
    grep -q NETSTACKS_CA_CERT environment && break
    sleep 0.1
done
# shellcheck disable=SC1091
source ./environment
./sample >said
for words in 'core-router-1' 'netops example-password' 'switch'; do
    if ! grep -q "$words" said; then
        echo "sdk/go: the sample does not say $words:" >&2
        cat said >&2
        exit 1
    fi
done
echo "sdk/go: the sample runs from the packed module"
