internal import HTTPSyntax
internal import HTTPTransport
internal import JSON

/// Asks a server on this machine for one of its health routes, as `healthcheck` does.
struct HealthQuestion: Sendable {
    /// Why the server does not count as healthy: one line for the operator.
    struct Unwell: Error, CustomStringConvertible {
        let description: String
    }

    private let address: Settings.Address
    private let path: String

    init(address: Settings.Address, path: String) { (self.address, self.path) = (address, path) }

    /// Where to ask: a server that listens on all interfaces answers on loopback as well.
    var url: String {
        "http://\(Authority(address: address.host, port: address.port).onThisMachine)\(path)"
    }

    /// Asks once.
    ///
    /// - Parameter timeout: Bound on the whole exchange.
    /// - Returns: The status by its own account: `ok` or `ready`.
    /// - Throws: ``Unwell`` for everything but a 200.
    func ask(timeout: Duration) async throws(Unwell) -> String {
        // Never through a proxy: the question is about this machine.
        let request = HTTPRequest(
            url: url, timeout: timeout, connectTimeout: timeout, maximumResponseBytes: 64 << 10, usesProxy: false)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await CurlTransport(TransportConfiguration()).send(request)
        } catch {
            throw Unwell(description: "\(url): \(problem(error))")
        }
        let body = try? JSONValue.parse(response.body)
        guard response.status == 200 else {
            let reason = body.flatMap { Self.text($0, "reason") } ?? "no reason given"
            throw Unwell(description: "\(url): answers \(response.status), \(reason)")
        }
        return body.flatMap { Self.text($0, "status") } ?? "ok"
    }

    private func problem(_ error: TransportError) -> String {
        switch error.kind {
        case .connect: "nothing listens there"
        case .connectTimeout, .timeout: "no answer in time"
        default: error.description
        }
    }

    private static func text(_ value: JSONValue, _ name: String) -> String? {
        guard case .string(let text)? = value[name] else { return nil }
        return text.excerpt
    }
}
