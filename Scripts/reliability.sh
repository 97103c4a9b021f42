#!/usr/bin/env bash
# Breaks what the server lives on, and checks what comes of it: the fault report, the soak, the proof of isolation.
#
# usage: Scripts/reliability.sh faults [--record] [ROW ...]   each fault, compared with what is recorded
#        Scripts/reliability.sh soak                          MINUTES (20), USERS (50), SEED
#        Scripts/reliability.sh isolation                     USERS (1000), ROUNDS (1), SEED
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

readonly task=${1:-}
[[ $task == faults || $task == soak || $task == isolation ]] || die "say what: faults, soak or isolation"
shift
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || die "these need Python 3.11 or later"

counts=$(mktemp --suffix .counts)
trap 'rm -f "$counts"' EXIT
export PYTHONPATH=$PWD/Tests/Acceptance:$PWD/Tests/Reliability:$PWD/Scripts PYTHONDONTWRITEBYTECODE=1 RUN_FOLDER=$task
"$python" -m reliability "$task" "$counts" "$@" || true
[[ -s $counts ]] || die "the run ended before it reported; the logs are in .run/$task"
read -r passed failed <"$counts"
((failed == 0)) || say "Logs of sandbox and servers: .run/$task"
closing "$task" "$passed" "$failed"
