#!/usr/bin/env bash
# Tests and lints what `new` generates, by the tools of each language, with and
# without a database; with one, against a real PostgreSQL. Needs an engine and
# the base images of images.sh.
#
#   .ci/languages.sh [LANGUAGE...]     all of them when none is named
set -euo pipefail
cd "$(dirname "$0")/.."

languages=("$@")
((${#languages[@]})) || languages=(python typescript rust go)
readonly staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/netstacks-plugin-ci
work=$(mktemp -d)
postgres=netstacks-ci-postgres-$$
trap 'docker rm --force --volumes "$postgres" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
mkdir -p "$cache"

for tool in go python3 node npm cargo cargo-clippy rustfmt docker; do
    if ! command -v "$tool" >/dev/null; then
        echo "languages: $tool is missing; install its toolchain first" >&2
        exit 3
    fi
done
binary=$work/netstacks-plugin
go build -o "$binary" .

# quietly COMMAND... shows what a command says only when it fails, or the last
# line of it, which counts the tests.
quietly() {
    if ! "$@" >"$work/log" 2>&1; then
        tail -n 60 "$work/log" >&2
        printf 'languages: in %s this failed: %s\n' "$PWD" "$*" >&2
        exit 1
    fi
}

python() {
    if [[ ! -x $cache/venv/bin/python ]]; then
        quietly python3 -m venv "$cache/venv"
    fi
    local bin=$cache/venv/bin
    quietly "$bin/pip" install --disable-pip-version-check -r requirements-dev.txt
    quietly "$bin/ruff" check .
    quietly "$bin/ruff" format --check .
    quietly "$bin/mypy" .
    quietly "$bin/pytest" -q -rs
    tail -n 1 "$work/log"
}

typescript() {
    quietly npm ci --no-audit --no-fund
    quietly npx --no-install tsc --noEmit
    quietly npx --no-install eslint --max-warnings 0 .
    quietly npm test
    grep -E '^(# |ℹ )(pass|fail|skipped)' "$work/log" | tr '\n' ' ' && echo
}

rust() {
    export CARGO_TARGET_DIR=$cache/target
    quietly cargo fmt --check
    quietly cargo clippy --locked --all-targets -- -D warnings
    quietly cargo test --locked
    grep -E '^test result' "$work/log"
}

go_() {
    local unformatted
    unformatted=$(gofmt -l .)
    if [[ -n $unformatted ]]; then
        printf 'not as gofmt writes it:\n%s\n' "$unformatted" >&2
        exit 1
    fi
    quietly go vet ./...
    quietly go run "$staticcheck" ./...
    quietly go test -count=1 ./...
    grep -c '^ok' "$work/log" | sed 's/$/ packages ok/'
}

docker run --detach --name "$postgres" --env POSTGRES_PASSWORD=ci --env POSTGRES_DB=netstacks postgres:17-alpine >/dev/null
address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$postgres")
deadline=$((SECONDS + 60))
until docker exec "$postgres" pg_isready --quiet --host 127.0.0.1 --username postgres; do
    if ((SECONDS >= deadline)); then
        docker logs "$postgres" >&2
        exit 1
    fi
    sleep 0.2
done

for language in "${languages[@]}"; do
    for store in database no-database; do
        name=ci-$language-${store%-database}
        quietly "$binary" new "$name" --template "$language" "--$store" --yes --output-dir "$work" --author CI
        run=$language
        [[ $language != go ]] || run=go_
        started=$SECONDS
        echo "-- $language, $store"
        if [[ $store == database ]]; then
            (cd "$work/$name/service" && DATABASE_URL=postgres://postgres:ci@$address:5432/netstacks "$run")
        else
            (cd "$work/$name/service" && "$run")
        fi
        echo "-- $language, $store: $((SECONDS - started)) s"
    done
done
