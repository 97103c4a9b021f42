#!/usr/bin/env bash
# Everything that can be checked without building: formatting, scripts, and the checks of Scripts/checks.
# Each finding is one line: file:line: what to do. `swift format -i FILE` mends most of the formatting.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

passed=0 failed=0

# report NAME COMMAND...: runs COMMAND; shows its output only when it fails.
report() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
        say "ok    $name"
    else
        failed=$((failed + 1))
        say "FAIL  $name"
        printf '%s\n' "$output" | sed "s|$PWD/||; s/^/      /"
    fi
}

mapfile -t scripts < <(git ls-files --cached --others --exclude-standard --deduplicate '*.sh' '.ci/run')
mapfile -t python < <(git ls-files --cached --others --exclude-standard --deduplicate '*.py')

report "formatting" swift format lint --strict --parallel --recursive Package.swift Sources Tests Fuzz
report "shell scripts (${#scripts[@]} files)" shellcheck --external-sources --source-path=SCRIPTDIR/.. "${scripts[@]}"
report "Python files (${#python[@]} files)" env PYTHONPYCACHEPREFIX="$PWD/.run/pycache" \
    python3 -W error -m compileall -q "${python[@]}"
export PYTHONPATH=$PWD/Scripts PYTHONDONTWRITEBYTECODE=1
report "the checks' own tests" python3 -m unittest -q checks.test_checks

# These print their own lines in the same form; status 3 is a finding, any other one a fault of the checks.
status=0
output=$(python3 -m checks 2>&1) || status=$?
say "$output"
passed=$((passed + $(grep -c '^ok ' <<<"$output" || true)))
failed=$((failed + $(grep -c '^FAIL ' <<<"$output" || true)))
((status == 0 || status == 3)) || failed=$((failed + 1))

closing check "$passed" "$failed"
