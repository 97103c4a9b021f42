#!/usr/bin/env bash
# Boots Debian with its own systemd in systemd-nspawn, installs dist/databricks-jobs-mcp_*.deb there and goes through
# the life of the service: start, calls, journal, reload, watchdog, hardening, restarts and an upgrade under load, purge.
# Needs root. The machine's root is made of Debian packages once and kept in .run/system.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

readonly sandbox=.build/release/databricks-sandbox

# give_up TEXT: a task that cannot even start counts as one failure.
give_up() {
    say "$*" >&2
    closing acceptance-system 0 1
    exit 1
}

((EUID == 0)) || give_up "run this as root: it boots a machine"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Of its own: the next package that is made here replaces that in dist.
take_turn dist
deb=$(find dist -name 'databricks-jobs-mcp_*.deb' 2>/dev/null | head -n 1)
[[ -n $deb ]] || give_up "there is no package in dist/; run: make deb"
[[ -x $sandbox ]] || give_up "there is no $sandbox; run: make acceptance-system"
cp "$deb" "$scratch/"
end_turn

counts=$scratch/counts
export PYTHONPATH=$PWD/Tests/System:$PWD/Tests/Acceptance PYTHONDONTWRITEBYTECODE=1
Scripts/private-dev.sh python3 -m boot "$scratch/${deb##*/}" "$sandbox" "$counts" || true
[[ -s $counts ]] || give_up "the run ended before it reported"
read -r passed failed <"$counts"
closing acceptance-system "$passed" "$failed"
