internal import HTTPTypes
internal import JSON
internal import NIOConcurrencyHelpers
internal import OpenSSL

/// The requests received so far, the latest 10,000 of them.
final class RequestLog: Sendable {
    private static let limit = 10_000

    private struct State {
        var records: [RecordedRequest] = []
        var nextSequence = 1
    }

    private let state = NIOLockedValueBox(State())

    var all: [RecordedRequest] { state.withLockedValue { $0.records } }

    func removeAll() { state.withLockedValue { $0.records = [] } }

    /// Records a request with the outcome that is known so far.
    ///
    /// - Returns: Its sequence number.
    func add(
        _ request: SandboxRequest, _ route: Route, user: String?, status: Int, flags: Set<RecordedRequest.Flag>,
        milliseconds: Int64
    ) {
        let token = request.bearerToken.map(RecordedRequest.Token.init)
        let form = request.form
        state.withLockedValue { state in
            state.records.append(
                RecordedRequest(
                    sequence: state.nextSequence, milliseconds: milliseconds, method: request.method,
                    path: request.path, route: route.label,
                    query: (request.query ?? []).map { (Self.name($0), Self.masked($0)) },
                    headers: Self.visible(request.headers), token: token,
                    form: (form ?? []).map { (Self.name($0), Self.masked($0)) },
                    body: form == nil ? String(decoding: request.body, as: UTF8.self) : "", user: user,
                    status: status, flags: flags))
            state.nextSequence += 1
            // Trimmed in steps, so that a full log does not move all its records for every request.
            if state.records.count > Self.limit + 1_000 { state.records.removeFirst(1_000) }
        }
    }

    private static func name(_ field: FormField) -> String { field.name }

    private static let secretFields: Set<String> = [
        "client_secret", "client_assertion", "assertion", "refresh_token", "code", "code_verifier", "password",
    ]

    private static func masked(_ field: FormField) -> String {
        secretFields.contains(field.name) ? "sha256:\(SHA256.digest(field.value).hexPrefix(12))" : field.value
    }

    private static func visible(_ headers: HTTPFields) -> [(name: String, value: String)] {
        headers.compactMap { field in
            let name = field.name.rawName
            switch name.lowercased() {
            case "authorization", "cookie": return nil
            case "x-identity-header", "secret": return (name, "sha256:\(SHA256.digest(field.value).hexPrefix(12))")
            default: return (name, field.value)
            }
        }
    }
}

extension RecordedRequest.Token {
    init(_ text: String) {
        let claims = CompactToken(text)?.claims
        digest = SHA256.digest(text).hexPrefix(12)
        audience = claims?["aud"]?.string
        uniqueID = claims?["uti"]?.string
        assertionID = claims?[TokenTemplates.assertionMarker]?.string
    }
}
