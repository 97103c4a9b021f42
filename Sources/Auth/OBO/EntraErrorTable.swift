/// What this project knows about Entra ID's error codes, as data (E-74).
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

    /// The codes that say that this server has not proved its identity.
    package static let credentialCodes = Set(aboutTheCredential.flatMap(\.codes))

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
        aboutTheSession + aboutInteraction + aboutPolicy + aboutTheRegistration
        + aboutTheCredential + aboutTheRequest + aboutTheService

    private static let rowsByCode: [Int: Row] = Dictionary(
        rows.flatMap { row in row.codes.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })

    private static let aboutTheSession: [Row] = [
        Row([50013, 500133], .reauthenticate, "Your sign-in to this server has expired. Sign in again."),
        Row([50027], .reauthenticate, "Your sign-in token is not usable. Sign in again."),
        Row([50173], .reauthenticate, "Your session was revoked. Sign in again."),
        Row([50132, 50133], .reauthenticate, "Your session is no longer valid. Sign in again."),
        Row([70043, 70008, 700082, 700084], .reauthenticate, "Your session expired. Sign in again."),
    ]

    private static let aboutInteraction: [Row] = [
        Row([50076], .interact, "Databricks requires multi-factor sign-in. Sign in again and complete it."),
        Row([50078], .interact, "Your multi-factor sign-in is too old. Sign in again."),
        Row(
            [50079, 50072, 50074], .interact,
            "You must set up or complete multi-factor authentication, then sign in again."),
        Row([50158], .interact, "An additional sign-in step of your organisation is required."),
        Row([50097, 50129], .interact, "Sign in from a device registered with your organisation."),
        Row([50055], .interact, "Your password has expired. Change it and sign in again."),
        Row([53004], .interact, "Complete your security registration, then sign in again."),
    ]

    private static let aboutPolicy: [Row] = [
        Row([50131], .denied, "A sign-in policy of your organisation blocks this."),
        Row([53000], .denied, "Your device does not meet your organisation's policy."),
        Row([53001], .denied, "Use a device managed by your organisation."),
        Row([53002], .denied, "Your organisation's policy does not approve this client."),
        Row([53003], .denied, "A conditional access policy blocks access to Databricks. Ask your administrator."),
        Row([53011], .denied, "Sign-in is blocked because of account risk."),
        Row([530032, 530034, 530035], .denied, "A security policy of your organisation blocks this."),
        Row([50105], .denied, "You are not assigned to this application. Ask your administrator."),
        Row([50057], .denied, "Your account is disabled."),
        Row([50020, 50034], .denied, "Your account does not exist in this directory."),
        Row([90072], .denied, "Your account must be invited to this directory first."),
        Row(
            [65001], .consent,
            "This server lacks permission to call Databricks for you. An administrator must grant consent."),
        Row([65004], .consent, "Consent was declined."),
        Row([90094, 90095], .consent, "An administrator must approve this application."),
    ]

    private static let aboutTheRegistration: [Row] = [
        Row(
            [500131], .configuration, "The sign-in token was issued for another application.",
            remedy: "AZURE_CLIENT_ID must be the application that the inbound tokens are issued for."),
        Row(
            [650052, 650056, 650057], .configuration, "The app registration does not list the Databricks permission.",
            remedy: "Add the delegated permission AzureDatabricks/user_impersonation and grant admin consent."),
        Row(
            [650053], .configuration, "The requested scope does not exist.",
            remedy: "Clients must ask for the fully qualified scope of the metadata document."),
        Row(
            [500011], .configuration, "Azure Databricks is not known in this tenant.",
            remedy: "Use Azure Databricks once in this tenant, or correct AZURE_AUTHORITY_HOST."),
        Row(
            [700016], .configuration, "Configuration error: application not found in tenant.",
            remedy: "Compare AZURE_CLIENT_ID and AZURE_TENANT_ID with the app registration."),
        Row(
            [70001, 7000112], .configuration, "The server's application is disabled.",
            remedy: "Enable the enterprise application."),
        Row(
            [90002], .configuration, "Configuration error: tenant.",
            remedy: "Compare AZURE_TENANT_ID and AZURE_AUTHORITY_HOST with the tenant."),
        Row(
            [7000114], .configuration, "Configuration error.",
            remedy: "An application's own token was exchanged On-Behalf-Of; this is a fault of the server, report it."),
        Row(
            [900382, 900432], .configuration, "Wrong cloud.",
            remedy: "AZURE_AUTHORITY_HOST must be that of the cloud of the tenant."),
    ]

    private static let aboutTheCredential: [Row] = [
        Row(
            [7000215], .configuration, "Server credential rejected.",
            remedy: "AZURE_CLIENT_SECRET must be the secret's value, not its id.", cure: .newSecret),
        Row(
            [7000222], .configuration, "Server credential expired.",
            remedy: "Create a new client secret or certificate and configure it.", cure: .newSecret),
        Row(
            [7000218], .configuration, "Server credential missing.",
            remedy: "Configure AZURE_CLIENT_SECRET or another credential."),
        Row(
            [700025], .configuration, "Wrong application type.",
            remedy: "The app registration must not be a public client."),
        Row(
            [700024], .transient, "Server credential out of date.", remedy: "Check the clock of this machine.",
            cure: .freshAssertion),
        Row(
            [700027, 7000214, 7000274, 7000277, 1000502], .configuration, "Server certificate not accepted.",
            remedy: "Compare the certificate with the app registration's.", cure: .freshAssertion),
        Row(
            [70021, 700211, 700212, 700213, 7002137, 7002138], .configuration,
            "Managed identity is not trusted by the app registration (or not yet propagated).",
            remedy: "Compare issuer, subject and audience of the federated credential; changes take minutes to apply.",
            cure: .newPlatformToken),
        Row(
            [700229], .configuration, "Wrong token used as server credential.",
            remedy: "Only an application's token may serve as federated credential."),
    ]

    private static let aboutTheRequest: [Row] = [
        Row([70011, 28002, 28003], .configuration, "Configuration error: scope.", remedy: "Report this fault."),
        Row([900144, 9002313, 90014], .configuration, "Internal error.", remedy: "Report this fault."),
        Row(
            [901002, 9010010], .configuration, "Client sent an unsuitable resource.",
            remedy: "Register the resource URL as identifier URI and set AZURE_APP_ID_URI to it."),
        Row(
            [90009], .configuration, "Client refreshed without scope.",
            remedy: "Use separate app registrations for client and server."),
        Row(
            [54005, 501481, 50011, 9002326, 9002327], .configuration, "The client's sign-in is not set up correctly.",
            remedy: "Check redirect URI and platform of the client's app registration."),
    ]

    private static let aboutTheService: [Row] = [
        Row([90055], .throttled, "Entra is throttling this tenant."),
        Row(
            [50196], .throttled, "Too many repeated sign-in requests. Try again later.",
            remedy: "Entra detected a request loop of this server, which is a fault: report it.", isLoop: true),
        Row(
            [90006, 90024, 90033, 90090, 90012, 50033, 50087], .transient,
            "Entra is temporarily unavailable. Try again."),
    ]
}
