internal import JSON

/// A message that a call sends before its response.
enum Notification {
    /// How far the call has come, under the token that the client chose.
    case progress(RequestID, ProgressUpdate)
    /// A log message.
    case message(ClientLogLevel, String)

    /// The bytes of the JSON-RPC notification.
    var message: [UInt8] {
        var json = JSONWriter(capacity: 192)
        json.beginObject()
        json.key("jsonrpc")
        json.string("2.0")
        json.key("method")
        switch self {
        case .progress(let token, let update):
            json.string("notifications/progress")
            json.key("params")
            json.beginObject()
            json.key("progressToken")
            json.raw(token.json)
            update.write(to: &json)
            json.endObject()
        case .message(let level, let text):
            json.string("notifications/message")
            json.key("params")
            json.beginObject()
            json.key("level")
            json.string(level.rawValue)
            json.key("data")
            json.string(text)
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }
}

extension ProgressUpdate {
    fileprivate func write(to json: inout JSONWriter) {
        json.key("progress")
        json.plainNumber(progress)
        if let total, total.isFinite {
            json.key("total")
            json.plainNumber(total)
        }
        if let message {
            json.key("message")
            json.string(message)
        }
    }
}

extension JSONWriter {
    /// `3` rather than `3.0`, which some clients show to people.
    fileprivate mutating func plainNumber(_ value: Double) {
        if let integer = Int64(exactly: value) { self.integer(integer) } else { number(value) }
    }
}
