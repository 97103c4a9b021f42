#!/usr/bin/env bash
# Builds and runs all Swift tests in the debug configuration. The whole output goes to .run/test.log; shown are the
# suites, what went wrong and the sum. A skipped or cancelled test counts as failed: it proved nothing.
#
# usage: Scripts/test.sh [--filter REGEX ...]   (arguments go to `swift test`)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

mkdir -p .run
results=$PWD/.run/test-results.xml
rm -f "$results"

swift build --build-tests || {
    closing test 0 1
    exit 1
}

# No test uses XCTest; without this its runner adds "Executed 0 tests".
status=0
swift test --skip-build --disable-xctest --xunit-output "$results" "$@" 2>&1 | tee .run/test.log |
    { grep -vE '^[◇↳] |^✔ Test ' || true; } || status=$?

if [[ ! -s $results ]]; then
    say "The test run ended before it reported; see .run/test.log."
    closing test 0 1
    exit 1
fi

# One <testcase> per test function; a parameterised test is one of them.
read -r all bad < <(awk '
    /<testcase / { all += 1; counted = 0 }
    /<failure|<error|<skipped/ { if (!counted) { bad += 1; counted = 1 } }
    END { print all + 0, bad + 0 }' "$results")
cancelled=$(grep -cE '^➜ Test .* was cancelled after ' .run/test.log || true)
bad=$((bad + cancelled))
# An issue that belongs to no test still fails the run.
if ((status != 0 && bad == 0)); then bad=1 all=$((all + 1)); fi
closing test $((all - bad)) "$bad"
