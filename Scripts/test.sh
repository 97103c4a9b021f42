#!/usr/bin/env bash
# Builds and runs all Swift tests in the debug configuration: first what runs in this process, then the tests that start
# the real server, or other programs, as processes of their own. The whole output goes to .run/test-*.log; shown are how
# far it is, what went wrong and one sum. A skipped or cancelled test counts as failed: it proved nothing.
#
# usage: Scripts/test.sh [--filter REGEX ...]   (with arguments, which go to `swift test`, everything is one run)
# TEST_WIDTH     how many tests run side by side; the cores, from 2 to 4, unless set. More starve each other: each test
#                with its sandbox, server and TLS handshakes is work for a core by itself.
# TEST_PATIENCE  by how much the ceilings against hanging are raised (Tests/TestSupport/Patience.swift); 1 unless set
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

# Test targets whose tests start processes.
readonly processes='^(IntegrationTests|Conversations)\.'

cores=$(nproc)
width=${TEST_WIDTH:-$((cores < 2 ? 2 : cores > 4 ? 4 : cores))}
[[ $width =~ ^[1-9][0-9]?$ ]] || die "TEST_WIDTH must be a whole number from 1 to 99, not '$width'"
# What one run may have open: a test that leaks descriptors fails here instead of where there are few.
ulimit -Sn 1024 2>/dev/null || true

mkdir -p .run
rm -f .run/test-*.xml .run/test-*.log
sum_all=0 sum_bad=0

# progress NAME SUITES: shows how many suites have ended, and passes on what went wrong.
progress() {
    local on_terminal=0
    [[ ! -t 1 ]] || on_terminal=1
    awk -v name="$1" -v suites="$2" -v terminal="$on_terminal" '
        function show() {
            of = suites ? " of " suites : ""
            if (terminal) printf "\r\033[K%s: %d%s suites", name, done, of
            else if (done % 20 == 0 || done == suites) printf "%s: %d%s suites\n", name, done, of
            fflush()
        }
        /^(✔|✘) Suite / { done += 1; show() }
        # What went wrong, with what was found; everything else is in the log.
        /^✘ / { bad = 1 }
        bad && /^(✘|↳) / || /^(error:|Fatal error|.*unexpected signal)/ {
            if (terminal) printf "\r\033[K"
            print; fflush(); next
        }
        { bad = 0 }
        END { if (terminal) printf "\r\033[K" }'
}

# run_tests NAME WIDTH SUITES ARGUMENT...: one run of `swift test`; adds to the sums.
run_tests() {
    local name=$1 width=$2 suites=$3 status=0 all bad cancelled
    shift 3
    local log=$PWD/.run/test-$name.log results=$PWD/.run/test-$name.xml
    say "$name: $width side by side"
    # No test uses XCTest; without this its runner adds "Executed 0 tests".
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$width \
        swift test --skip-build --disable-xctest --xunit-output "$results" "$@" 2>&1 | tee "$log" |
        progress "$name" "$suites" || status=$?
    if [[ ! -s $results ]]; then
        say "$name: the run ended before it reported; see ${log#"$PWD"/}."
        all=1 bad=1
    else
        # One <testcase> per test function; a parameterised test is one of them.
        read -r all bad < <(awk '
            /<testcase / { all += 1; counted = 0 }
            /<failure|<error|<skipped/ { if (!counted) { bad += 1; counted = 1 } }
            END { print all + 0, bad + 0 }' "$results")
        cancelled=$(grep -cE '^➜ Test .* was cancelled after ' "$log" || true)
        bad=$((bad + cancelled))
        # An issue that belongs to no test still fails the run.
        if ((status != 0 && bad == 0)); then bad=1 all=$((all + 1)); fi
    fi
    say "$name: $((all - bad)) of $all tests passed"
    sum_all=$((sum_all + all)) sum_bad=$((sum_bad + bad))
}

# The arrows of docs/adr/0001-modules.md: nothing is imported that Package.swift does not declare.
swift build --build-tests --explicit-target-dependency-import-check error || {
    closing test 0 1
    exit 1
}
if (($# > 0)); then
    run_tests chosen "$width" 0 "$@"
else
    mapfile -t suites < <(swift test list --skip-build --disable-xctest 2>/dev/null | sed -n 's,/.*,,p' | sort -u)
    with_processes=$(printf '%s\n' "${suites[@]}" | grep -cE "$processes" || true)
    run_tests modules "$width" $((${#suites[@]} - with_processes)) --skip "$processes"
    # Two at a time: each has a server, a sandbox and often a proxy beside it.
    run_tests processes "${TEST_WIDTH:-2}" "$with_processes" --filter "$processes"
fi
closing test $((sum_all - sum_bad)) "$sum_bad"
