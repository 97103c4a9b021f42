internal import JSON
internal import MCP

/// The result of `run_now`.
struct RunStarted {
    let order: RunOrder
    let answer: DatabricksAnswer
    let workspace: Workspace

    private var runID: Int64? { answer.root["run_id"]?.exactInteger }

    var result: ToolResult {
        let link = runID.map { workspace.runPage(job: order.job.id, run: $0, workspaceID: answer.workspaceID) }
        return ToolResult(text: digest(link: link), structured: structured(link: link))
    }

    private func structured(link: String?) -> [UInt8] {
        var copy = UpstreamCopy(runsOf: workspace, .none)
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        copy.members(
            of: answer.root, except: ["job_id", "idempotency_token", "token_minted", "run_page_url"], into: &writer)
        writer.key("job_id")
        writer.identifier(order.job.id)
        writer.key("idempotency_token")
        writer.string(order.token.text)
        writer.key("token_minted")
        writer.bool(order.token.isMinted)
        if let link {
            writer.key("run_page_url")
            writer.string(link)
        }
        writer.endObject()
        return writer.bytes
    }

    private func digest(link: String?) -> String {
        var text = ByteText(reserving: 512)
        text.append("Run ")
        text.append(id: answer.root["run_id"])
        text.append(" of job ")
        text.append(order.job.id)
        text.append(
            order.token.isMinted
                ? " is requested; it has not begun yet.\n"
                : " is requested; if the idempotency_token was used before, this is the run it started then.\n")
        text.append("idempotency_token: \"")
        text.append(UntrustedText.line(order.token.text, limit: 64))
        text.append("\" (repeating the call with it never starts a second run)\n")
        if let link {
            text.append("Link: ")
            text.append(link)
            text.append("\n")
        }
        text.append("Next: get_run with run_id ")
        text.append(id: answer.root["run_id"])
        text.append(" and wait_seconds 45, until finished is true.")
        return text.string
    }
}
