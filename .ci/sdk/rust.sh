#!/usr/bin/env bash
# Lints and tests the SDK for Rust, documents and packs its crate, and runs the sample
# from the packed crate in an empty project against the local Controller.
#
#   .ci/sdk/rust.sh
#
# What it builds is kept in the folder that .ci/languages.sh builds Rust plugins in.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly least=90 # per cent of the lines

for tool in cargo cargo-clippy rustfmt go; do # Go builds the local Controller
    if ! command -v "$tool" >/dev/null; then
        echo "sdk/rust: skipped, $tool is missing"
        [[ -z ${CI:-} ]]
        exit
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND... shows what a command says only when it fails.
quietly() {
    if ! "$@" >"$work/log" 2>&1; then
        cat "$work/log" >&2
        return 1
    fi
}

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/netstacks-plugin-ci/target}
binary=${NETSTACKS_PLUGIN:-$work/netstacks-plugin}
if [[ -z ${NETSTACKS_PLUGIN:-} ]]; then
    go build -o "$binary" .
fi
alone=("$work/live" -alone "$binary") # runs a command while a Controller answers
go build -o "$work/live" ./controller/live

cd sdk/rust
quietly cargo fmt --check
quietly cargo clippy --locked --all-features --all-targets -- -D warnings
quietly cargo clippy --locked -- -D warnings # as plugins get it, without its features
RUSTDOCFLAGS='-D warnings' quietly cargo doc --locked --all-features --no-deps

# The tools that read what rustc's own coverage writes belong to the toolchain.
tools=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin
if [[ ! -x $tools/llvm-cov ]]; then
    quietly rustup component add llvm-tools
fi
# Only this crate is measured, so that its dependencies are built once for all.
printf '#!/bin/sh\nexec "$@" -C instrument-coverage\n' >"$work/measured"
chmod +x "$work/measured"
measured=(env RUSTC_WORKSPACE_WRAPPER="$work/measured" LLVM_PROFILE_FILE="$work/%8m.profraw"
    cargo test --locked --all-features)
quietly "${measured[@]}" --lib --tests --no-run
mapfile -t programs < <(sed -n 's/^ *Executable .*(\(.*\))$/\1/p' "$work/log")
quietly "${alone[@]}" "${measured[@]}" --lib --tests
grep -E '^test result' "$work/log"
# against NAME COMMAND... runs the vectors that the local Controller answers: with the
# package, and with the template's file.
against() {
    local name=$1
    shift
    quietly "$@" "${measured[@]}" --test vectors -- 'against the Controller'
    echo "sdk/rust: vectors against the $name Controller: $(grep -E '^test result' "$work/log")"
}
against stand-alone "${alone[@]}"
against in-process "$work/live"
quietly cargo test --locked --all-features --doc
grep -E '^test result' "$work/log"

"$tools/llvm-profdata" merge --sparse --output "$work/profile" "$work"/*.profraw
"$tools/llvm-cov" report --instr-profile "$work/profile" "${programs[@]/#/--object=}" --sources src >"$work/report"
covered=$(awk '/^TOTAL/ {sub("%", "", $10); print $10}' "$work/report")
echo "sdk/rust: $covered % of the lines are covered"
if ! awk -v covered="$covered" -v least="$least" 'BEGIN {exit covered < least}'; then
    cat "$work/report" >&2
    exit 1
fi

# What a plugin gets: the packed crate, here in the place of the published one.
quietly cargo package --locked --allow-dirty --no-verify
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
tar -xzf "$CARGO_TARGET_DIR/package/netstacks-sdk-$version.crate" -C "$work"
cp -r sample "$work/sample"
cp Cargo.lock "$work/sample/" # the dependencies that were built above
cd "$work/sample"
printf '\n[patch.crates-io]\nnetstacks-sdk = { path = "../netstacks-sdk-%s" }\n' "$version" >>Cargo.toml
quietly cargo build

"${alone[@]}" "$CARGO_TARGET_DIR/debug/sample" >said
for words in 'Explain VLANs' 'firewall'; do
    if ! grep -qi "$words" said; then
        echo "sdk/rust: the sample does not say $words:" >&2
        cat said >&2
        exit 1
    fi
done
echo "sdk/rust: the sample runs from the packed crate"
