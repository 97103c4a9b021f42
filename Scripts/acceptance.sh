#!/usr/bin/env bash
# Drives the real server with published MCP clients, and checks what only an operator sees. The clients are installed
# from PyPI once, each into a virtual environment of its own beside the tests; later runs need no network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

readonly folder=Tests/Acceptance
python=${PYTHON:-python3}

# give_up TEXT: a task that cannot even start counts as one failure.
give_up() {
    say "$*" >&2
    closing acceptance 0 1
    exit 1
}

# environment NAME: makes .venv-NAME from requirements/NAME.txt unless it is there and up to date.
environment() {
    local venv=$folder/.venv-$1 requirements=$folder/requirements/$1.txt log=.run/pip-$1.log
    if cmp -s "$requirements" "$venv/installed.txt" && "$venv/bin/python" -c '' 2>/dev/null; then return; fi
    say "Installing $(sed -n 2p "$requirements") into $venv"
    rm -rf "$venv"
    if ! { "$python" -m venv "$venv" && "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --no-input --requirement "$requirements"; } >"$log" 2>&1; then
        give_up "could not install $requirements; the last lines:
$(tail -n 8 "$log")"
    fi
    cp "$requirements" "$venv/installed.txt"
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || give_up "the clients need Python 3.10 or later"
mkdir -p .run
take_turn environments
for name in mcp-2 mcp-1 fastmcp langchain otlp; do environment "$name"; done
for name in semantic-kernel autogen google-genai openai-agents pydantic-ai agent-framework llama-index; do
    environment "$name"
done
end_turn

counts=$(mktemp)
trap 'rm -f "$counts"' EXIT
export PYTHONPATH=$PWD/$folder PYTHONDONTWRITEBYTECODE=1
"$python" -m driver "$counts" || true
[[ -s $counts ]] || give_up "the run ended before it reported"
read -r passed failed <"$counts"
closing acceptance "$passed" "$failed"
