#!/usr/bin/env bash
# Measures speed, CPU per call and memory of a release build beside nginx; see docs/benchmarks.md for what is compared.
#
# usage: Benchmarks/run.sh [--seconds N] [--warm-up N]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHONPATH=$PWD/Benchmarks PYTHONDONTWRITEBYTECODE=1 exec python3 -m bench "$@"
