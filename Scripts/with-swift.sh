#!/usr/bin/env bash
# Runs a command with the Swift that the scripts use: the one on PATH, or what Scripts/install-swift.sh installed.
#
# usage: Scripts/with-swift.sh COMMAND...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh
exec "$@"
