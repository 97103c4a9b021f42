# shellcheck shell=bash
# What the scripts share: output, waiting, turns, ports, child processes. Source it after `set -euo pipefail`.

if [[ -t 1 ]]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' dim='' red='' green='' plain=''
fi
# Read by the scripts that source this file.
export bold dim green

# say TEXT: one line for the reader.
say() { printf '%s\n' "$*"; }

# heading TEXT: starts a step.
heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# die TEXT: ends the script; TEXT tells what is wrong and what to do.
die() {
    printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2
    exit 1
}

# toolchains: the folder in which Scripts/install-swift.sh keeps this user's toolchain.
toolchains() {
    local data=${XDG_DATA_HOME:-}
    # As the XDG base directory specification has it, a relative path is no answer.
    [[ $data == /* ]] || data=~/.local/share
    printf '%s/databricks-jobs-mcp' "$data"
}

# swift_fits: whether Swift on PATH runs and is no older than the release that .swift-version names, patches apart.
# Leaves its version in $swift_version, or nothing when there is none.
swift_fits() {
    local text wanted
    swift_version=''
    command -v swiftc >/dev/null || return 1
    # The compiler's frontend answers three times faster than the driver.
    text=$(swift-frontend --version 2>/dev/null || swiftc --version 2>/dev/null) || return 1
    [[ $text =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || return 1
    swift_version=${BASH_REMATCH[1]}.${BASH_REMATCH[2]}
    wanted=$(<.swift-version)
    printf '%s\n' "${wanted%.*}" "$swift_version" | sort --check=quiet --version-sort
}

# use_installed_swift: puts an installed toolchain on PATH, unless the Swift there fits.
use_installed_swift() {
    # Images are built without this file, and bring their Swift.
    [[ -r .swift-version ]] || return 0
    local folder
    folder=$(toolchains)/swift-$(<.swift-version)/usr/bin
    [[ -x $folder/swiftc && $(command -v swiftc) != "$folder/swiftc" ]] || return 0
    swift_fits || export PATH=$folder:$PATH
}
use_installed_swift

# What is waited for at most, in seconds: a ceiling against hanging and never a measure. TEST_PATIENCE, a whole number (1),
# multiplies it, here as in Tests/Acceptance/driver/patience.py.
[[ ${TEST_PATIENCE:-1} =~ ^[1-9][0-9]{0,2}$ ]] || die "TEST_PATIENCE is a whole number from 1 to 999, not '$TEST_PATIENCE'"
readonly patience=$((120 * ${TEST_PATIENCE:-1}))

# port_is_free PORT: whether nothing listens on 127.0.0.1:PORT. A connection attempt needs no extra program.
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# require_free_port PORT VARIABLE PURPOSE: ends the script when PORT is taken, naming the variable that moves it.
require_free_port() {
    port_is_free "$1" || die "port $1 on 127.0.0.1 is in use; it is wanted for $3.
       Stop the program that holds it (ss -ltnp 'sport = :$1' names it) or choose another: $2=PORT make ..."
}

passed=0 failed=0
# check NAME COMMAND...: runs COMMAND and counts it; a line for the reader, and the command's output only when it fails.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
        say "ok    $name"
    else
        failed=$((failed + 1))
        say "FAIL  $name"
        printf '%s\n' "$output" | tail -n 100 | sed "s|$PWD/||; s/^/      /"
    fi
}

children=()

# start LOG COMMAND...: runs COMMAND in the background with its output in LOG; its process id is left in $child.
start() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    children+=("$child")
}

# stop_children: asks every child to end, waits, and kills with a word about it what does not. Safe to call twice.
stop_children() {
    local pid deadline=$((SECONDS + patience))
    # Whoever presses Ctrl-C once more does not want to wait.
    trap 'deadline=0' INT
    for pid in "${children[@]:-}"; do
        [[ -z $pid ]] || kill -TERM "$pid" 2>/dev/null || true
    done
    for pid in "${children[@]:-}"; do
        [[ -n $pid ]] || continue
        while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.05; done
        ! kill -KILL "$pid" 2>/dev/null || say "process $pid did not end by SIGTERM and was killed" >&2
        wait "$pid" 2>/dev/null || true
    done
    children=()
}

# wait_for COMMAND...: returns once COMMAND succeeds; its status tells when that never happened.
wait_for() {
    local deadline=$((SECONDS + patience))
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.05
    done
}

# wait_for_url URL PID LOG WHAT: returns once URL answers 2xx; ends the script when PID dies or never answers.
wait_for_url() {
    wait_for answers_or_is_gone "$1" "$2" || die "$4 did not answer on $1 within $patience seconds. Its last lines:
$(tail -n 15 "$3")"
    kill -0 "$2" 2>/dev/null || die "$4 ended before it was ready. Its last lines:
$(tail -n 15 "$3")"
}
answers_or_is_gone() {
    curl --silent --fail --max-time "$patience" --output /dev/null "$1" || ! kill -0 "$2" 2>/dev/null
}

# take_turn NAME: waits until no other run in this folder is at NAME, and keeps others waiting until end_turn or the end.
take_turn() {
    mkdir -p .run
    exec {turn}>".run/$1.lock"
    flock --nonblock "$turn" && return
    say "Another run in this folder is at its $1; waiting for its end"
    flock --timeout $((30 * patience)) "$turn" || die "the other run has not ended its $1; .run/$1.lock is still locked"
}
end_turn() { exec {turn}>&-; }

# closing NAME PASSED FAILED: the last line of a task; .ci/run collects the same figures from $COUNTS_FILE.
# Its status tells whether nothing failed and something passed.
closing() {
    [[ -z ${COUNTS_FILE:-} ]] || printf '%s %d %d\n' "$1" "$2" "$3" >>"$COUNTS_FILE"
    if (($3 > 0)); then
        say "${red}$1: $3 of $(($2 + $3)) failed$plain"
        return 1
    elif (($2 == 0)); then
        say "${red}$1: nothing was run$plain"
        return 1
    fi
    say "${green}$1: all $2 passed$plain"
}
