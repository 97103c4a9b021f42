#!/usr/bin/env bash
# Builds the Dockerfile and runs the image, with engines that need no daemon, and checks what docs/install-container.md
# promises. Needs root.
#
# usage: Scripts/container-check.sh
# The base images are made here from Debian packages and this machine's Swift, so that nothing is pulled; with
# SWIFT_IMAGE and RUNTIME_IMAGE set, those are used instead. Where this machine's git takes repositories from a mirror
# in a folder (url.FOLDER.insteadOf), the build sees that folder too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

readonly store=$PWD/.run/container
readonly base=localhost/databricks-jobs-mcp-check
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=overlay
swift_image=${SWIFT_IMAGE:-} runtime_image=${RUNTIME_IMAGE:-}
readonly revision=0123456789abcdef
readonly sandbox=http://127.0.0.1:9100

# give_up TEXT: a task that cannot even start counts as one failure.
give_up() {
    say "$*" >&2
    closing container-check 0 1
    exit 1
}

# Two steps, each as a process of its own: `build` with a /dev of its own, `run` with a network of its own as well, which
# has nothing but loopback and every port free.
if [[ -z ${1:-} ]]; then
    ((EUID == 0)) || give_up "run this as root: building without a daemon mounts layers"
    take_turn container
    mkdir -p "$store"
    Scripts/private-dev.sh "$0" build || give_up "the image was not built"
    exec Scripts/private-dev.sh unshare --net "$0" run
fi

buildah() { command buildah --root "$store/storage" --runroot "$store/run" "$@"; }
podman() {
    command podman --root "$store/storage" --runroot "$store/run" --cgroup-manager=cgroupfs --events-backend=file \
        --runtime runc "$@"
}
has_image() { buildah inspect --type image "$1" >/dev/null 2>&1; }

# --- Base images ---------------------------------------------------------------------------------------------------

toolchain=$(dirname "$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")")
volumes=(--volume "$toolchain:$toolchain:ro")
add_git_mirror() {
    local key folder
    while read -r key _; do
        folder=${key#url.} folder=${folder%.insteadof}
        [[ $folder != /* || ! -d $folder ]] || volumes+=(--volume "${folder%/}:${folder%/}:ro")
    done < <(git config --system --get-regexp '^url\..*\.insteadof$' | sort -u -k 1,1)
    [[ ! -e /etc/gitconfig ]] || volumes+=(--volume /etc/gitconfig:/etc/gitconfig:ro)
}

# make_runtime_image: what `debian:bookworm-slim` is, as far as it matters here.
make_runtime_image() {
    local container suite
    suite=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    mmdebstrap --quiet --variant=minbase "$suite" "$store/minbase.tar"
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$store/minbase.tar" / >/dev/null
    buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    buildah commit --quiet --rm "$container" "$base-runtime" >/dev/null
    rm -f "$store/minbase.tar"
}

# make_swift_image: the same with what Swift's own image installs; the toolchain is mounted when it is used.
make_swift_image() {
    local container
    container=$(buildah from --pull-never "$base-runtime")
    buildah run "$container" -- sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
        --no-install-recommends binutils ca-certificates gcc g++ git libc6-dev libcurl4-openssl-dev libedit2 \
        libncurses6 libpython3.11 libsqlite3-0 libstdc++-12-dev libxml2 pkg-config tzdata zlib1g-dev' >/dev/null
    buildah config --env "PATH=$toolchain/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        "$container"
    buildah commit --quiet --rm "$container" "$base-swift" >/dev/null
}

build_image() {
    if [[ -z $runtime_image ]]; then
        runtime_image=$base-runtime
        has_image "$runtime_image" || { say "Making a slim Debian image"; make_runtime_image; }
    fi
    if [[ -z $swift_image ]]; then
        swift_image=$base-swift
        has_image "$swift_image" || { say "Making a Swift image"; make_swift_image; }
    fi
    add_git_mirror
    say "Building the image (the first time takes some minutes; $store/build.log has the output)"
    buildah build --pull-never --layers --format docker --build-arg "SWIFT_IMAGE=$swift_image" \
        --build-arg "RUNTIME_IMAGE=$runtime_image" --build-arg "SOURCE_REVISION=$revision" \
        "${volumes[@]}" --tag "$base" . >"$store/build.log" 2>&1 || { tail -n 25 "$store/build.log"; return 1; }
}

# --- The running image ---------------------------------------------------------------------------------------------

readonly instance=jobs-mcp-check
clean_up() {
    podman rm --force --time 1 "$instance" >/dev/null 2>&1 || true
    stop_children
}

config() { podman image inspect --format "$1" "$base"; }
# Limits that a container may be given where the machine's own are lower than an engine's defaults.
readonly limits=(--ulimit nofile=16384:16384 --ulimit nproc=1024:1024)
# once OPTIONS...: a container that is gone when it ends.
once() { podman run --rm --pull=never --network=host --no-healthcheck "${limits[@]}" "$@"; }
is() { [[ $1 == "$2" ]] || { say "it is '$1', not '$2'"; return 1; }; }

# As docs/install-container.md runs it, but in this network instead of a published port.
start_container() {
    .build/release/databricks-sandbox environment --url "$sandbox" >"$store/settings.env"
    podman run --detach --name "$instance" --pull=never --network=host --read-only --cap-drop=all \
        --security-opt no-new-privileges "${limits[@]}" \
        --env-file "$store/settings.env" "$base"
}
is_ready() { curl --silent --fail --max-time "$patience" http://127.0.0.1:8000/readyz; }
wait_until_ready() { wait_for is_ready || { podman logs "$instance" | tail -n 10; return 1; }; }
call_a_tool() {
    local token
    token=$(.build/release/databricks-sandbox token --user alice --url "$sandbox")
    curl --silent --fail --max-time "$patience" http://localhost:8000/mcp --header "Authorization: Bearer $token" \
        --header 'Content-Type: application/json' --header 'Accept: application/json, text/event-stream' \
        --data '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_jobs","arguments":{}}}' |
        grep -q '"structuredContent"'
}
process() { podman inspect --format '{{.State.Pid}}' "$instance"; }
field() { awk -v name="$1:" '$1 == name { print $2 }' "/proc/$(process)/status"; }
listens_on() { ss -Hltn "sport = :$2" | awk '{ print $4 }' | grep -qxF "$1:$2"; }
log_is_json() {
    podman logs "$instance" >"$store/container.log" 2>&1
    [[ -s $store/container.log ]] && jq -e . "$store/container.log" >/dev/null
}
# With the shells taken away it runs all the same.
needs_no_shell() {
    once --read-only --volume /dev/null:/usr/bin/dash:ro \
        --volume /dev/null:/usr/bin/bash:ro "$base" version
}
# One that is killed in the end has status 137.
ends_by_itself() {
    podman stop --time "$patience" "$instance" >/dev/null
    is "$(podman inspect --format '{{.State.ExitCode}}' "$instance")" 0
}
has_few_packages() {
    local packages
    # shellcheck disable=SC2016  # dpkg-query expands it
    packages=$(once --entrypoint /usr/bin/dpkg-query "$base" --show --showformat='${Package}\n')
    grep -qx libcurl4 <<<"$packages" || { say "no libcurl4 in: $packages"; return 1; }
    ! grep -E '^(gcc|g\+\+|git|curl|wget|python3|.*-dev)$' <<<"$packages"
}
has_no_sandbox() {
    local files
    files=$(once --entrypoint /usr/bin/find "$base" / -xdev -path /usr/bin/databricks-jobs-mcp -o -name '*sandbox*')
    is "$files" /usr/bin/databricks-jobs-mcp
}

# The real sources take the place of the empty ones in that step: a change as large as can be.
dependencies_are_compiled_once() {
    grep -q 'COPY Sources Sources' "$store/build.log" || { say "no such step in $store/build.log"; return 1; }
    ! sed '1,/COPY Sources Sources/d' "$store/build.log" | grep -E 'Compiling (NIO|Logging|Atomics)'
}

check_image() {
    trap clean_up EXIT
    ip link set lo up
    check "the image has a user without rights" is "$(config '{{.Config.User}}')" 10001:10001
    check "it is labelled with the commit" \
        is "$(config '{{index .Config.Labels "org.opencontainers.image.revision"}}')" "$revision"
    check "it ends by SIGTERM" is "$(config '{{.Config.StopSignal}}')" SIGTERM
    check "its health is asked for by the subcommand" \
        is "$(config '{{.HealthCheck.Test}}')" '[CMD /usr/bin/databricks-jobs-mcp healthcheck]'
    check "it has no compiler, no git, no curl, no Python" has_few_packages
    check "the sandbox is not in it" has_no_sandbox
    check "it needs no shell" needs_no_shell

    start "$store/sandbox.log" .build/release/databricks-sandbox serve --identifier-uri http://localhost:8000/mcp
    wait_for_url "$sandbox/_control/requests" "$child" "$store/sandbox.log" "the sandbox"
    check "it starts with a read-only root and without capabilities" start_container
    check "it is ready" wait_until_ready
    check "a tool call is answered" call_a_tool
    check "it runs as uid 10001" is "$(field Uid)" 10001
    check "it has no capability" is "$(field CapEff)" 0000000000000000
    check "it listens on all interfaces" listens_on 0.0.0.0 8000
    check "its metrics are on loopback" listens_on 127.0.0.1 9464
    check "the health check passes" podman healthcheck run "$instance"
    check "its log is JSON, every line" log_is_json
    check "an idle server ends by SIGTERM, with status 0" ends_by_itself
    check "a changed source compiles no dependency again" dependencies_are_compiled_once
    closing container-check "$passed" "$failed"
}

case $1 in
    build) build_image ;;
    run) check_image ;;
    *) die "usage: Scripts/container-check.sh" ;;
esac
