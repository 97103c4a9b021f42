-- wrk: posts one MCP request over and over, with one token or with many in turn. Everything it needs comes from the
-- environment; the summary goes to standard output as one JSON line.

wrk.method = "POST"
wrk.path = os.getenv("BENCH_PATH")
wrk.body = os.getenv("BENCH_BODY")
for line in os.getenv("BENCH_HEADERS"):gmatch("[^\n]+") do
    local name, value = line:match("^([^:]+): (.*)$")
    wrk.headers[name] = value
end

-- A file with one token a line: each request takes the next one.
local tokens = os.getenv("BENCH_TOKENS")
if tokens then
    local requests, position = {}, 0
    init = function()
        for token in io.lines(tokens) do
            wrk.headers["Authorization"] = "Bearer " .. token
            requests[#requests + 1] = wrk.format()
        end
    end
    request = function()
        position = position % #requests + 1
        return requests[position]
    end
end

function done(summary, latency, _requests)
    local errors = summary.errors
    io.write(string.format(
        '\n{"requests": %d, "seconds": %.6f, "bytes": %d, "errors": %d, "refused": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
        summary.requests, summary.duration / 1e6, summary.bytes,
        errors.connect + errors.read + errors.write + errors.timeout, errors.status,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
