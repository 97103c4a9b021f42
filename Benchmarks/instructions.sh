#!/usr/bin/env bash
# Counts the instructions of a call in a release build and compares them with the recorded ones; see docs/benchmarks.md.
#
# usage: Benchmarks/instructions.sh [--record] [CALL...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHONPATH=$PWD/Benchmarks PYTHONDONTWRITEBYTECODE=1 exec python3 -m bench.instructions "$@"
