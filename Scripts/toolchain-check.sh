#!/usr/bin/env bash
# Tries Scripts/install-swift.sh on fresh machines: archives and keys of the tests' own, from an HTTP server on loopback.
# Installs nothing for this user and needs no network; a Swift that is there is hidden. The disks that fill up are mounted
# as root, or in a user namespace.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

mkdir -p .run
rm -f .run/toolchain.counts
PYTHONPATH=$PWD/Tests/Toolchain PYTHONDONTWRITEBYTECODE=1 python3 -m installer "$PWD/.run/toolchain.counts" || true
passed=0 failed=1
[[ ! -s .run/toolchain.counts ]] || read -r passed failed <.run/toolchain.counts
closing toolchain-check "$passed" "$failed"
