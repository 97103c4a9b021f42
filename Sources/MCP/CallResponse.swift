internal import JSON
internal import Logging
internal import Observability

/// Writes the response to a `tools/call`, in one go into one array (TC-02), and notes what it says.
struct CallResponse: Sendable {
    let id: RequestID
    let era: Era
    let results: ServerResults
    let summary: MCPSummary

    /// The answer that reports `error` to the caller.
    func answer(_ error: any CallerFacingError) -> Answer {
        let category = error.details.category
        summary.note { facts in
            facts.isToolError = true
            facts.errorCategory = category
            facts.failure = error
        }
        return Answer(message: failure(error))
    }

    /// The answer after a bug of ours: the caller gets a reference and nothing of the cause (M-04).
    func answer(bug error: any Error) -> Answer {
        Logger.current.error("tool call failed unexpectedly", error: error)
        let reference = RequestContext.current.map { " Correlation ID: \($0.correlationID)" } ?? ""
        summary.note { facts in
            facts.rpcErrorCode = Int(RPCError.Code.internalError.rawValue)
            facts.errorCategory = .internal
        }
        return Answer(message: RPCResponse.error(id, .internalError("Internal error.\(reference)")))
    }

    /// The answer to a call whose client has left: not sent, but logged as abandoned.
    func abandoned() -> Answer {
        summary.note { $0.isAbandoned = true }
        return Answer(message: RPCResponse.error(id, .internalError("Cancelled.")))
    }

    /// A result, with the digest or the structured content as its text (K-11).
    func success(_ result: ToolResult, text: TextContent) -> [UInt8] {
        var json = JSONWriter(
            capacity: result.structured.count * (text == .json ? 2 : 1) + result.text.utf8.count + 512)
        begin(&json)
        switch text {
        case .json where !result.structured.isEmpty: content(result.structured.span, result.blocks, &json)
        default: content(result.text.utf8.span, result.blocks, &json)
        }
        if !result.structured.isEmpty {
            json.key("structuredContent")
            json.raw(result.structured)
        }
        json.key("isError")
        json.bool(false)
        if era == .modern {
            json.key("_meta")
            json.raw(results.stampBytes)
        }
        return end(&json)
    }

    /// A result that says what went wrong, in words and for machines (TC-07, K-12).
    private func failure(_ error: any CallerFacingError) -> [UInt8] {
        let correlationID = RequestContext.current.map { String(describing: $0.correlationID) }
        let message = error.callerMessage
        // A failure at Entra ID has it among what is to be quoted to an administrator.
        let reference = correlationID.flatMap { message.contains($0) ? nil : " Correlation ID: \($0)" } ?? ""
        var json = JSONWriter(capacity: 1_024)
        begin(&json)
        json.key("isError")
        json.bool(true)
        content((message + reference).utf8.span, [], &json)
        json.key("_meta")
        json.beginObject()
        if era == .modern {
            json.key(MetaKey.serverInfo)
            json.value(results.stamp[MetaKey.serverInfo] ?? nil)
        }
        json.key(MetaKey.error)
        json.value(error.details.json(correlationID))
        json.endObject()
        return end(&json)
    }

    private func begin(_ json: inout JSONWriter) {
        RPCResponse.begin(&json, id)
        json.key("result")
        json.beginObject()
        guard era == .modern else { return }
        json.key("resultType")
        json.string("complete")
    }

    private func content(_ text: Span<UInt8>, _ blocks: [ContentBlock], _ json: inout JSONWriter) {
        json.key("content")
        json.beginArray()
        if blocks.isEmpty || !text.isEmpty {
            json.beginObject()
            json.key("type")
            json.string("text")
            json.key("text")
            json.string(utf8: text)
            json.endObject()
        }
        for block in blocks { json.block(block) }
        json.endArray()
    }

    private func end(_ json: inout JSONWriter) -> [UInt8] {
        json.endObject()
        json.endObject()
        return json.bytes
    }
}

extension ErrorDetails {
    /// The value of `_meta["databricks-jobs-mcp/error"]`; what is not known is left out (K-12).
    fileprivate func json(_ correlationID: String?) -> JSONValue {
        var members: JSONObject = ["category": .string(category.rawValue)]
        if let httpStatus { members["http_status"] = .integer(Int64(httpStatus)) }
        if let errorCode { members["error_code"] = .string(errorCode) }
        members["retryable"] = .bool(retryable)
        if let retryAfterSeconds { members["retry_after_seconds"] = .integer(Int64(retryAfterSeconds)) }
        if let nextStep { members["next_step"] = .string(nextStep) }
        if let correlationID { members["correlation_id"] = .string(correlationID) }
        return .object(members)
    }
}
