internal import Auth
internal import HTTPServer
internal import Jobs
internal import MCP
internal import Observability
internal import Testing

@testable import App

/// The table of metrics writes closed sets out; they belong to these enums.
@Suite struct MetricLabelTests {
    private static func values(_ metric: String, _ label: String) -> Set<String> {
        let metric = MetricCatalogue.all.first { $0.name == metric }
        return Set(metric?.labels.first { $0.name == label }?.values ?? [])
    }

    private static func expect<Label: CaseIterable & RawRepresentable<String>>(
        _ metric: String, _ label: String, are type: Label.Type, and others: Set<String> = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let cases = Set(Label.allCases.map(\.rawValue)).union(others)
        #expect(values(metric, label) == cases, sourceLocation: sourceLocation)
    }

    @Test("Requests")
    func requests() {
        Self.expect(MetricNames.httpRequestDuration, "http_route", are: Route.self)
        Self.expect(MetricNames.httpRequestDuration, "http_request_method", are: MethodLabel.self)
        Self.expect(MetricNames.httpShedRequests, "reason", are: RequestGate.Refusal.self)
        Self.expect(MetricNames.httpUnreadableRequests, "reason", are: UnreadableRequest.Reason.self)
        Self.expect(MetricNames.operationDuration, "mcp_protocol_version", are: ProtocolVersion.self, and: [""])
        Self.expect(MetricNames.toolErrors, "category", are: ErrorDetails.Category.self)
        let statuses = Set(RequestMetrics.statuses.map(String.init)).union(["_OTHER"])
        #expect(Self.values(MetricNames.httpRequestDuration, "http_response_status_code") == statuses)
    }

    @Test("Sign-in")
    func signIn() {
        Self.expect(
            MetricNames.tokenRejections, "reason", are: TokenRejection.Reason.self, and: ["invalid_request"])
        for name in [MetricNames.oboExchanges, MetricNames.applicationTokens] {
            Self.expect(name, "outcome", are: EntraFailureClass.self, and: ["success"])
        }
        Self.expect(
            MetricNames.managedIdentityRequests, "outcome", are: CredentialError.Problem.self, and: ["success"])
    }

    @Test("Databricks")
    func databricks() {
        for name in [
            MetricNames.databricksRequests, MetricNames.databricksRequestDuration, MetricNames.databricksRetries,
            MetricNames.databricksThrottles,
        ] {
            Self.expect(name, "endpoint", are: Endpoint.self)
        }
        Self.expect(MetricNames.databricksCallsRefused, "reason", are: CallRefusal.self)
    }
}
