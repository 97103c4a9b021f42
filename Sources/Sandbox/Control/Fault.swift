/// Something that goes wrong on purpose, for some requests of some users (D-125).
///
/// Without ``status`` and with ``cut`` at `whole` a fault only delays: the request is answered as usual afterwards.
package struct Fault: Sendable {
    /// How much of the answer reaches the client.
    package enum Cut: String, Sendable, CaseIterable {
        /// All of it.
        case none
        /// Nothing: the connection is closed without a byte.
        case beforeHeaders = "before_headers"
        /// Status and headers only.
        case afterHeaders = "after_headers"
        /// Half of the body.
        case midBody = "mid_body"
    }

    /// The short name or the object id of the user whose requests fail; `nil` for everybody's.
    package var user: String?
    /// A route's name (`token`, `keys`, `msi`, `imds`, `jobs/list`, ...), `entra`, `identity`, `workspace`, or `*`.
    package var route: String
    /// The status of the answer; `nil` answers as usual.
    package var status: Int?
    /// The body of the answer.
    package var body: String
    /// The header fields of the answer; without a `Content-Type` it is JSON.
    package var headers: [(name: String, value: String)]
    /// Milliseconds before the answer is sent.
    package var delayMilliseconds: Int64
    /// How many requests fail; `nil` for all.
    package var count: Int?
    /// How many matching requests are spared first.
    package var skip: Int
    /// How much of the answer reaches the client.
    package var cut: Cut
    /// Whether the request is carried out before its answer is lost or replaced (D-117, D-118).
    package var isAfterHandler: Bool

    /// Describes a fault; see the properties.
    package init(
        route: String, user: String? = nil, status: Int? = nil, body: String = "",
        headers: [(name: String, value: String)] = [], delayMilliseconds: Int64 = 0, count: Int? = nil, skip: Int = 0,
        cut: Cut = .none, afterHandler: Bool = false
    ) {
        self.route = route
        self.user = user
        self.status = status
        self.body = body
        self.headers = headers
        self.delayMilliseconds = delayMilliseconds
        self.count = count
        self.skip = skip
        self.cut = cut
        isAfterHandler = afterHandler
    }

    /// Whether `route` is a name that some request can have.
    package var hasKnownRoute: Bool {
        let labels = ["discovery", "keys", "token", "authorize", "inserted-metadata", "unknown-api"]
        return route == "*" || labels.contains(route) || SandboxService(rawValue: route) != nil
            || IdentityEndpoint(rawValue: route) != nil
            || JobsEndpoint(rawValue: route) != nil
    }

    func matches(_ route: Route, userNames: [String]) -> Bool {
        guard self.route == "*" || self.route == route.label || self.route == route.service?.rawValue else {
            return false
        }
        guard let user else { return true }
        return userNames.contains(user)
    }

    /// What the client gets instead of `reply`, which is `nil` when the handler was not asked.
    func replacing(_ reply: SandboxReply?) -> SandboxReply {
        var result = reply ?? .text(200, "")
        if let status {
            result = SandboxReply(status: status, headers: headers, body: Array(body.utf8))
            if !headers.contains(where: { $0.name.lowercased() == "content-type" }), !body.isEmpty {
                result.setHeader("Content-Type", "application/json")
            }
        }
        result.fate =
            switch cut {
            case .none: result.fate
            case .beforeHeaders: .cutBeforeHeaders
            case .afterHeaders: .cutAfterHeaders
            case .midBody: .cutMidBody
            }
        return result
    }

    /// Whether the answer does not depend on the handler.
    var replacesAnswer: Bool { status != nil || cut == .beforeHeaders }
}
