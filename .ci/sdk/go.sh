#!/usr/bin/env bash
# Lints and tests the SDK for Go, by itself and against the local Controller, packs
# its module, and runs the sample from the packed module in an empty project.
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
trap 'rm -rf "$work"' EXIT

binary=${NETSTACKS_PLUGIN:-$work/netstacks-plugin}
if [[ -z ${NETSTACKS_PLUGIN:-} ]]; then
    go build -o "$binary" .
fi
live=$work/live
go build -o "$live" ./controller/live

cd sdk/go
unformatted=$(gofmt -l .)
if [[ -n $unformatted ]]; then
    echo "sdk/go: gofmt would change $unformatted" >&2
    exit 1
fi
go mod tidy -diff
go vet ./...
GOFLAGS='' go run "$staticcheck" -checks all ./...

go test -race -parallel 16 -skip '^TestController' -coverpkg=".,./netstackstest" -coverprofile="$work/cover" ./...
covered=$(go tool cover -func "$work/cover" | awk '/^total:/ {sub("%", "", $3); print $3}')
echo "sdk/go: $covered % of the statements are covered"
awk -v covered="$covered" -v least="$least" 'BEGIN {exit covered < least}'

# against NAME [FLAG...] runs the vectors that the local Controller answers.
against() {
    local name=$1 log=$work/log
    shift
    if ! "$live" "$@" go test -count=1 -v -run '^TestController' . ./internal/bundled >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    echo "sdk/go: $(grep -c '^ *--- PASS: TestController/' "$log") vectors passed against the $name Controller," \
        "$(sed -n 's/.*: \([0-9]*\) vectors passed.*/\1/p' "$log") with the template's file"
}
against stand-alone -alone "$binary"
against in-process

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

"$live" -alone "$binary" ./sample >said
for words in 'core-router-1' 'netops example-password' 'switch'; do
    if ! grep -q "$words" said; then
        echo "sdk/go: the sample does not say $words:" >&2
        cat said >&2
        exit 1
    fi
done
echo "sdk/go: the sample runs from the packed module"
