#!/usr/bin/env bash
# Proves sdk/typescript: linters, tests with coverage against the vectors and the
# local Controller, the package, and the documentation's sample run from it in an
# empty project, as ESM and CommonJS. Without Node.js it skips, but fails with CI set.
#
#   .ci/sdk/typescript.sh              with Node.js of this machine
#   NETSTACKS_NODES="18 22" ...        and the tests with other versions, from npm
#   NETSTACKS_PLUGIN=FILE ...          with this program instead of building it
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD

for tool in node npm go; do
    if ! command -v "$tool" >/dev/null; then
        echo "sdk/typescript: $tool is missing; skipped" >&2
        [[ -z ${CI:-} ]] || exit 3
        exit 0
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND... shows what a command says only when it fails.
quietly() {
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 60 "$work/log" >&2
        printf 'sdk/typescript: in %s this failed: %s\n' "$PWD" "$*" >&2
        exit 1
    fi
}

if [[ -z ${NETSTACKS_PLUGIN:-} ]]; then
    go build -o "$work/netstacks-plugin" .
    NETSTACKS_PLUGIN=$work/netstacks-plugin
fi
alone=("$work/live" -alone "$NETSTACKS_PLUGIN") # runs a command while a Controller answers
go build -o "$work/live" ./controller/live
cd sdk/typescript
quietly npm ci --no-audit --no-fund
quietly npm run build
quietly npm run lint
quietly npm run docs
quietly "${alone[@]}" npm run coverage
grep -E '^(# |ℹ )(pass|fail|skipped)|^Lines' "$work/log" | tr '\n' ' ' && echo
# against NAME COMMAND... runs the vectors that the local Controller answers: with the
# package, and with the template's file.
against() {
    local name=$1
    shift
    quietly "$@" node --test build/test/*.controller.test.js
    echo "vectors against the $name Controller: $(grep -E '^(# |ℹ )(pass|fail|skipped)' "$work/log" | tr '\n' ' ')"
}
against stand-alone "${alone[@]}"
against in-process "$work/live"
for version in ${NETSTACKS_NODES:-}; do
    mkdir "$work/node$version"
    echo '{"private": true}' >"$work/node$version/package.json"
    quietly npm install --prefix "$work/node$version" --no-audit --no-fund "node@$version"
    quietly "${alone[@]}" "$work/node$version/node_modules/node/bin/node" --test build/test/*.test.js
    echo "Node.js $version: $(grep -E '^(# |ℹ )pass' "$work/log")"
done

# The package, and what it says of its types.
quietly npx --no-install publint --strict
quietly npx --no-install attw --pack .
quietly npm pack --pack-destination "$work"
package=$(echo "$work"/netstacks-sdk-*.tgz)

# An empty project that installs it, checks the sample as it stands in the documentation, and runs it.
mkdir "$work/project"
cd "$work/project"
echo '{"private": true, "type": "module"}' >package.json
version() { node -p "require('$root/sdk/typescript/package.json').devDependencies['$1']"; }
quietly npm install --no-audit --no-fund "$package" "typescript@$(version typescript)" "@types/node@$(version @types/node)"
cp "$root"/sdk/typescript/examples/*.mts .
quietly npx --no-install tsc --strict --module nodenext --target es2022 --types node --outDir out ./*.mts
quietly node --test out/fakes.test.mjs

# says TEXT fails unless the last command wrote the text.
says() {
    if ! grep -qF -- "$1" "$work/log"; then
        cat "$work/log" >&2
        printf 'sdk/typescript: the output lacks %s\n' "$1" >&2
        exit 1
    fi
}

quietly "${alone[@]}" node out/quickstart.mjs
says netops
says Firewall
quietly "${alone[@]}" node out/inventory.mjs
says core-router-1
cat >both.cjs <<'EOF'
const { NetStacksAPIError, NetStacksClient } = require("@netstacks/sdk");
import("@netstacks/sdk").then(async (esm) => {
  if (esm.NetStacksAPIError !== NetStacksAPIError) throw new Error("two copies of the classes");
  const client = new NetStacksClient();
  console.log(`${(await client.devices.list()).length} devices`);
  const powerless = new NetStacksClient({ token: process.env.NETSTACKS_POWERLESS_TOKEN });
  await powerless.agents.trigger("bgp-triage").catch((error) => {
    if (!(error instanceof esm.NetStacksAPIError)) throw error;
    console.log(`missing: ${error.required}`);
  });
});
EOF
quietly "${alone[@]}" node both.cjs
says '50 devices'
says 'missing: trigger_agent'
echo "sdk/typescript: the package $(basename "$package") works as ESM and CommonJS"
