internal import Observability

/// Runs `body` as a request of the user called `name`, which the record of a request knows by an object id.
func asUser<Value>(_ name: String, _ body: () async throws -> Value) async throws -> Value {
    let context = RequestContext(correlationID: CorrelationID())
    context.note { facts in
        facts.caller = CallerFacts(
            kind: "user", tenantID: "tenant", objectID: name, clientID: "client", tokenID: "token", roles: nil)
    }
    let outcome: Result<Value, any Error> = await withRequestContext(context) {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
    return try outcome.get()
}
