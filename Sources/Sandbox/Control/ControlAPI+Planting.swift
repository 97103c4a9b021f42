internal import JSON

extension Sandbox {
    func plantRun(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["run", "details", "outputs"])
        try plant(
            run: .object(JSONObject(try body.object("run").map { ($0.name, $0.value) })),
            details: try Self.byID(body.object("details")), outputs: try Self.byID(body.object("outputs")))
        return .ok
    }

    func plantJob(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["job"])
        try plant(job: .object(JSONObject(try body.object("job").map { ($0.name, $0.value) })))
        return .ok
    }

    private static func byID(_ members: [(name: String, value: JSONValue)]) throws -> [Int64: JSONValue] {
        try members.reduce(into: [:]) { values, member in
            guard let id = Int64(member.name) else {
                throw SandboxError(description: "'\(member.name)' is not the id of a run.")
            }
            values[id] = member.value
        }
    }
}
