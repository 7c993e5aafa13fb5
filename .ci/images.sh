#!/usr/bin/env bash
# Prepares the base images that the tests build on and run.
#
# No container registry is assumed: where a tag is absent, an image made from
# Debian packages and this machine's toolchains takes its place. A stand-in
# carries the label io.netstacks.standin with a hash of its recipe (and of the
# certificates and toolchains in it) and is made again when that changes; an
# image without the label is a real one and is left alone.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/images"

readonly label=io.netstacks.standin
readonly release=bookworm
readonly namespace=netstacks-standin
readonly bundle=/etc/ssl/certs/ca-certificates.crt
busybox=$(command -v busybox || true)
if [[ -z $busybox || ! -e $bundle ]]; then
    echo 'busybox or the certificates are missing: run .ci/packages.sh first' >&2
    exit 1
fi
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

# make_alpine TAG HASH imports a tree of nothing but busybox, the users and the
# certificates that this machine trusts.
make_alpine() {
    local root="$work/alpine" applet
    install -D "$busybox" "$root/bin/busybox"
    for applet in $("$busybox" --list); do
        case $applet in
        busybox | bash | dpkg* | rpm*) ;; # not Alpine's
        *) ln -s busybox "$root/bin/$applet" ;;
        esac
    done
    mkdir -p "$root"/{dev,etc/ssl/certs,home,proc,run,sys,usr/lib,usr/local/bin,var/cache,var/lib,var/log}
    ln -s bin "$root/sbin"
    ln -s ../bin "$root/usr/bin"
    ln -s ../bin "$root/usr/sbin"
    ln -s ../run "$root/var/run"
    install -d -m 0700 "$root/root"
    install -d -m 1777 "$root/tmp" "$root/var/tmp"
    printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/:/sbin/nologin >"$root/etc/passwd"
    printf '%s\n' root:x:0:root nobody:x:65534: >"$root/etc/group"
    install -m 0644 "$bundle" "$root/etc/ssl/certs/"
    ln -s certs/ca-certificates.crt "$root/etc/ssl/cert.pem"
    tar -C "$root" --owner=0 --group=0 --numeric-owner -c . |
        docker import --change "LABEL $label=$2" --change 'CMD ["/bin/sh"]' \
            --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$1" >/dev/null
}

# host_parts NAME prints what the image NAME takes from this machine: in each
# line a path below /usr/local there, a tab, and the path here. A toolchain that
# does not work without more of this machine than that is not among them.
host_parts() {
    local node npm foreign sysroot triple file
    case $1 in
    golang | node | rust) printf 'bin/busybox\t%s\n' "$busybox" ;;
    esac
    case $1 in
    golang) printf 'go\t%s\n' "$(go env GOROOT)" ;;
    node)
        # Debian's node and npm are spread over a hundred packages.
        node=$(node --print process.execPath 2>/dev/null) || return 0
        npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
        foreign=$(ldd "$node" | grep -vE 'linux-vdso|/ld-linux|lib(c|m|dl|pthread|rt|gcc_s|stdc\+\+)\.so' || true)
        if [[ -d $npm/node_modules && -z $foreign ]]; then
            printf 'bin/node\t%s\nlib/node_modules/npm\t%s\n' "$node" "$npm"
        fi
        ;;
    rust)
        # Debian's compiler uses libraries that belong to no toolchain folder.
        sysroot=$(rustc --print sysroot 2>/dev/null) || return 0
        triple=$(rustc -vV | sed -n 's/^host: //p')
        if [[ -x $sysroot/bin/cargo ]] && compgen -G "$sysroot/lib/librustc_driver-*.so" >/dev/null; then
            for file in "$sysroot"/bin/{cargo,rustc} "$sysroot"/lib/lib{LLVM,rustc_driver,std}[-.]*so* "$sysroot/lib/rustlib/$triple"; do
                [[ ! -e $file ]] || printf 'rust/%s\t%s\n' "${file#"$sysroot/"}" "$file"
            done
        fi
        ;;
    esac
}

# host_hash NAME FILE... prints a hash over the files, and over what the image
# NAME takes from this machine. It goes by versions: reading the whole takes long.
host_hash() {
    local name=$1 parts
    shift
    parts=$(host_parts "$name")
    salt=$(
        printf '%s\n' "$debian_hash" "$parts"
        case $name in
        golang) go version ;;
        node) node --version && sed -n 's,^lib/node_modules/npm\t\(.*\),\1/package.json,p' <<<"$parts" | xargs -r grep '"version"' ;;
        rust) rustc -vV ;;
        esac 2>/dev/null || true
        sha256sum "$busybox"
    ) hash_of "$@"
}

# build NAME TAG HASH PARENT builds images/NAME on PARENT with the classic
# builder, which every engine and every client has. The context goes to it as
# a stream that follows links: nothing is copied on the way.
build() {
    local name=$1 tag=$2 hash=$3 parent=$4 to from
    local context="$work/$name" log="$work/$name.log"
    cp -r "$name" "$context"
    mkdir -p "$context/ca"
    certificates | xargs -r -d '\n' cp -t "$context/ca"
    while IFS=$'\t' read -r to from; do
        mkdir -p "$(dirname "$context/host/$to")"
        ln -s "$from" "$context/host/$to"
    done < <(host_parts "$name")
    if [[ $name == node && ! -e $context/host/bin/node || $name == rust && ! -e $context/host/rust ]]; then
        echo "$tag gets Debian's $name: this machine has none that can be copied"
    fi
    touch "$context/exclude"
    if ! tar -C "$context" --dereference --exclude-from="$context/exclude" --owner=0 --group=0 -c . |
        DOCKER_BUILDKIT=0 docker build --force-rm --tag "$tag" --label "$label=$hash" --build-arg "PARENT=$parent" - >"$log" 2>&1; then
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
alpine_hash=$(salt=$(declare -f make_alpine) hash_of "$busybox" "$bundle")

# The images to be made, each line: a name, a tag, the hash of its recipe.
images=$(
    while read -r name tag; do
        case $name in
        python | postgres) hash=$(salt=$debian_hash hash_of "$name"/*) ;;
        *) hash=$(host_hash "$name" "$name"/*) ;;
        esac
        fresh "$tag" "$hash" || echo "$name $tag $hash"
    done <<'END'
python python:3.12-slim
postgres postgres:17-alpine
node node:22-alpine
golang golang:1.26-alpine
rust rust:1-alpine
END
)

readonly alpine=alpine:3.22
ensure "$alpine" "$alpine_hash" make_alpine "$alpine" "$alpine_hash" &
making_alpine=$!
if [[ -n $images ]]; then
    ensure "$namespace/rootfs:$release" "$rootfs_hash" make_rootfs "$namespace/rootfs:$release" "$rootfs_hash"
    standin debian "$namespace/debian:$release" "$debian_hash" "$namespace/rootfs:$release"
fi
wait "$making_alpine"

making=()
failed=0
while read -r name tag hash; do
    [[ -n $name ]] || continue
    standin "$name" "$tag" "$hash" "$namespace/debian:$release" &
    making+=($!)
done <<<"$images"
for process in "${making[@]}"; do
    wait "$process" || failed=1
done
if ((failed)); then
    exit 1
fi

# Replaced images go, those built on others first; one that something still
# uses stays, without a tag.
if [[ -s $work/replaced ]]; then
    tac "$work/replaced" | xargs -n 1 docker image rm >/dev/null 2>&1 || true
fi
