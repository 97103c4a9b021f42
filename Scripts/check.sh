#!/usr/bin/env bash
# Everything that can be checked without building: formatting, scripts, and the checks of Scripts/checks.
# Each finding is one line: file:line: what to do. `swift format -i FILE` mends most of the formatting.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

mapfile -t scripts < <(git ls-files --cached --others --exclude-standard --deduplicate '*.sh' '.ci/run')
mapfile -t python < <(git ls-files --cached --others --exclude-standard --deduplicate '*.py')

check "formatting" swift format lint --strict --parallel --recursive Package.swift Sources Tests Fuzz
check "shell scripts (${#scripts[@]} files)" shellcheck --external-sources --source-path=SCRIPTDIR/.. "${scripts[@]}"
check "Python files (${#python[@]} files)" env PYTHONPYCACHEPREFIX="$PWD/.run/pycache" \
    python3 -W error -m compileall -q "${python[@]}"
export PYTHONPATH=$PWD/Scripts PYTHONDONTWRITEBYTECODE=1
check "the checks' own tests" python3 -m unittest -q checks.test_checks checks.test_requirements
check "the fault report's own tests" env RUN_FOLDER=reliability-tests \
    PYTHONPATH="$PYTHONPATH:$PWD/Tests/Acceptance:$PWD/Tests/Reliability" python3 -m unittest -q Tests/Reliability/test_reliability.py

# These print their own lines in the same form; status 3 is a finding, any other one a fault of the checks.
status=0
output=$(python3 -m checks 2>&1) || status=$?
say "$output"
passed=$((passed + $(grep -c '^ok ' <<<"$output" || true)))
failed=$((failed + $(grep -c '^FAIL ' <<<"$output" || true)))
((status == 0 || status == 3)) || failed=$((failed + 1))

closing check "$passed" "$failed"
