#!/usr/bin/env bash
# Shows the main job over real HTTP: starts the sandbox (stand-ins for Entra ID and a Databricks workspace) and the
# server, then finds, runs and explains a failing job as the user Alice. Every step is checked; the exit status tells
# whether all went well.
#
# usage: Scripts/demo.sh [--keep]
#   --keep   go on serving afterwards, until Ctrl-C
# Ports: MCP_PORT (8000), METRICS_PORT (9464), SANDBOX_PORT (9100).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=Scripts/common.sh
source Scripts/common.sh

keep=no
case ${1:-} in
    '') ;;
    --keep) keep=yes ;;
    *) die "unknown argument '$1'; usage: Scripts/demo.sh [--keep]" ;;
esac

readonly mcp_port=${MCP_PORT:-8000} metrics_port=${METRICS_PORT:-9464} sandbox_port=${SANDBOX_PORT:-9100}
readonly base=http://localhost:$mcp_port sandbox=http://127.0.0.1:$sandbox_port
# Beside a demonstration on the usual ports, one on others has a folder of its own.
[[ $mcp_port == 8000 ]] && run=$PWD/.run/demo || run=$PWD/.run/demo-$mcp_port
readonly binaries=$PWD/.build/debug run
readonly server_log=$run/server.log sandbox_log=$run/sandbox.log

trap stop_children EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- The two processes ---------------------------------------------------------------------------------------------

start_processes() {
    [[ -x $binaries/databricks-jobs-mcp && -x $binaries/databricks-sandbox ]] || die "nothing is built yet; run: make build"
    require_free_port "$sandbox_port" SANDBOX_PORT "the sandbox"
    require_free_port "$mcp_port" MCP_PORT "the server"
    require_free_port "$metrics_port" METRICS_PORT "the server's metrics"
    mkdir -p "$run"

    heading "Starting the sandbox and the server"
    # Sign-in works for the address that clients are given, as it would where it is registered at Entra ID.
    start "$sandbox_log" "$binaries/databricks-sandbox" serve --port "$sandbox_port" --identifier-uri "$base/mcp"
    wait_for_url "$sandbox/_control/requests" "$child" "$sandbox_log" "the sandbox"
    say "   sandbox  $sandbox  (Entra ID and a Databricks workspace)"

    local settings
    mapfile -t settings < <("$binaries/databricks-sandbox" environment --url "$sandbox")
    # A clean environment in a folder of its own: neither your variables nor your .env can change the demonstration.
    start "$server_log" env -i -C "$run" "PATH=$PATH" "${settings[@]}" "MCP_PORT=$mcp_port" "MCP_BASE_URL=$base" \
        "METRICS_PORT=$metrics_port" LOG_FORMAT=json LOG_LEVEL=info "$binaries/databricks-jobs-mcp" serve
    wait_for_url "$base/readyz" "$child" "$server_log" "the server"
    say "   server   $base/mcp"
}

# --- One request ---------------------------------------------------------------------------------------------------

token='' status='' body=$run/body.json headers=$run/headers.txt

# send CURL-ARGUMENTS...: leaves the status in $status, the body in $body and the header fields in $headers.
send() {
    status=$(curl --silent --max-time "$patience" --output "$body" --dump-header "$headers" --write-out '%{http_code}' "$@") ||
        die "no answer from ${*: -1}; the server's last lines:
$(tail -n 5 "$server_log")"
}

# header NAME: its value in the last answer.
header() { tr -d '\r' <"$headers" | sed -nE "s/^$1: (.*)/\1/Ip" | head -n 1; }

# rpc METHOD PARAMS [NAME]: one JSON-RPC request of revision 2026-07-28, as Alice once $token is set.
rpc() {
    local meta='{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'
    local message
    message=$(jq -nc --arg method "$1" --argjson params "$2" --argjson meta "$meta" \
        '{jsonrpc: "2.0", id: 1, method: $method, params: ($params + {_meta: $meta})}')
    send -X POST -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
        -H 'MCP-Protocol-Version: 2026-07-28' -H "Mcp-Method: $1" ${3:+-H "Mcp-Name: $3"} \
        ${token:+-H "Authorization: Bearer $token"} --data-binary "$message" "$base/mcp"
}

# call TOOL ARGUMENTS: calls a tool and expects success.
call() {
    rpc tools/call "$(jq -nc --arg name "$1" --argjson arguments "$2" '{name: $name, arguments: $arguments}')" "$1"
    [[ $status == 200 ]] || die "$1 was answered with HTTP $status: $(head -c 500 "$body")"
    jq -e '.result and (.result.isError != true)' "$body" >/dev/null || die "$1 failed: $(head -c 800 "$body")"
}

# structured FILTER [JQ-ARGUMENTS...]: a value of the last result; ends the script when there is none.
structured() {
    local filter=$1
    shift
    jq -er "$@" ".result.structuredContent | $filter" "$body" || die "the answer has no $filter: $(head -c 800 "$body")"
}

show_text() { jq -r '.result.content[0].text' "$body" | head -n "${1:-8}" | cut -c 1-160 | sed 's/^/   | /'; }

# --- The conversation ----------------------------------------------------------------------------------------------

step=0
step() {
    step=$((step + 1))
    heading "$step. $*"
}

converse() {
    step "A request without a token is told where to sign in"
    rpc tools/list '{}'
    say "   POST $base/mcp -> $status"
    say "   WWW-Authenticate: $(header WWW-Authenticate)"
    [[ $status == 401 ]] || die "expected 401"
    local metadata
    metadata=$(header WWW-Authenticate | sed -nE 's/.*resource_metadata="([^"]+)".*/\1/p')
    [[ -n $metadata ]] || die "the challenge names no resource_metadata"

    step "The metadata names the authorization server and the scope"
    send "$metadata"
    [[ $status == 200 ]] || die "the metadata were answered with HTTP $status"
    say "   GET $metadata -> $status"
    jq -r '"   authorization server  \(.authorization_servers[0])", "   scope                 \(.scopes_supported[0])"' "$body"
    [[ $(jq -r .resource "$body") == "$base/mcp" ]] || die "the resource is not $base/mcp"

    step "Alice signs in and gets an access token for this server"
    token=$("$binaries/databricks-sandbox" token --user alice --url "$sandbox")
    say "   ${token:0:12}...${token: -6} (${#token} characters)"

    step "tools/list"
    rpc tools/list '{}'
    [[ $status == 200 ]] || die "tools/list was answered with HTTP $status: $(head -c 500 "$body")"
    jq -r '.result.tools[] | "   \(.name): \(.description | split(". ")[0] | .[0:110])"' "$body"
    [[ $(jq '.result.tools | length' "$body") == 5 ]] || die "expected five tools"

    step "list_jobs: is there a nightly job?"
    call list_jobs '{"name": "nightly orders"}'
    show_text
    local job run_id
    job=$(structured '.jobs[0].job_id')

    step "run_now: start it"
    call run_now "$(jq -nc --argjson job "$job" --arg key "demo-$RANDOM-$$" '{job_id: $job, idempotency_token: $key}')"
    show_text 4
    run_id=$(structured '.run_id')

    step "get_run: follow it to its end"
    wait_for run_has_ended "$run_id" || die "the run did not end within $patience seconds"
    show_text 12
    [[ $(structured '.outcome') == failed ]] || die "the nightly job was expected to fail"

    step "get_run_output: why did it fail?"
    call get_run_output "$(structured '.failed_tasks[0].run_id' | jq -c '{run_id: .}')"
    show_text 16
    grep -q 'null ratio of customer_id' "$body" || die "the output does not explain the failure"

    step "One correlation ID, from the answer through the log to the workspace"
    local correlation
    correlation=$(header X-Correlation-ID)
    say "   X-Correlation-ID: $correlation"
    show_log_of "$correlation"
    # The request's headers, not the URL, tell it apart.
    curl --silent --max-time "$patience" "$sandbox/_control/requests" | jq -er --arg id "$correlation" '
        [.. | objects | select(.path? and ([.headers? | .. | strings] | any(. == $id)))]
        | (.[] | "   sandbox: \(.method) \(.path) with the same ID"), (length > 0 | if . then empty else error("none") end)' ||
        die "the workspace did not receive the correlation ID"
}

shown=''
# run_has_ended RUN: asks for the run once, and shows its state when it is a new one.
run_has_ended() {
    local state finished
    call get_run "$(jq -nc --argjson run "$1" '{run_id: $run, wait_seconds: 1}')"
    finished=$(structured '.finished | tostring') || exit
    state=$(structured '.status.state // .state.life_cycle_state') || exit
    [[ $state == "$shown" ]] || say "   $state"
    shown=$state
    [[ $finished == true ]]
}

# show_log_of ID: the server's log lines with this correlation ID, shortened. The log is written by a thread of its own.
show_log_of() {
    wait_for grep -q "\"correlation_id\":\"$1\"" "$server_log" || die "no line of $server_log has the correlation ID"
    grep "\"correlation_id\":\"$1\"" "$server_log" | jq -r '
        "   log: \(.level) \(.message) \(to_entries
            | map(select(.key | IN("mcp_tool", "http_status", "duration_ms", "mcp_outcome")) | "\(.key)=\(.value)")
            | join(" "))"'
}

# --- Afterwards ----------------------------------------------------------------------------------------------------

invite() {
    local cli=.build/debug/databricks-sandbox url=''
    [[ $sandbox_port == 9100 ]] || url=" --url $sandbox"
    cat <<END

${bold}Still serving on $base/mcp; Ctrl-C ends it.${plain}

Any MCP client that knows OAuth signs in by itself: give it the address $base/mcp and the client id
c1000000-0000-4000-8000-000000000002, no secret. The sandbox approves at once, as Alice; to be asked who signs in:

  curl -d '{"page": true}' $sandbox/_control/sign-in

Or with a token, for Alice (also: bob, guest, nora), valid for about an hour:

  TOKEN=\$($cli token --user alice$url)

With curl:

  curl -s $base/mcp -H "Authorization: Bearer \$TOKEN" \\
    -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \\
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_jobs","arguments":{"limit":5}}}' |
    jq -r '.result.content[0].text'

In .vscode/mcp.json (VS Code asks for the token once):

  { "inputs": [ { "id": "token", "type": "promptString", "description": "Access token", "password": true } ],
    "servers": { "databricks-jobs": { "type": "http", "url": "$base/mcp",
      "headers": { "Authorization": "Bearer \${input:token}" } } } }

Metrics: http://127.0.0.1:$metrics_port/metrics   Logs: ${server_log#"$PWD"/}, ${sandbox_log#"$PWD"/}
END
}

start_processes
converse
say
say "${green}All $step steps went as they should.$plain"
if [[ $keep == yes ]]; then
    invite
    trap 'say; say "Stopping."; exit 0' INT
    # Ends when one of the two does, or on Ctrl-C.
    wait -n "${children[@]}" || true
    die "the server or the sandbox has ended; see $server_log and $sandbox_log"
fi
