internal import JSON
internal import NIOConcurrencyHelpers
internal import OpenSSL

/// The stand-in for Microsoft Entra ID: metadata, keys, authorize and token endpoint of one tenant (E-170 to E-174).
final class EntraStandIn: Sendable {
    let clock: SandboxClock
    let state: NIOLockedValueBox<EntraState>

    init(clock: SandboxClock, _ configuration: SandboxConfiguration) throws(CryptoError) {
        self.clock = clock
        state = NIOLockedValueBox(try EntraState(address: EntraAddress(baseURL: ""), configuration))
    }

    /// Answers a request for one of Entra's paths.
    func respond(to request: SandboxRequest, route: Route) -> SandboxReply {
        state.withLockedValue { state in
            let exchange = EntraExchange(request: request, now: clock.milliseconds / 1000, random: &state.random)
            if let preflight = CrossOrigin.preflight(request, route) { return exchange.completed(preflight) }
            let reply: SandboxReply
            switch route {
            case .discovery(let tenant, let version):
                reply = metadata(request, tenant, exchange, state) { state.address.discovery(version: version) }
            case .keys(let tenant, let version):
                reply = metadata(request, tenant, exchange, state) {
                    state.keys.document(
                        version: version, issuer: state.address.issuer(version: 2),
                        issuerTemplate: state.address.issuerTemplate)
                }
            case .token(let tenant): reply = state.token(tenant: tenant, exchange)
            case .authorize(let tenant): reply = state.authorize(tenant: tenant, exchange)
            default: reply = .text(404, "Not Found")
            }
            return CrossOrigin.opened(exchange.completed(reply), to: request, route, state)
        }
    }

    private func metadata(
        _ request: SandboxRequest, _ tenant: String, _ exchange: EntraExchange, _ state: EntraState,
        _ document: () -> JSONValue
    ) -> SandboxReply {
        guard request.method == "GET" else { return .text(405, "Method Not Allowed") }
        guard tenant == SandboxIdentity.tenantID else {
            return exchange.refusal(.unknownTenant(tenant), state.address)
        }
        return SandboxReply.json(200, document()).adding("Cache-Control", "max-age=86400, private")
    }
}

/// One request to Entra with the ids and the time that its answer carries (E-106).
struct EntraExchange: Sendable {
    let request: SandboxRequest
    /// Seconds since 1970.
    let now: Int64
    let traceID: String
    let correlationID: String
    private let echoedID: String?
    private let cookie: String

    init(request: SandboxRequest, now: Int64, random: inout SeededGenerator) {
        self.request = request
        self.now = now
        traceID = random.uuid()
        cookie = random.uniqueTokenID()
        // An id that is no UUID is replaced; it is sent back only to a client that asked for it.
        let sent = request.header("client-request-id").flatMap { isUUID($0) ? $0.lowercased() : nil }
        correlationID = sent ?? random.uuid()
        let wantsEcho = request.header("return-client-request-id")?.lowercased() == "true"
        echoedID = wantsEcho ? correlationID : nil
    }

    /// The JSON answer for an error.
    func refusal(_ error: EntraError, _ address: EntraAddress) -> SandboxReply {
        let body = error.body(
            traceID: traceID, correlationID: correlationID, time: UTCTime(seconds: now), baseURL: address.baseURL)
        let reply = SandboxReply.json(error.status, body)
        return error.status == 429 ? reply.adding("Retry-After", "7") : reply
    }

    /// Adds what every answer of Entra carries; cookies are there to be ignored (E-157).
    func completed(_ reply: SandboxReply) -> SandboxReply {
        var reply = reply
        reply.setHeader("x-ms-request-id", traceID)
        reply.setHeader("x-ms-ests-server", "standin")
        if !reply.headers.contains(where: { $0.name == "Cache-Control" }) {
            reply.setHeader("Cache-Control", "no-store, no-cache")
            reply.setHeader("Pragma", "no-cache")
        }
        reply.headers.append(("Set-Cookie", "fpc=\(cookie); path=/; httponly"))
        reply.headers.append(("Set-Cookie", "x-ms-gateway-slice=standin; path=/; httponly"))
        if let echoedID { reply.setHeader("client-request-id", echoedID) }
        return reply
    }
}

extension EntraError {
    /// The answer to a tenant that does not exist here.
    static func unknownTenant(_ tenant: String) -> EntraError {
        EntraError(90002, "Tenant '\(String(tenant.prefix(64)))' not found.")
    }
}

/// Whether `text` is a UUID in its usual form.
func isUUID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return false }
    return bytes.enumerated().allSatisfy { index, byte in
        if [8, 13, 18, 23].contains(index) { return byte == UInt8(ascii: "-") }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
