/// What this project knows about Entra ID's error codes, as data (E-74), completed by what Microsoft publishes as
/// "Microsoft Entra authentication and authorization error codes".
package enum EntraErrorTable {
    /// Some codes that mean the same to us.
    package struct Row: Sendable {
        /// The numbers after `AADSTS`.
        package let codes: [Int]
        /// What to do about it.
        package let failureClass: EntraFailureClass
        /// One line: for the caller, except for ``EntraFailureClass/configuration``, where it is for the operator.
        package let message: String
        /// For the operator: what to change.
        package let remedy: String?
        /// Which other proof of this server's identity can help, if any.
        package let cure: Cure?
        /// Whether the server itself keeps asking although it must not: at least a minute's pause (50196).
        package let isLoop: Bool

        init(
            _ codes: [Int], _ failureClass: EntraFailureClass, _ message: String, remedy: String? = nil,
            cure: Cure? = nil, isLoop: Bool = false
        ) {
            self.codes = codes
            self.failureClass = failureClass
            self.message = message
            self.remedy = remedy
            self.cure = cure
            self.isLoop = isLoop
        }
    }

    /// Another proof of this server's identity that one more attempt can bring.
    package enum Cure: Sendable {
        /// A newly made assertion (E-71).
        case freshAssertion
        /// A new token of the managed identity (E-120).
        case newPlatformToken
        /// What the secret's file holds by now (E-156).
        case newSecret
    }

    /// The codes that a newly made assertion can cure (E-71).
    package static let freshAssertionCodes = codes(curedBy: .freshAssertion)
    /// The codes of a federated credential that does not fit (E-72).
    package static let federationCodes = codes(curedBy: .newPlatformToken)
    /// The codes that another secret can cure (E-156).
    package static let secretCodes = codes(curedBy: .newSecret)

    private static func codes(curedBy cure: Cure) -> Set<Int> {
        Set(rows.filter { $0.cure == cure }.flatMap(\.codes))
    }

    /// The row of the first of `codes` that is known, and that code.
    package static func row(for codes: [Int]) -> (code: Int, row: Row)? {
        for code in codes {
            if let row = rowsByCode[code] { return (code, row) }
        }
        return nil
    }

    /// All rows.
    package static let rows =
        aboutTheSession + aboutInteraction + aboutPolicy + aboutTheDevice + aboutTheAccount + aboutTheRegistration
        + aboutTheCredential + aboutTheRequest + aboutTheService

    private static let rowsByCode: [Int: Row] = Dictionary(
        rows.flatMap { row in row.codes.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })
}
