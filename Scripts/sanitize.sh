#!/usr/bin/env bash
# Runs all tests under a sanitizer, each in a build folder of its own: thread, then address, or the one that is named.
#
# usage: Scripts/sanitize.sh [thread|address ...]      FILTER is a regular expression for names of tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

(($# > 0)) || set -- thread address
# Sanitized code takes several times as long, and so do the programs that tests start.
export TEST_PATIENCE=${TEST_PATIENCE:-10} SWIFT_BACKTRACE=enable=no
export TSAN_OPTIONS=halt_on_error=1 ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
mkdir -p .run
for sanitizer in "$@"; do
    [[ $sanitizer == thread || $sanitizer == address ]] || die "there are the sanitizers thread and address, not '$sanitizer'"
    heading "Tests under the $sanitizer sanitizer; the log is .run/sanitize-$sanitizer.log"
    check "$sanitizer sanitizer" swift test --sanitize "$sanitizer" --scratch-path ".build-$sanitizer" \
        --disable-xctest ${FILTER:+--filter "$FILTER"}
done
closing sanitize "$passed" "$failed"
