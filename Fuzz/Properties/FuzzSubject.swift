internal import Logging

/// A parser of foreign bytes; ``check(_:)`` says what must hold for every input to it.
package enum FuzzSubject: String, CaseIterable, Sendable {
    /// The JSON module: any bytes.
    case jsonParser = "JSONParser"
    /// The bearer token as it arrives: any text after the scheme.
    case tokenParser = "TokenParser"
    /// What a correctly signed token says: a line of header and a line of payload, signed by the check itself.
    case tokenClaims = "TokenClaims"
    /// The authority's key document: any bytes.
    case keyDocument = "KeyDocument"
    /// The MCP endpoint: header lines, an empty line and a body, or a body alone.
    case dispatcher = "Dispatcher"
    /// The answer of a host that is asked: any bytes.
    case responseParser = "ResponseParser"
    /// A client's connection up to its requests: any bytes.
    case requestHead = "RequestHead"
    /// A file of settings: any bytes.
    case environmentFile = "EnvironmentFile"
    /// An answer of the token endpoint: a line with the status and a body, or the body of a success.
    case entraAnswer = "EntraAnswer"
    /// An answer of the Jobs API, likewise, to all five tools.
    case databricksAnswer = "DatabricksAnswer"
    /// A date, an address, an escape, a list, Base64 or what a terminal obeys: any text.
    case httpSyntax = "HTTPSyntax"

    /// Checks one input; what is logged meanwhile must be fit for a log.
    ///
    /// - Throws: ``Violation`` of a property. An input may also end the process, which is a finding just the same.
    package func check(_ input: [UInt8]) async throws(Violation) {
        let log = CapturedLog()
        let outcome: Result<Void, Violation> = await withLogger(log.logger) { _ in
            do throws(Violation) { return .success(try await checkProperties(input)) } catch { return .failure(error) }
        }
        try outcome.get()
        for line in log.lines { try LogSafety.require(line, "what is logged") }
    }

    private func checkProperties(_ input: [UInt8]) async throws(Violation) {
        switch self {
        case .jsonParser: try JSONParserProperties.check(input)
        case .tokenParser: try await TokenParserProperties.check(input)
        case .tokenClaims: try await TokenClaimsProperties.check(input)
        case .keyDocument: try await KeyDocumentProperties.check(input)
        case .dispatcher: try await DispatcherProperties.check(input)
        case .responseParser: try ResponseParserProperties.check(input)
        case .requestHead: try RequestHeadProperties.check(input)
        case .environmentFile: try EnvironmentFileProperties.check(input)
        case .entraAnswer: try await EntraAnswerProperties.check(input)
        case .databricksAnswer: try await DatabricksAnswerProperties.check(input)
        case .httpSyntax: try HTTPSyntaxProperties.check(input)
        }
    }
}
