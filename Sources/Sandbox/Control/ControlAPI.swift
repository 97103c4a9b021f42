internal import JSON

extension Sandbox {
    func respondToControl(_ request: SandboxRequest, path: [String]) -> SandboxReply { .text(404, "") }
}
