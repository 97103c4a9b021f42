internal import Auth
internal import Testing

/// One of Entra ID's codes (E-74) and what callers must be told, written down a second time on purpose.
struct CodeCase: CustomTestStringConvertible, Sendable {
    let code: Int
    let failureClass: EntraFailureClass
    let message: String
    /// Part of what the operator is told.
    var remedy: String?

    var testDescription: String { "AADSTS\(code)" }

    /// Whether the server asks again by itself after a pause; a stale assertion is replaced instead (E-71, E-95).
    var isRepeated: Bool { failureClass == .transient && code != 700024 }

    static let generic = "This server is not set up correctly for access to Databricks. Tell its operator."

    static let all: [CodeCase] = aboutUsers + published + aboutService + aboutConfiguration

    private static let aboutUsers: [CodeCase] = [
        (50013, .reauthenticate, "Your sign-in to this server has expired. Sign in again."),
        (500133, .reauthenticate, "Your sign-in to this server has expired. Sign in again."),
        (50027, .reauthenticate, "Your sign-in token is not usable. Sign in again."),
        (50173, .reauthenticate, "Your session was revoked. Sign in again."),
        (50132, .reauthenticate, "Your session is no longer valid. Sign in again."),
        (50133, .reauthenticate, "Your session is no longer valid. Sign in again."),
        (70043, .reauthenticate, "Your session expired. Sign in again."),
        (70008, .reauthenticate, "Your session expired. Sign in again."),
        (700082, .reauthenticate, "Your session expired. Sign in again."),
        (700084, .reauthenticate, "Your session expired. Sign in again."),
        (50076, .interact, "Databricks requires multi-factor sign-in. Sign in again and complete it."),
        (50078, .interact, "Your multi-factor sign-in is too old. Sign in again."),
        (50079, .interact, "You must set up or complete multi-factor authentication, then sign in again."),
        (50072, .interact, "You must set up or complete multi-factor authentication, then sign in again."),
        (50074, .interact, "You must set up or complete multi-factor authentication, then sign in again."),
        (50158, .interact, "An additional sign-in step of your organisation is required."),
        (50097, .interact, "Sign in from a device registered with your organisation."),
        (50129, .interact, "Sign in from a device registered with your organisation."),
        (50055, .interact, "Your password has expired. Change it and sign in again."),
        (53004, .interact, "Complete your security registration, then sign in again."),
        (50131, .denied, "A sign-in policy of your organisation blocks this."),
        (53000, .denied, "Your device does not meet your organisation's policy."),
        (53001, .denied, "Use a device managed by your organisation."),
        (53002, .denied, "Your organisation's policy does not approve this client."),
        (53003, .denied, "A conditional access policy blocks access to Databricks. Ask your administrator."),
        (53011, .denied, "Sign-in is blocked because of account risk."),
        (530032, .denied, "A security policy of your organisation blocks this."),
        (530034, .denied, "A security policy of your organisation blocks this."),
        (530035, .denied, "A security policy of your organisation blocks this."),
        (50105, .denied, "You are not assigned to this application. Ask your administrator."),
        (50057, .denied, "Your account is disabled."),
        (50020, .denied, "Your account does not exist in this directory."),
        (50034, .denied, "Your account does not exist in this directory."),
        (90072, .denied, "Your account must be invited to this directory first."),
        (
            65001, .consent,
            "This server lacks permission to call Databricks for you. An administrator must grant consent."
        ),
        (65004, .consent, "Consent was declined."),
        (90094, .consent, "An administrator must approve this application."),
        (90095, .consent, "An administrator must approve this application."),
    ].map { CodeCase(code: $0, failureClass: $1, message: $2) }

    /// What Microsoft's list has besides, one text for several codes.
    private static let published: [CodeCase] = [
        ([50006, 90016, 900384], .reauthenticate, "Your sign-in token is not usable. Sign in again."),
        ([50085, 50139, 50143, 50197, 51006], .reauthenticate, "Your session is no longer valid. Sign in again."),
        ([70000, 50089], .reauthenticate, "Your session expired. Sign in again."),
        ([700020, 50058], .interact, "Entra wants to ask you something. Sign in again."),
        ([50144], .interact, "Your password has expired. Change it and sign in again."),
        ([50125, 50135], .interact, "You must change your password, or register how to reset it, then sign in again."),
        ([9_002_341], .interact, "You must agree to single sign-on. Sign in again."),
        (
            [530031], .denied,
            "An access policy of your organisation issues no token for Databricks. Ask your administrator."
        ),
        ([53010], .denied, "Register your security information where your organisation allows it, then sign in again."),
        (
            [530001], .denied,
            "Your organisation does not admit this browser or client. Sign in with one that it supports."
        ),
        (
            [530002], .denied,
            "Your organisation wants a device that meets its rules. Have yours checked in its device management, then "
                + "sign in from it."
        ),
        (
            [530003, 50005], .denied,
            "Your organisation wants a device that it manages. Sign in from such a device, or ask your administrator."
        ),
        (
            [530004], .denied,
            "The directory of this server does not trust your organisation's devices. Ask an administrator of that "
                + "directory."
        ),
        (
            [530021, 53009, 50127], .denied,
            "Your organisation admits only clients that it has approved. Use one of them, or ask your administrator."
        ),
        (
            [700003, 135011, 130007, 130008], .denied,
            "Your organisation no longer knows your device, or has disabled it. Register it again, or ask your "
                + "administrator."
        ),
        (
            [50155, 50187], .denied,
            "Your device could not prove what it is. Sign in from a registered one, or ask your administrator."
        ),
        (
            [500571], .denied,
            "Your guest account in this directory is disabled. Ask an administrator of the directory."
        ),
        (
            [50053], .denied,
            "Your account is locked, or your network's address is blocked. Wait some minutes, or ask your "
                + "administrator."
        ),
        (
            [50014, 51004, 16000, 16003, 500208], .denied,
            "Your account is not in this directory, or its invitation was not accepted. Ask an administrator to invite "
                + "it."
        ),
        (
            [50177, 50178], .denied,
            "A policy of this directory asks for what an account of another organisation cannot do, or your account is "
                + "no guest here. Ask an administrator of the directory."
        ),
        (
            [50002, 500021, 500022, 500212, 500213, 1_000_104, 90099], .denied,
            "Your organisation and this directory do not admit each other's accounts. Ask your administrator."
        ),
        (
            [50161, 50170], .denied,
            "A sign-in step of another provider is set up wrongly. Ask your administrator."
        ),
        ([50015, 54000], .denied, "Your account's age group may not use this. Ask your administrator."),
        ([90093, 90123], .denied, "Entra may not issue a token for your account. Ask your administrator."),
        ([90008], .consent, "An administrator must approve this application."),
        (
            [50000, 50086, 50166, 90036, 90091, 90092], .transient, "Entra is temporarily unavailable. Try again."
        ),
    ].flatMap(rows)

    private static func rows(
        _ codes: [Int], _ failureClass: EntraFailureClass, _ message: String
    ) -> [CodeCase] {
        codes.map { CodeCase(code: $0, failureClass: failureClass, message: message) }
    }

    private static let aboutService: [CodeCase] = [
        (90055, .throttled, "Entra is throttling this tenant."),
        (50196, .throttled, "Too many repeated sign-in requests. Try again later."),
        (90006, .transient, "Entra is temporarily unavailable. Try again."),
        (90024, .transient, "Entra is temporarily unavailable. Try again."),
        (90033, .transient, "Entra is temporarily unavailable. Try again."),
        (90090, .transient, "Entra is temporarily unavailable. Try again."),
        (90012, .transient, "Entra is temporarily unavailable. Try again."),
        (50033, .transient, "Entra is temporarily unavailable. Try again."),
        (50087, .transient, "Entra is temporarily unavailable. Try again."),
        (700024, .transient, "Server credential out of date."),
        (501051, .denied, "This server's application is not assigned to Azure Databricks."),
    ].map { CodeCase(code: $0, failureClass: $1, message: $2) }

    private static let aboutConfiguration: [CodeCase] = [
        (500131, "issued for another application"), (650052, "does not list the Databricks permission"),
        (650056, "does not list the Databricks permission"), (650057, "does not list the Databricks permission"),
        (650053, "scope does not exist"), (500011, "not known in this tenant"), (70011, "scope"), (28002, "scope"),
        (28003, "scope"), (700016, "not found in tenant"), (70001, "disabled"), (7000112, "disabled"),
        (90002, "tenant"), (7000114, "Configuration error"), (7000215, "credential rejected"),
        (7000222, "credential expired"), (7000218, "credential missing"), (700025, "application type"),
        (700027, "certificate not accepted"), (7000214, "certificate not accepted"),
        (7000274, "certificate not accepted"), (7000277, "certificate not accepted"),
        (1_000_502, "certificate not accepted"), (70021, "Managed identity is not trusted"),
        (700211, "Managed identity is not trusted"), (700212, "Managed identity is not trusted"),
        (700213, "Managed identity is not trusted"), (7_002_137, "Managed identity is not trusted"),
        (7_002_138, "Managed identity is not trusted"), (700229, "Wrong token"), (900144, "Internal error"),
        (9_002_313, "Internal error"), (90014, "Internal error"), (900382, "Wrong cloud"), (900432, "Wrong cloud"),
        (901002, "unsuitable resource"), (9_010_010, "unsuitable resource"), (90009, "refreshed without scope"),
        (50010, "issued for another application"), (65005, "does not list the Databricks permission"),
        (50001, "not known in this tenant"), (650054, "not known in this tenant"),
        (500014, "Enable the enterprise application AzureDatabricks"), (700011, "AZURE_MANAGED_IDENTITY_CLIENT_ID"),
        (7_000_229, "az ad sp create --id $AZURE_CLIENT_ID"), (1_000_031, "disabled"), (65002, "of your own"),
        (50059, "tenant"), (50128, "tenant"), (90019, "tenant"), (5_000_224, "reactivated"),
        (5_000_225, "reactivated"), (7_000_113, "exchanged On-Behalf-Of"), (90038, "Wrong cloud"),
        (90043, "Wrong cloud"), (90051, "Wrong cloud"), (50049, "Wrong cloud"), (50003, "claims mapping"),
        (50146, "claims mapping"), (501461, "claims mapping"), (50124, "claims mapping policies"),
        (501241, "claims mapping policies"), (501621, "claims mapping policies"), (50042, "support ticket"),
        (50043, "support ticket"), (70002, "credential rejected"), (50012, "certificate not trusted"),
        (50017, "certificate not trusted"), (700030, "certificate not trusted"), (700021, "of another application"),
        (700023, "of another application"), (50048, "of another application"), (7_000_110, "of another application"),
        (700022, "scope"), (1_002_012, "scope"), (70003, "Internal error"), (90004, "Internal error"),
        (90013, "Internal error"), (90023, "Internal error"), (90100, "Internal error"), (90117, "Internal error"),
        (90121, "Internal error"), (240002, "Internal error"),
        (54005, "sign-in is not set up"), (501481, "sign-in is not set up"), (50011, "sign-in is not set up"),
        (9_002_326, "sign-in is not set up"), (9_002_327, "sign-in is not set up"),
    ].map { CodeCase(code: $0, failureClass: .configuration, message: generic, remedy: $1) }
}

/// Codes of Microsoft's list that neither of the server's two requests can be answered with, by the reason why not.
///
/// They fall to `error` like any code that nobody has heard of.
enum UnreachableCodes {
    static let all = pages + federation + saml + passwords + kerberos + deviceCode + keys + parameters + other

    /// Interrupts and choices of the sign-in page, and its session.
    private static let pages = [
        16001, 16002, 160021, 50061, 50068, 50070, 50071, 50088, 50136, 50140, 50168, 50180, 50192, 50199, 51005,
        52004, 1_000_000, 1_000_002,
    ]
    /// Sign-in at another organisation's identity provider.
    private static let federation = [
        17003, 20001, 20012, 20033, 40008, 40009, 40010, 40015, 50107, 50120, 50169, 51001, 90022, 90081, 90082, 90084,
        90085, 90086, 90087,
    ]
    private static let saml = [
        50007, 50008, 5_000_819, 50029, 75001, 75003, 75005, 75008, 75011, 75016, 76021, 76026, 90020, 900236, 90107,
        750054, 7_500_514, 7_500_529,
    ]
    /// Passwords typed in, checked on premises or changed.
    private static let passwords = [
        50056, 50064, 50126, 80001, 80002, 80005, 80007, 80010, 80012, 80013, 80014, 90101, 120000, 120002, 120003,
        120004, 120005, 120008, 120011, 120012, 120013, 120014, 120015, 120016, 120018, 120020, 120021,
    ]
    private static let kerberos = [81004, 81005, 81006, 81007, 81009, 81010, 81011, 81012]
    private static let deviceCode = [50134, 70016, 70018, 70019, 90119, 90120]
    /// Keys of devices, and registering them.
    private static let keys = [
        50032, 50099, 130004, 130005, 130006, 135010, 140000, 140001, 220450, 220501, 221000, 240001, 90114,
    ]
    /// Parameters that these two requests do not have: codes, redirects, response types, other endpoints.
    private static let parameters = [
        50050, 50147, 501491, 50194, 70004, 70005, 700005, 70007, 700054, 90005, 90007, 90010, 90015, 90027, 90056,
        900561, 900971, 90102, 90124, 90130, 9_001_023, 9_002_332,
    ]
    /// Consumer accounts, services of the past, debugging, and texts without meaning.
    private static let other = [
        51000, 67003, 70012, 90125, 90126, 100007, 165004, 165900, 230109,
    ]
}
