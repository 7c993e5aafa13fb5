#!/usr/bin/env bash
# Prepares the base images that the tests build on and run.
#
# No container registry is assumed: where a tag is absent, an image made from
# Debian packages takes its place. A stand-in carries the label
# io.netstacks.standin with a hash of its recipe (and of the certificates it
# trusts) and is made again when that changes; an image without the label is a
# real one and is left alone.
set -euo pipefail
cd "$(dirname "$0")/images"

readonly label=io.netstacks.standin
readonly release=bookworm
readonly namespace=netstacks-standin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# standin_of TAG prints the recipe hash of the image TAG, "real" for an image
# that is no stand-in, and nothing when there is no such image.
standin_of() {
    docker image inspect "$1" --format "{{with index .Config.Labels \"$label\"}}{{.}}{{else}}real{{end}}" 2>/dev/null || true
}

# hash_of FILE... prints a hash over names and contents, and over $salt.
hash_of() {
    { printf '%s\n' "${salt:-}"; sha256sum "$@"; } | sha256sum | cut -c1-16
}

# certificates lists the certificate files that this machine trusts on top of
# Debian's own.
certificates() {
    find /usr/local/share/ca-certificates -name '*.crt' 2>/dev/null | LC_ALL=C sort
}

# mirror prints the package archive that this machine uses for the release, or
# nothing, so that debootstrap takes its default.
mirror() {
    # shellcheck disable=SC2016 # the variables are apt's
    apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk -v release="$release" '$1 == "Debian" && $2 == release && $3 == "main" && !found++ { print $4 }'
}

# make_rootfs TAG HASH bootstraps a minimal Debian and imports it.
make_rootfs() {
    local root="$work/rootfs" log="$work/debootstrap.log"
    # shellcheck disable=SC2046 # no mirror means no argument
    if ! debootstrap --variant=minbase --include=ca-certificates "$release" "$root" $(mirror) >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        return 1
    fi
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/image"
    printf 'path-exclude /usr/share/%s/*\n' doc man locale >>"$root/etc/dpkg/dpkg.cfg.d/image"
    tar -C "$root" -c . | docker import --change "LABEL $label=$2" - "$1" >/dev/null
}

# build NAME TAG HASH PARENT builds images/NAME on PARENT with the classic
# builder, which every engine and every client has.
build() {
    local name=$1 tag=$2 hash=$3 parent=$4
    local context="$work/$name" log="$work/$name.log"
    cp -r "$name" "$context"
    mkdir -p "$context/ca"
    certificates | xargs -r -d '\n' cp -t "$context/ca"
    if ! DOCKER_BUILDKIT=0 docker build --force-rm --tag "$tag" --label "$label=$hash" --build-arg "PARENT=$parent" "$context" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        return 1
    fi
}

# fresh TAG HASH tells whether TAG needs no making: it is real, or made by this
# very recipe.
fresh() {
    local made
    made=$(standin_of "$1")
    [[ $made == real || $made == "$2" ]]
}

# ensure TAG HASH COMMAND... runs COMMAND unless TAG is fresh.
ensure() {
    local tag=$1 hash=$2 started=$SECONDS
    shift 2
    if fresh "$tag" "$hash"; then
        return
    fi
    docker image inspect "$tag" --format '{{.Id}}' >>"$work/replaced" 2>/dev/null || true
    "$@"
    echo "made $tag in $((SECONDS - started)) s"
}

# standin NAME TAG HASH PARENT: one image of this folder.
standin() {
    ensure "$2" "$3" build "$1" "$2" "$3" "$4"
}

rootfs_hash=$(salt="$release $(declare -f make_rootfs)" hash_of /dev/null)
mapfile -t cas < <(certificates)
debian_hash=$(salt=$rootfs_hash hash_of debian/* "${cas[@]}")
python_hash=$(salt=$debian_hash hash_of python/*)
postgres_hash=$(salt=$debian_hash hash_of postgres/*)

python=python:3.12-slim
postgres=postgres:17-alpine

if fresh "$python" "$python_hash" && fresh "$postgres" "$postgres_hash"; then
    exit 0
fi

ensure "$namespace/rootfs:$release" "$rootfs_hash" make_rootfs "$namespace/rootfs:$release" "$rootfs_hash"
standin debian "$namespace/debian:$release" "$debian_hash" "$namespace/rootfs:$release"
standin python "$python" "$python_hash" "$namespace/debian:$release" &
making_python=$!
standin postgres "$postgres" "$postgres_hash" "$namespace/debian:$release" &
making_postgres=$!
wait "$making_python"
wait "$making_postgres"

# Replaced images go, those built on others first; one that something still
# uses stays, without a tag.
if [[ -s $work/replaced ]]; then
    tac "$work/replaced" | xargs -n 1 docker image rm >/dev/null 2>&1 || true
fi
