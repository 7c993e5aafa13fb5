#!/bin/sh
# Builds the relay for the platforms that engines run containers on and packs
# the binaries into runner/relay/embed, from where the runner embeds them. The
# same Go version gives the same bytes on every machine; go-version.txt records
# which one that was, and a test rebuilds and compares.
set -eu
cd "$(dirname "$0")/../.."
out=runner/relay/embed
mkdir -p "$out"
for arch in amd64 arm64; do
	CGO_ENABLED=0 GOOS=linux GOARCH=$arch GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT= GOFLAGS= \
		go build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o "$out/relay" ./runner/relay
	gzip -9nc "$out/relay" >"$out/relay-linux-$arch.gz"
done
rm "$out/relay"
go env GOVERSION >"$out/go-version.txt"
