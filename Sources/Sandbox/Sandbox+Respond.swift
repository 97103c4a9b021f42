internal import JSON
internal import NIOConcurrencyHelpers

extension Sandbox {
    /// Answers one request: the control API directly, everything else through outages, faults and the records.
    func respond(to request: SandboxRequest) async -> SandboxReply {
        let route = Route(path: request.path)
        if case .control(let path) = route { return respondToControl(request, path: path) }
        let arrival = clock.milliseconds
        let actor = actor(of: request, route)
        var flags: Set<RecordedRequest.Flag> = []
        var reply: SandboxReply
        if faults.isDown(route.service) {
            flags.insert(.serviceDown)
            reply = .silence
        } else if let fault = faults.take(route, userNames: actor.map { [$0.name, $0.objectID] } ?? []) {
            flags.insert(.fault)
            reply = await answer(request, route, fault, &flags)
        } else {
            reply = answer(request, route, &flags)
        }
        log.add(
            request, route, user: actor?.name, status: reply.fate == .cutBeforeHeaders ? 0 : reply.status, flags: flags,
            milliseconds: arrival)
        // A cancelled wait means that the server stops: then it does not matter what is sent.
        if reply.delayMilliseconds > 0 { try? await Task.sleep(for: .milliseconds(reply.delayMilliseconds)) }
        return reply
    }

    private func answer(
        _ request: SandboxRequest, _ route: Route, _ fault: Fault, _ flags: inout Set<RecordedRequest.Flag>
    ) async -> SandboxReply {
        if fault.isAfterHandler || !fault.replacesAnswer {
            if !fault.isAfterHandler, fault.delayMilliseconds > 0 {
                try? await Task.sleep(for: .milliseconds(fault.delayMilliseconds))
            }
            var reply = fault.replacing(answer(request, route, &flags))
            if fault.isAfterHandler { reply.delayMilliseconds += fault.delayMilliseconds }
            return reply
        }
        var reply = fault.replacing(nil)
        reply.delayMilliseconds = fault.delayMilliseconds
        return reply
    }

    private func answer(
        _ request: SandboxRequest, _ route: Route, _ flags: inout Set<RecordedRequest.Flag>
    ) -> SandboxReply {
        switch route.service {
        case .entra: entra.respond(to: request, route: route)
        case .identity:
            if case .identity(let endpoint) = route {
                identity.respond(to: request, endpoint: endpoint)
            } else {
                .text(404, "Not Found")
            }
        case .workspace: workspace.respond(to: request, route: route, entra: entra, flags: &flags)
        case nil: .text(404, "Not Found")
        }
    }

    /// The user that a request is made for, by the unverified token in it: faults and records go by user.
    private func actor(of request: SandboxRequest, _ route: Route) -> (name: String, objectID: String)? {
        let text: String? =
            if case .token = route { request.form?["assertion"] } else { request.bearerToken }
        guard let oid = text.flatMap(CompactToken.init)?.claims["oid"]?.string else { return nil }
        let name = entra.state.withLockedValue { $0.user(oid)?.name }
        return (name ?? oid, oid)
    }
}
